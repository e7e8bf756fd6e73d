package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Several locks at once, without deadlock: whoever needs some of them takes them in one order, that
 * in which they were made, so that no cycle of waiting tasks can come about.
 *
 * <pre>{@code
 * try (var held = co.await(LockOrder.acquire(to, from))) { // taken as (from, to), if made so
 *   from.withdraw(10);
 *   to.deposit(10);
 * }
 * }</pre>
 *
 * <p>The order holds across nested calls too: a task that holds a lock, acquired in whatever way,
 * is refused one that comes before it. What it holds already, as an {@link RLock} may be, it may
 * always acquire again.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.5, which orders by {@code id()}.
 */
public final class LockOrder {
  private static final Comparator<Lock> AS_MADE =
      Comparator.comparingLong(lock -> lock.identity.number);

  private LockOrder() {}

  /**
   * Waits until the task holds all the locks, whatever the order they are listed in. Closing the
   * result releases them in reverse.
   *
   * <p>A waiter that is cancelled holds none of them. Fails with an {@link IllegalStateException}
   * "lock order violation" if the task holds a lock that was made after one of these, or if one of
   * these is broken; then too it gets none.
   *
   * @throws IllegalArgumentException if one is listed twice
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
