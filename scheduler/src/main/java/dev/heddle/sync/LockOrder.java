package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Acquires several locks at once, without deadlock. Each task takes the locks that it needs in the
 * order in which the locks were made, so that tasks cannot wait for each other in a cycle.
 *
 * <pre>{@code
 * try (var held = co.await(LockOrder.acquire(to.lock(), from.lock()))) { // takes first the lock made first
 *   from.withdraw(10);
 *   to.deposit(10);
 * }
 * }</pre>
 *
 * <p>The order holds across nested calls too. A task that holds a lock, acquired in whatever way,
 * is refused a lock that was made before it. A task may always acquire an {@link RLock} again that
 * it holds.
 *
 * <p>Fairness: in the queue of each lock the task is served in its turn, as with {@link
 * Lock#acquire}. While the task waits for one lock, it holds those that were made before it.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.5, which orders by {@code id()}.
 */
public final class LockOrder {
  private static final Comparator<Lock> AS_MADE = Comparator.comparingLong(Lock::order);

  private LockOrder() {}

  /**
   * Waits until the task holds all the locks, in whatever order they are listed. Closing the result
   * releases them in reverse.
   *
   * <p>A waiter that is cancelled holds none of the locks. Fails with an {@link
   * IllegalStateException} if one of the locks is broken or becomes so, or if the task holds a lock
   * that was made after one of them ("lock order violation"); the task gets none of them then.
   *
   * @throws IllegalArgumentException if a lock is listed twice
   */
  @CheckReturnValue
  public static YieldEvent<Held, RuntimeException> acquire(Lock... locks) {
    Lock[] ordered = locks.clone();
    Arrays.sort(ordered, AS_MADE);
    for (int i = 1; i < ordered.length; i++) {
      if (ordered[i] == ordered[i - 1]) {
        throw new IllegalArgumentException(ordered[i].describe() + " is listed twice");
      }
    }
    return new OrderedAcquire(ordered);
  }
}
