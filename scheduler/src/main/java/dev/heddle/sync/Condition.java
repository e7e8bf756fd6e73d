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
 * Where tasks that hold a lock wait, without it, for another to change what it protects.
 *
 * <pre>{@code
 * try (var held = co.await(lock.acquire())) {
 *   co.await(notEmpty.waitFor(() -> !items.isEmpty()));
 *   return items.removeFirst();
 * }
 * // and elsewhere
 * try (var held = co.await(lock.acquire())) {
 *   items.add(item);
 *   notEmpty.signal();
 * }
 * }</pre>
 *
 * <p>Fairness: {@link #signal} moves the longest waiters, in order, to the end of the lock's queue;
 * they do not compete for it again, and nobody is woken in vain.
 *
 * <p>Cancellation: a waiter holds the lock again before it returns or throws, always. One that is
 * cancelled before it was signalled waits for the lock and throws. One that was signalled and has
 * not got the lock yet passes the signal on to the next waiter, waits for the lock and throws. One
 * that was signalled and has been given the lock returns (from {@link #waitFor}: passes the signal
 * on and throws, unless its predicate has been tested), and {@code Cancelled} meets it at its next
 * await.
 *
 * <p>The names are those of {@link java.util.concurrent.locks.Condition}: {@code wait} and {@code
 * notify} are taken by {@code Object}.
 */
public final class Condition {

  /** A look at a condition: its lock, and who waits for a signal, longest first. */
  public record Stats(String name, Lock.Stats lock, List<Task<?>> waiters) {}

  final Lock lock;
  private final Identity identity;

  /** Those who wait for a signal; afterwards they stand in the lock's queue. */
  private final WaitQueue waiters = new WaitQueue();

  /** A condition of this lock, known by a number. */
  public Condition(Lock lock) {
    this.lock = Objects.requireNonNull(lock, "lock");
    identity = new Identity("condition", null);
  }

  /** A condition of this lock, with a name for messages and dumps. */
  public Condition(Lock lock, String name) {
    this.lock = Objects.requireNonNull(lock, "lock");
    identity = new Identity("condition", Objects.requireNonNull(name, "name"));
  }

  /** The lock that must be held to wait and to signal. */
  public Lock lock() {
    return lock;
  }

  /**
   * Releases the lock, all levels of it, waits for a signal, and acquires it again. Never returns
   * without a signal.
   *
   * <p>Fails with an {@link IllegalMonitorStateException} if the task does not hold the lock.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> await() {
    return new ConditionWait(this, null);
  }

  /**
   * Waits until the predicate is true: tests it first, and after each signal. It is tested in the
   * task's turn and with the lock held, so that what it saw is still so when the wait returns. It
   * may not await. What it throws is thrown at the await.
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
   * @throws IllegalArgumentException if n is negative
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
   * Signals all who wait.
   *
   * @throws IllegalMonitorStateException if the calling task does not hold the lock
   */
  public void signalAll() {
    signal(Integer.MAX_VALUE);
  }

  /** A look at it. */
  public Stats stats() {
    return new Stats(identity.title(), lock.stats(), waiters.toList());
  }

  Identity identity() {
    return identity;
  }

  String title() {
    return identity.title();
  }

  @Override
  public String toString() {
    return identity.title() + ", " + waiters.size() + " waiting, of " + lock;
  }

  // Transitions, for the waits.

  void add(Waiter task, ConditionWait wait) {
    waiters.add(task);
  }

  boolean remove(Waiter task) {
    return waiters.remove(task);
  }

  /** Moves the longest waiter to the lock's queue. */
  void passSignalOn() {
    ConditionWait wait = (ConditionWait) waiters.peekEvent();
    Waiter task = waiters.poll();
    if (task != null && wait != null) {
      wait.signalled(task);
    }
  }
}
