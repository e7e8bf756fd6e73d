package dev.heddle.pool;

/** What happens to work that runs in a {@link ThreadPool} when the task that waits is cancelled. */
public enum CancelPolicy {
  /**
   * The default. The task goes on at once. The work runs to its end in its thread, and its result
   * is dropped; a failure is logged as a warning. Work that opens something must close it itself.
   */
  ABANDON,
  /**
   * The work's thread is interrupted, and the task goes on when the work has ended, so that nothing
   * of it runs afterwards. Work that ignores interrupts delays the cancellation. If the work ends
   * with a result all the same, the task gets the result, and {@code Cancelled} is thrown at its
   * next await.
   */
  INTERRUPT
}
