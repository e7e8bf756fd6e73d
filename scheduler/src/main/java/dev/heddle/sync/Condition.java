package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A place where tasks that hold a lock wait, without the lock, until another task has changed what
 * the lock protects.
 *
 * <pre>{@code
 * // one task
 * try (var held = co.await(lock.acquire())) {
 *   co.await(notEmpty.waitFor(() -> !items.isEmpty()));
 *   return items.removeFirst();
 * }
 *
 * // and elsewhere
 * try (var held = co.await(lock.acquire())) {
 *   items.add(item);
 *   notEmpty.signal();
 * }
 * }</pre>
 *
 * <p>Fairness: {@link #signal} moves the longest waiters, in their order, to the end of the lock's
 * queue. They need not compete for the lock again, and no task is woken in vain.
 *
 * <p>Cancellation: a waiter always holds the lock again before its await returns or throws. What
 * the await does depends on when the task is cancelled:
 *
 * <ul>
 *   <li>before the signal: the task waits for the lock and throws;
 *   <li>after the signal and before the task has the lock: the task passes the signal on to the
 *       next waiter, waits for the lock and throws;
 *   <li>after the task has got the lock: {@link #await} returns, and {@code Cancelled} meets the
 *       task at its next await. {@link #waitFor} does the same if its predicate has been tested
 *       already; if not, the task passes the signal on and throws.
 * </ul>
 *
 * <p>Threads: a condition is used by tasks that hold its lock, so by the tasks of one scheduler.
 *
 * <p>Invariant: a task that waits for a signal does not hold the lock.
 *
 * <p>The names are those of {@link java.util.concurrent.locks.Condition}, because {@code Object}
 * has taken {@code wait} and {@code notify}.
 */
public final class Condition {

  /** The state of a condition and its lock at one moment; the longest waiter is the first. */
  public record Stats(String name, Lock.Stats lock, List<Task<?>> waiters) {}

  final Lock lock;
  final Identity identity;

  /** The waiters for a signal, written by {@link ConditionWait} too. */
  final WaitQueue waiters = new WaitQueue();

  /** A condition of this lock that messages name by a number. */
  public Condition(Lock lock) {
    this.lock = Objects.requireNonNull(lock, "lock");
    identity = new Identity("condition", null);
  }

  /** A condition of this lock with a name for messages and dumps. */
  public Condition(Lock lock, String name) {
    this.lock = Objects.requireNonNull(lock, "lock");
    identity = new Identity("condition", Objects.requireNonNull(name, "name"));
  }

  /** The lock that must be held to wait and to signal. */
  public Lock lock() {
    return lock;
  }

  /**
   * Releases all levels of the lock, waits for a signal, and acquires the levels again. The wait
   * never returns without a signal.
   *
   * <p>Fails with an {@link IllegalMonitorStateException} if the task does not hold the lock.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> await() {
    return new ConditionWait(this, null);
  }

  /**
   * Waits until the predicate is true. The predicate is tested first, and then after each signal,
   * in the task's turn and with the lock held: so what it saw is still true when the wait returns.
   * The predicate must not await. What it throws is thrown at the await, with the lock held; the
   * signal goes on to the next waiter then.
   *
   * <p>Fails with an {@link IllegalMonitorStateException} if the task does not hold the lock.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> waitFor(BooleanSupplier predicate) {
    return new ConditionWait(this, Objects.requireNonNull(predicate, "predicate"));
  }

  /**
   * Signals the longest waiter, if there is one.
   *
   * @throws IllegalMonitorStateException if the calling task does not hold the lock
   */
  public void signal() {
    signal(1);
  }

  /**
   * Signals the {@code n} longest waiters, or all if there are fewer.
   *
   * @throws IllegalMonitorStateException if the calling task does not hold the lock
   * @throws IllegalArgumentException if {@code n} is negative
   */
  public void signal(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("cannot signal " + n + " waiters: must be 0 or more");
    }
    lock.checkHeldBy(lock.identity.caller("signal"), "signal");
    for (int left = Math.min(n, waiters.size()); left > 0; left--) {
      passSignalOn();
    }
  }

  /**
   * Signals all waiters.
   *
   * @throws IllegalMonitorStateException if the calling task does not hold the lock
   */
  public void signalAll() {
    signal(Integer.MAX_VALUE);
  }

  /** The state at this moment, for dumps and tests. */
  public Stats stats() {
    return new Stats(identity.title(), lock.stats(), waiters.toList());
  }

  @Override
  public String toString() {
    return identity.title() + ", " + waiters.size() + " waiting, of " + lock;
  }

  /** Moves the longest waiter to the lock's queue. */
  void passSignalOn() {
    Waiter waiter = waiters.poll();
    if (waiter != null && waiter.event() instanceof ConditionWait wait) {
      wait.signalled(waiter);
    }
  }
}
