package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits. {@link #acquire} takes a permit and waits while there is none, {@link
 * #release} gives a permit back.
 *
 * <pre>{@code
 * Semaphore connections = new Semaphore("connections", 5);
 * ...
 * try (var permit = co.await(connections.acquire())) {
 *   co.await(load(url)); // at most five tasks do this at a time
 * }
 * }</pre>
 *
 * <p>Any task may release, also a task that did not acquire. A semaphore that starts with 0 permits
 * is therefore a signal that is not lost if nobody waits for it yet. A {@link #bounded} semaphore
 * never has more permits than it started with.
 *
 * <p>Fairness: permits go to the longest waiter, and no task takes a permit while others wait. A
 * waiter that asks for more permits than there are holds back the waiters behind it, even those
 * that ask for less; otherwise it might wait for ever.
 *
 * <p>Cancellation: a waiter that is cancelled leaves the queue and takes nothing. A task that is
 * cancelled after the permits were handed to it, before its turn, returns from the await with them
 * and meets {@code Cancelled} at its next await: so it gives them back when it leaves its {@code
 * try} block.
 *
 * <p>Threads: a semaphore is used by the tasks of one scheduler; a call from elsewhere throws a
 * {@link WrongThreadException}.
 *
 * <p>Invariant: the first waiter asks for more permits than there are. If all ask for one, tasks
 * wait only at 0 permits. There are never more free permits than the bound.
 *
 * <p>This file is long because permits come back in two ways, by release and by closing what
 * acquire gave, and both must agree with the line of the waiters.
 */
public final class Semaphore implements Resource {

  /**
   * The state of a semaphore at one moment: the free permits, how many permits each task has taken,
   * and who waits, the longest waiter first.
   */
  public record Stats(
      String name, int available, Map<Task<?>, Integer> holders, List<Task<?>> waiters) {}

  /** How many holders a message names: each of thousands that wait may make one. */
  private static final int MOST_NAMED = 4;

  private final Identity identity;
  private final WaitQueue waiters = new WaitQueue();

  /** The event of all tasks that acquire one permit; it knows nothing of a single one. */
  private final Acquire acquireOne = new Acquire(1);

  private final Takers takers = new Takers();

  /** The most permits that can be free; {@link Integer#MAX_VALUE} if it is not bounded. */
  private final int bound;

  /** Whether {@link #serve} runs, or stands in line; it goes on until no waiter can be served. */
  private boolean serving;

  /** Where it lines up to serve; null before the first time. */
  private @Nullable ServeLine line;

  /** How many permits can be taken. */
  private int available;

  /** The name of the task that last ended without giving its permits back; for messages. */
  private @Nullable String lostWith;

  /**
   * A semaphore that messages name by a number.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public Semaphore(int permits) {
    this("semaphore", null, permits, Integer.MAX_VALUE);
  }

  /**
   * A semaphore with a name for messages and dumps.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public Semaphore(String name, int permits) {
    this("semaphore", Objects.requireNonNull(name, "name"), permits, Integer.MAX_VALUE);
  }

  private Semaphore(String kind, @Nullable String name, int permits, int bound) {
    identity = new Identity(kind, name);
    if (permits < 0) {
      throw new IllegalArgumentException(
          identity.title() + " cannot start with " + permits + " permits: must be 0 or more");
    }
    available = permits;
    this.bound = bound;
  }

  /**
   * A {@link #bounded(String, int)} semaphore that messages name by a number.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public static Semaphore bounded(int permits) {
    return new Semaphore("bounded semaphore", null, permits, permits);
  }

  /**
   * A semaphore that never has more permits than it starts with, with a name for messages and
   * dumps. One release too many throws an {@link IllegalStateException} and changes nothing. It
   * fits permits that stand for things, such as the connections of a pool, because their number is
   * fixed.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public static Semaphore bounded(String name, int permits) {
    Objects.requireNonNull(name, "name");
    return new Semaphore("bounded semaphore", name, permits, permits);
  }

  /** Waits for a permit; closing the result gives the permit back. */
  @CheckReturnValue
  public YieldEvent<Held, RuntimeException> acquire() {
    return acquireOne;
  }

  /**
   * Waits until this many permits can be taken together; closing the result gives them back. The
   * event may be awaited by any number of tasks.
   *
   * @throws IllegalArgumentException if the number is less than 1, or more than there can ever be
   */
  @CheckReturnValue
  public YieldEvent<Held, RuntimeException> acquire(int permits) {
    checkCount(permits);
    return permits == 1 ? acquireOne.forCaller() : new Acquire(permits);
  }

  /**
   * Takes a permit if there is one and no task waits; does not yield. {@link #release} gives it
   * back.
   */
  @CheckReturnValue
  public boolean tryAcquire() {
    return tryAcquire(1);
  }

  /**
   * Takes this many permits if there are as many and no task waits; does not yield.
   *
   * @throws IllegalArgumentException if the number is less than 1, or more than there can ever be
   */
  @CheckReturnValue
  public boolean tryAcquire(int permits) {
    checkCount(permits);
    Task<?> task = identity.caller("tryAcquire");
    if (!canTake(permits)) {
      return false;
    }
    take(task, permits);
    return true;
  }

  /** Gives a permit back, or adds one; does not yield. */
  public void release() {
    release(1);
  }

  /**
   * Gives this many permits back, or adds them; does not yield.
   *
   * @throws IllegalArgumentException if the number is less than 1
   * @throws IllegalStateException if the semaphore cannot have so many permits; it is as before
   *     then
   */
  public void release(int permits) {
    identity.check("release");
    checkRelease(permits);
    returned(permits);
    give(permits);
  }

  /** How many permits are free. A task may wait all the same, for more than these. */
  public int available() {
    return available;
  }

  /** The state at this moment, for dumps and tests. */
  public Stats stats() {
    return new Stats(identity.title(), available, takers.toMap(), waiters.toList());
  }

  @Override
  public String describe() {
    return identity.title();
  }

  @Override
  public List<Task<?>> holders() {
    return List.copyOf(takers.toMap().keySet());
  }

  @Override
  public EndedBy endedBy() {
    return EndedBy.ANYBODY;
  }

  @Override
  public String toString() {
    return identity.title() + ", " + describeState() + ", " + waiters.size() + " waiting";
  }

  /** {@code "0 free, 2 taken by task 'a', 1 by task 'b'"}; names the longest holders only. */
  private String describeState() {
    Map<Task<?>, Integer> holders = takers.toMap();
    String taken =
        holders.entrySet().stream()
            .limit(MOST_NAMED)
            .map(taker -> taker.getValue() + " by task '" + taker.getKey().name() + "'")
            .collect(Collectors.joining(", "));
    if (holders.size() > MOST_NAMED) {
      taken += " and by " + (holders.size() - MOST_NAMED) + " more";
    }
    return available
        + (isBounded() ? " of " + bound : "")
        + " free"
        + (taken.isEmpty() ? "" : ", taken: " + taken)
        + (lostWith == null ? "" : ", lost with task '" + lostWith + "', which ended");
  }

  private boolean isBounded() {
    return bound < Integer.MAX_VALUE;
  }

  // Transitions.

  /** Whether there are as many permits and nobody waits. */
  private boolean canTake(int permits) {
    return waiters.isEmpty() && available >= permits;
  }

  private void take(Task<?> task, int permits) {
    assert available >= permits : identity.title() + " has fewer permits than it gives";
    available -= permits;
    if (takers.add(task, permits)) {
      task.hold(this);
    }
  }

  private void give(int permits) {
    available += permits;
    serve();
  }

  /**
   * Hands permits to the waiters until there are too few for the longest one. A select that is
   * served may leave other places in this queue and so call this again; that call returns at once.
   */
  private void serve() {
    Waiter first = serving ? null : waiters.peek();
    if (first == null || wantedBy(first) > available) {
      return;
    }
    serving = true;
    if (first instanceof Task<?> && wantedBy(first) == available) {
      serveWaiters(); // this one alone, which couples nothing: what mostly happens
      return;
    }
    line = line == null ? ServeLine.of(first.task().scheduler()) : line;
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
      Waiter waiter = waiters.peek();
      while (waiter != null && wantedBy(waiter) <= available) {
        int permits = wantedBy(waiter);
        boolean _ = waiters.remove(waiter);
        take(waiter.task(), permits);
        waiter.wake(new Permits(waiter.task(), permits));
        waiter = waiters.peek();
      }
    } finally {
      serving = false;
    }
    assert valid() : this;
  }

  private static int wantedBy(Waiter waiter) {
    return ((Acquire) Objects.requireNonNull(waiter.event())).permits;
  }

  /** The invariant above. An arm that has lost may still stand in the queue; it does not count. */
  private boolean valid() {
    Waiter first = waiters.peek();
    return available >= 0
        && available <= bound
        && (serving || first == null || wantedBy(first) > available);
  }

  /**
   * A release does not tell who had taken the permits. They count as the caller's, if it holds
   * some, and else as the longest holder's.
   */
  private void returned(int permits) {
    int left = permits;
    Task<?> holder = likelyHolder();
    while (left > 0 && holder != null) {
      left = returnedBy(holder, left);
      holder = takers.longest();
    }
  }

  private @Nullable Task<?> likelyHolder() {
    Task<?> caller = callerOrNull();
    return caller != null && takers.taken(caller) > 0 ? caller : takers.longest();
  }

  private static @Nullable Task<?> callerOrNull() {
    try {
      return Task.current();
    } catch (WrongThreadException e) {
      return null; // the call comes from outside of a task, between two runs
    }
  }

  /** Deducts the permits from those that the task holds; returns how many the task did not hold. */
  private int returnedBy(Task<?> holder, int permits) {
    int taken = takers.taken(holder);
    if (taken > 0 && takers.subtract(holder, Math.min(taken, permits))) {
      holder.letGo(this);
    }
    return Math.max(0, permits - taken);
  }

  /** The permits stay taken: nobody knows whether what they stood for can be used again. */
  @Override
  public void holderEnded(Task<?> holder) {
    takers.remove(holder);
    lostWith = holder.name();
  }

  /**
   * Checks the number of an acquire.
   *
   * @throws IllegalArgumentException if it makes no sense
   */
  private void checkCount(int permits) {
    checkPositive(permits);
    if (permits > bound) {
      throw new IllegalArgumentException(
          permits + " permits of " + identity.title() + " can never be had: it has " + bound);
    }
  }

  private void checkPositive(int permits) {
    if (permits < 1) {
      throw new IllegalArgumentException(
          permits + " permits of " + identity.title() + ": at least 1");
    }
  }

  /**
   * Checks the number of a release.
   *
   * @throws RuntimeException if it makes no sense
   */
  private void checkRelease(int permits) {
    checkPositive(permits);
    if (permits > bound - available) {
      throw new IllegalStateException(
          "release of "
              + permits
              + " to "
              + identity.title()
              + ", which has "
              + available
              + " of "
              + bound
              + " permits already: released too often");
    }
  }

  /** Has no state of a wait: any number of tasks may await it. */
  private final class Acquire extends YieldEvent<Held, RuntimeException> {
    private final int permits;

    Acquire(int permits) {
      this.permits = permits;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      identity.enter(scheduler);
      if (canTake(permits)) {
        take(waiter.task(), permits);
        wake(waiter, new Permits(waiter.task(), permits));
      } else {
        waiters.add(waiter);
      }
      assert valid() : Semaphore.this;
    }

    /** A waiter behind this one may ask for less, and can be served now. */
    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      boolean left = waiters.remove(waiter);
      serve();
      return left;
    }

    @Override
    public Resource resource() {
      return Semaphore.this;
    }

    @Override
    protected boolean mustBeAwaited() {
      return this != acquireOne;
    }

    @Override
    public String describe() {
      String wanted = permits == 1 ? "a permit" : permits + " permits";
      return wanted + " of " + identity.title() + " (" + describeState() + ")";
    }
  }

  /** The permits of one acquire. A new object for each: it must refuse to be closed twice. */
  private final class Permits implements Held {
    private final Task<?> taker;
    private final int permits;
    private boolean closed;

    Permits(Task<?> taker, int permits) {
      this.taker = taker;
      this.permits = permits;
    }

    @Override
    public void close() {
      identity.check("close");
      if (closed) {
        throw new IllegalStateException(this + " was given back before");
      }
      checkRelease(permits);
      closed = true;
      int _ = returnedBy(taker, permits);
      give(permits);
    }

    @Override
    public String toString() {
      return permits + " of " + identity.title() + ", taken by task '" + taker.name() + "'";
    }
  }
}
