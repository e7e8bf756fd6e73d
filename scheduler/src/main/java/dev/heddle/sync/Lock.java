package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * At most one task holds it, across its yields.
 *
 * <pre>{@code
 * Lock lock = new Lock("account");
 * ...
 * try (var held = co.await(lock.acquire())) {
 *   int balance = co.await(read());
 *   co.await(write(balance - 10));
 * }
 * }</pre>
 *
 * <p>Fairness: {@link #release} hands the lock to the longest waiter; a task that releases and
 * acquires again at once stands behind those who waited.
 *
 * <p>Cancellation: a waiter that is cancelled leaves the queue and holds nothing. One that is
 * cancelled after the lock was handed to it, before its turn, gets the lock, and {@code Cancelled}
 * at its next await: leaving the {@code try} block passes the lock on.
 *
 * <p>A task that ends while it holds the lock leaves behind what the lock protects, in whatever
 * state. The lock is broken then: who waits for it or asks for it, now or later, gets an {@link
 * IllegalStateException} that names the task.
 *
 * <p>Invariant: tasks wait only while another holds the lock.
 */
public sealed class Lock implements Resource permits RLock {

  /** A look at a lock: who holds it, how many times, and who waits, longest first. */
  public record Stats(String name, @Nullable Task<?> holder, int levels, List<Task<?>> waiters) {}

  final Identity identity;
  private final WaitQueue waiters = new WaitQueue();

  /** One for all who wait: it keeps nothing of them. */
  private final Acquire acquire = new Acquire(this);

  /** One for all who hold, one after the other. */
  private final Held held = this::release;

  /** Which locks are alike, for {@link LockOrderGraph}. */
  private final Object kindOfLock;

  private @Nullable Task<?> holder;

  /** How many times the holder has acquired it; 0 if there is none. More than 1 in RLock only. */
  private int levels;

  /** Who ended while holding it. */
  private @Nullable String brokenBy;

  /** A lock that is known by a number. */
  public Lock() {
    this("lock", null);
  }

  /** A lock with a name, for messages and dumps. */
  public Lock(String name) {
    this("lock", Objects.requireNonNull(name, "name"));
  }

  Lock(String kind, @Nullable String name) {
    identity = new Identity(kind, name);
    kindOfLock = identity.kindByPlace();
  }

  /**
   * Waits until the task holds the lock. The result's {@link Held#close} is {@link #release}.
   *
   * <p>Fails with an {@link IllegalMonitorStateException} if the task holds it already, for it
   * would wait for itself, and with an {@link IllegalStateException} if the lock is broken.
   */
  @CheckReturnValue
  public YieldEvent<Held, RuntimeException> acquire() {
    return acquire;
  }

  /**
   * Takes the lock if it is free. Then {@code try (...)} is not at hand: {@link #release} in a
   * {@code finally} block.
   *
   * @return false if somebody holds it, even the caller
   * @throws IllegalStateException if the lock is broken
   */
  @CheckReturnValue
  public boolean tryAcquire() {
    Task<?> task = identity.caller("tryAcquire");
    checkUnbroken();
    if (holder != null) {
      return false;
    }
    take(task, 1);
    return true;
  }

  /**
   * Gives the lock to the longest waiter, or back if there is none; does not yield.
   *
   * @throws IllegalMonitorStateException if the calling task does not hold it
   */
  public void release() {
    checkHeldBy(identity.caller("release"), "release");
    releaseOnce();
  }

  /** Whether a task holds it. */
  public boolean isLocked() {
    return holder != null;
  }

  /** The task that holds it; null if none does. */
  public @Nullable Task<?> holder() {
    return holder;
  }

  /** A look at it. */
  public Stats stats() {
    return new Stats(identity.title(), holder, levels, waiters.toList());
  }

  @Override
  public String describe() {
    return identity.title();
  }

  @Override
  public List<Task<?>> holders() {
    return holder == null ? List.of() : List.of(holder);
  }

  /** The order in which locks were made, which is that of {@link LockOrder}. */
  @Override
  public long order() {
    return identity.number;
  }

  /** {@code "lock 'db' held by task 'Kant'"}. */
  String describeWithHolder() {
    if (brokenBy != null) {
      return identity.title() + ", broken: task '" + brokenBy + "' ended while it held it";
    }
    if (holder == null) {
      return identity.title();
    }
    String times = levels > 1 ? " (" + levels + " times)" : "";
    return identity.title() + " held by task '" + holder.name() + "'" + times;
  }

  @Override
  public String toString() {
    String state = holder == null && brokenBy == null ? ", free" : "";
    return describeWithHolder() + state + ", " + waiters.size() + " waiting";
  }

  // Transitions. Also for conditions and LockOrder.

  /**
   * Gives the lock to the task, or a place in the queue.
   *
   * @return whether the task holds it now; if not, {@code by} will be told
   */
  boolean request(Waiter waiter, LockWait<?> by) {
    Task<?> task = waiter.task();
    identity.enter(task.scheduler());
    checkUnbroken();
    if (holder == task) {
      acquiredAgain(task);
      return true;
    }
    if (task.scheduler().recordsSites()) {
      LockOrderGraph.of(task.scheduler()).asks(task, this);
    }
    if (holder == null) {
      take(task, by.levels());
      return true;
    }
    waiters.add(waiter);
    return false;
  }

  /** Takes a task out of the queue; false if it is not in it. */
  boolean withdraw(Waiter waiter) {
    return waiters.remove(waiter);
  }

  /** The holder asks for it once more. */
  void acquiredAgain(Task<?> task) {
    throw new IllegalMonitorStateException(
        "task '"
            + task.name()
            + "' holds "
            + identity.title()
            + " and would wait for itself; an RLock may be acquired again by its holder");
  }

  void addLevel() {
    assert holder != null : identity.title() + " gets a level without a holder";
    levels++;
  }

  void releaseOnce() {
    assert levels > 0 : identity.title() + " is released and not held";
    if (levels == 1) {
      passOn();
    } else {
      levels--;
    }
  }

  /** Releases all levels, whatever their number, and tells it. */
  int releaseAll() {
    int released = levels;
    passOn();
    return released;
  }

  void checkHeldBy(Task<?> task, String call) {
    if (holder != task) {
      throw new IllegalMonitorStateException(
          call
              + " by task '"
              + task.name()
              + "', which does not hold "
              + describeWithHolder()
              + (holder == null && brokenBy == null ? "; nobody does" : ""));
    }
  }

  private void take(Task<?> task, int count) {
    assert holder == null && levels == 0 : identity.title() + " has two holders";
    holder = task;
    levels = count;
    task.hold(this);
  }

  private void passOn() {
    assert holder != null : identity.title() + " is passed on by nobody";
    holder.letGo(this);
    holder = null;
    levels = 0;
    LockWait<?> by = (LockWait<?>) waiters.peekEvent();
    Waiter next = waiters.poll();
    if (next != null && by != null) {
      take(next.task(), by.levels());
      by.granted(next);
    }
  }

  @Override
  public void holderEnded(Task<?> ended) {
    assert holder == ended : identity.title() + " is held by " + holder;
    holder = null;
    levels = 0;
    brokenBy = ended.name();
    while (waiters.peekEvent() instanceof LockWait<?> by) {
      Waiter waiter = Objects.requireNonNull(waiters.poll());
      by.refused(waiter, new IllegalStateException(describeWithHolder()));
    }
  }

  Object kindOfLock() {
    return kindOfLock;
  }

  boolean isBroken() {
    return brokenBy != null;
  }

  private void checkUnbroken() {
    if (isBroken()) {
      throw new IllegalStateException(describeWithHolder());
    }
  }

  /** {@link #acquire}: any number of tasks may wait by one. */
  static final class Acquire extends LockWait<Held> {
    private final Lock lock;

    Acquire(Lock lock) {
      this.lock = lock;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      if (lock.request(task, this)) {
        wake(task, lock.held);
      }
    }

    @Override
    void granted(Waiter task) {
      wake(task, lock.held);
    }

    @Override
    void refused(Waiter task, RuntimeException why) {
      fail(task, why);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return lock.withdraw(task);
    }

    @Override
    public Resource resource() {
      return lock;
    }

    @Override
    public String describe() {
      return lock.describeWithHolder();
    }
  }
}
