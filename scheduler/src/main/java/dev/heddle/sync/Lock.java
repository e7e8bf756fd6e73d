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
 * A lock that at most one task holds, even while that task waits for something else.
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
 * <p>Fairness: {@link #release} hands the lock to the longest waiter. A task that releases the lock
 * and acquires it again at once stands behind the tasks that waited.
 *
 * <p>Cancellation: a waiter that is cancelled leaves the queue and does not hold the lock. A task
 * that is cancelled after it was given the lock, before its turn, returns from the await with the
 * lock and meets {@code Cancelled} at its next await: so it passes the lock on when it leaves its
 * {@code try} block.
 *
 * <p>A task that ends while it holds the lock leaves what the lock protects in an unknown state.
 * The lock is <i>broken</i> then: each task that waits or asks for it, now or later, gets an {@link
 * IllegalStateException} that names the ended task.
 *
 * <p>Threads: a lock is used by the tasks of one scheduler; a call from elsewhere throws a {@link
 * WrongThreadException}.
 *
 * <p>Invariants: tasks wait only while another task holds the lock. The lock has levels if and only
 * if a task holds it. No task holds a broken lock or waits for it.
 */
public sealed class Lock implements Resource permits RLock {

  /**
   * The state of a lock at one moment: the task that holds it, how many times it has acquired it,
   * and who waits, the longest waiter first.
   */
  public record Stats(String name, @Nullable Task<?> holder, int levels, List<Task<?>> waiters) {}

  final Identity identity;
  private final WaitQueue waiters = new WaitQueue();

  /** The event of all tasks that acquire the lock; it knows nothing of a single one. */
  private final Acquire acquire = new Acquire();

  /** What each acquire gives. One object is enough, because one task at a time has it. */
  private final Held held = this::release;

  /** Equal for locks that {@link LockOrderGraph} takes for one. */
  private final Object kindOfLock;

  private @Nullable Task<?> holder;

  /**
   * How many times the holder has acquired it; 0 without a holder, above 1 in {@link RLock} only.
   */
  private int levels;

  /**
   * Whether {@link #serve} runs, or stands in line: it gives the lock away also if a waiter returns
   * it at once. Nobody else takes the lock then.
   */
  private boolean serving;

  /** Where it lines up to serve; null before the first time. */
  private @Nullable ServeLine line;

  /** The name of the task that ended while it held the lock; null if the lock is not broken. */
  private @Nullable String brokenBy;

  /** A lock that messages name by a number. */
  public Lock() {
    this("lock", null);
  }

  /** A lock with a name for messages and dumps. */
  public Lock(String name) {
    this("lock", Objects.requireNonNull(name, "name"));
  }

  Lock(String kind, @Nullable String name) {
    identity = new Identity(kind, name);
    kindOfLock = identity.kindByPlace();
  }

  /**
   * Waits until the task holds the lock. {@link Held#close} of the result does a {@link #release}.
   *
   * <p>Fails with an {@link IllegalMonitorStateException} if the task holds the lock already,
   * because the task would wait for itself, and with an {@link IllegalStateException} if the lock
   * is broken.
   */
  @CheckReturnValue
  public YieldEvent<Held, RuntimeException> acquire() {
    return acquire.forCaller();
  }

  /**
   * Takes the lock if it is free; does not yield. It gives nothing to close: call {@link #release}
   * in a {@code finally} block.
   *
   * @return false if a task holds the lock, be it the caller
   * @throws IllegalStateException if the lock is broken
   */
  @CheckReturnValue
  public boolean tryAcquire() {
    Task<?> task = identity.caller("tryAcquire");
    checkUnbroken();
    if (holder != null || serving) {
      return false;
    }
    take(task, 1);
    return true;
  }

  /**
   * Hands the lock to the longest waiter, or frees it if no task waits; does not yield.
   *
   * @throws IllegalMonitorStateException if the calling task does not hold the lock
   */
  public void release() {
    checkHeldBy(identity.caller("release"), "release");
    releaseOnce();
  }

  /** Whether a task holds the lock. */
  public boolean isLocked() {
    return holder != null;
  }

  /** The task that holds the lock; null if the lock is free or broken. */
  public @Nullable Task<?> holder() {
    return holder;
  }

  /** The state at this moment, for dumps and tests. */
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

  /**
   * The number of the lock in the order in which locks were made; {@link LockOrder} keeps to it.
   */
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

  // Transitions, for conditions and LockOrder too.

  /**
   * Gives the lock to the task, or a place in the queue.
   *
   * @return whether the task holds the lock now; if not, {@code by} will be told
   */
  boolean request(Waiter waiter, LockWait by) {
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
    if (holder == null && !serving) {
      take(task, by.levels());
      return true;
    }
    waiters.add(waiter);
    return false;
  }

  /** The holder asks for the lock once more. */
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

  /** Releases all levels and returns their number. */
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
    assert valid() : this;
  }

  private void passOn() {
    assert holder != null : identity.title() + " is passed on by nobody";
    Task<?> before = holder;
    before.letGo(this);
    holder = null;
    levels = 0;
    serve(before.scheduler());
    assert valid() : this;
  }

  /**
   * Gives the free lock to the longest waiter. A waiter of {@link LockOrder} that meets a broken
   * lock next returns this one at once; then the loop goes on, and no waiter recurses into the
   * next.
   */
  private void serve(Scheduler scheduler) {
    if (serving || waiters.isEmpty()) {
      return;
    }
    serving = true;
    if (waiters.peek() instanceof Task<?>) {
      serveWaiters(); // couples nothing, and is what mostly happens
      return;
    }
    line = line == null ? ServeLine.of(scheduler) : line;
    if (!line.enter()) {
      line.lineUp(this::serveWaiters);
      return;
    }
    try {
      serveWaiters();
    } finally {
      line.leave();
    }
  }

  private void serveWaiters() {
    try {
      while (holder == null) {
        Waiter next = waiters.poll();
        if (next == null) {
          return;
        }
        LockWait by = waitOf(next);
        take(next.task(), by.levels());
        by.granted(next);
      }
    } finally {
      serving = false;
    }
  }

  private static LockWait waitOf(Waiter waiter) {
    return (LockWait) Objects.requireNonNull(waiter.event());
  }

  @Override
  public void holderEnded(Task<?> ended) {
    assert holder == ended : identity.title() + " is held by " + holder;
    holder = null;
    levels = 0;
    brokenBy = ended.name();
    waiters.pollAll(
        waiter -> waitOf(waiter).refused(waiter, new IllegalStateException(describeWithHolder())));
    assert valid() : this;
  }

  /** The invariants above. An arm that has lost may still stand in the queue; it does not count. */
  private boolean valid() {
    return (holder == null) == (levels == 0)
        && (holder == null || !isBroken())
        && (holder != null || serving || waiters.peek() == null);
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

  /** Has no state of a wait: any number of tasks may await it. */
  final class Acquire extends YieldEvent<Held, RuntimeException> implements LockWait {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      if (request(waiter, this)) {
        wake(waiter, held);
      }
    }

    @Override
    public void granted(Waiter waiter) {
      wake(waiter, held);
    }

    @Override
    public void refused(Waiter waiter, RuntimeException why) {
      fail(waiter, why);
    }

    @Override
    public Resource resource() {
      return Lock.this;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return describeWithHolder();
    }
  }
}
