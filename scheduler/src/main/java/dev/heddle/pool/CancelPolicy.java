package dev.heddle.pool;

/** What becomes of work that runs in a {@link ThreadPool} when the task is cancelled that waits. */
public enum CancelPolicy {
  /**
   * The default. The task goes on at once; the work runs to its end in its thread, and its result
   * is dropped. What it fails with is logged as a warning. Work that opens something must close it
   * itself.
   */
  ABANDON,
  /**
   * The work's thread is interrupted, and the task goes on when the work has ended: afterwards
   * nothing of it runs. Work that does not care about interrupts holds up the cancellation. If it
   * ends with a result all the same, the task gets that, and is cancelled at its next await.
   */
  INTERRUPT
}
