package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits: {@link #acquire} takes one and waits while there is none, {@link #release}
 * gives one back.
 *
 * <pre>{@code
 * Semaphore connections = new Semaphore("connections", 5);
 * ...
 * try (var permit = co.await(connections.acquire())) {
 *   co.await(fetch(url)); // by five tasks at a time at the most
 * }
 * }</pre>
 *
 * <p>Anybody may release, also who did not acquire: a semaphore of 0 permits is a signal that is
 * not lost when nobody waits for it.
 *
 * <p>Fairness: permits go to the longest waiter; nobody takes one while others wait. One who asks
 * for more than there are holds back those behind him who ask for less, else he might wait for
 * ever.
 *
 * <p>Cancellation: a waiter that is cancelled leaves the queue and takes nothing. One that is
 * cancelled after the permits were handed to it, before its turn, gets them, and {@code Cancelled}
 * at its next await: leaving the {@code try} block passes them on.
 *
 * <p>Invariant: the first waiter asks for more permits than there are; so, if all ask for one,
 * tasks wait at 0 only.
 */
public sealed class Semaphore implements Resource permits BoundedSemaphore {

  /** A look at a semaphore: free permits, who has taken how many, and who waits, longest first. */
  public record Stats(
      String name, int available, Map<Task<?>, Integer> holders, List<Task<?>> waiters) {}

  final Identity identity;
  private final WaitQueue waiters = new WaitQueue();
  private final Acquire one = new Acquire(this, 1);

  /** How many permits each task has taken and not given back, longest holder first. */
  private final Map<Task<?>, Integer> holders = new LinkedHashMap<>();

  /** Whether waiters are being served: the one who does it goes on until all are. */
  private boolean serving;

  private int available;

  /** Who ended last without giving back what it had taken; for messages. */
  private @Nullable String lostWith;

  /**
   * A semaphore that is known by a number.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public Semaphore(int permits) {
    this("semaphore", null, permits);
  }

  /**
   * A semaphore with a name, for messages and dumps.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public Semaphore(String name, int permits) {
    this("semaphore", Objects.requireNonNull(name, "name"), permits);
  }

  Semaphore(String kind, @Nullable String name, int permits) {
    identity = new Identity(kind, name);
    if (permits < 0) {
      throw new IllegalArgumentException(
          identity.title() + " cannot start with " + permits + " permits: must be 0 or more");
    }
    available = permits;
  }

  /** Waits for a permit; closing the result gives it back. */
  @CheckReturnValue
  public YieldEvent<Held, RuntimeException> acquire() {
    return one;
  }

  /**
   * Waits for this many permits at once; closing the result gives them back.
   *
   * @throws IllegalArgumentException if the number is less than 1, or can never be had
   */
  @CheckReturnValue
  public YieldEvent<Held, RuntimeException> acquire(int permits) {
    checkCount(permits);
    return permits == 1 ? one : new Acquire(this, permits);
  }

  /** Takes a permit if there is one that nobody waits for; {@link #release} gives it back. */
  @CheckReturnValue
  public boolean tryAcquire() {
    return tryAcquire(1);
  }

  /**
   * Takes this many permits if there are as many and nobody waits.
   *
   * @throws IllegalArgumentException if the number is less than 1, or can never be had
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

  /** Gives a permit back, or one more; does not yield. */
  public void release() {
    release(1);
  }

  /**
   * Gives this many permits, back or more than there were; does not yield.
   *
   * @throws IllegalArgumentException if the number is less than 1
   * @throws IllegalStateException if the semaphore cannot have so many; nothing is changed
   */
  public void release(int permits) {
    identity.check("release");
    checkRelease(permits);
    returned(permits);
    give(permits);
  }

  /** How many permits can be taken; less than a task asks for, if one waits. */
  public int available() {
    return available;
  }

  /** A look at it. */
  public Stats stats() {
    return new Stats(identity.title(), available, new LinkedHashMap<>(holders), waiters.toList());
  }

  @Override
  public String describe() {
    return identity.title();
  }

  @Override
  public List<Task<?>> holders() {
    return List.copyOf(holders.keySet());
  }

  @Override
  public EndedBy endedBy() {
    return EndedBy.ANYBODY;
  }

  @Override
  public String toString() {
    return identity.title() + ", " + describeState() + ", " + waiters.size() + " waiting";
  }

  /** {@code "0 free, 2 taken by task 'a', 1 by task 'b'"}. */
  private String describeState() {
    String taken =
        holders.entrySet().stream()
            .map(taker -> taker.getValue() + " by task '" + taker.getKey().name() + "'")
            .collect(Collectors.joining(", "));
    return describeFree()
        + (taken.isEmpty() ? "" : ", taken: " + taken)
        + (lostWith == null ? "" : ", lost with task '" + lostWith + "', which ended");
  }

  String describeFree() {
    return available + " free";
  }

  // Transitions.

  /** Whether nobody waits and there are enough. */
  private boolean canTake(int permits) {
    return waiters.isEmpty() && available >= permits;
  }

  private void take(Task<?> task, int permits) {
    assert available >= permits : identity.title() + " has fewer permits than it gives";
    available -= permits;
    if (holders.merge(task, permits, Integer::sum) == permits) {
      task.hold(this);
    }
  }

  private void give(int permits) {
    available += permits;
    serve();
  }

  /**
   * Hands permits to the waiters, as far as they go. A waiter who is served may leave other places
   * in the queue, by a Select; nobody is served before it has left them all.
   */
  private void serve() {
    if (serving) {
      return;
    }
    serving = true;
    try {
      for (Acquire first = first(); first != null && first.permits <= available; first = first()) {
        Waiter task = Objects.requireNonNull(waiters.poll());
        take(task.task(), first.permits);
        first.granted(task);
      }
    } finally {
      serving = false;
    }
  }

  private @Nullable Acquire first() {
    return (Acquire) waiters.peekEvent();
  }

  /** Who gives back need not be who took: the caller, if it holds some, else the longest holder. */
  private void returned(int permits) {
    int left = permits;
    while (left > 0 && !holders.isEmpty()) {
      left = returnedBy(likelyHolder(), left);
    }
  }

  private Task<?> likelyHolder() {
    Task<?> caller = callerOrNull();
    return caller != null && holders.containsKey(caller)
        ? caller
        : holders.keySet().iterator().next();
  }

  private static @Nullable Task<?> callerOrNull() {
    try {
      return Task.current();
    } catch (WrongThreadException e) {
      return null; // between two runs
    }
  }

  /** Tells how many permits are left of those given back, the task's being deducted. */
  private int returnedBy(Task<?> holder, int permits) {
    int taken = holders.getOrDefault(holder, 0);
    if (taken > permits) {
      holders.put(holder, taken - permits);
    } else if (taken > 0) {
      holders.remove(holder);
      holder.letGo(this);
    }
    return Math.max(0, permits - taken);
  }

  /** Nothing is given back: who knows what the permits stood for. */
  @Override
  public void holderEnded(Task<?> holder) {
    holders.remove(holder);
    lostWith = holder.name();
  }

  /**
   * The number asked for makes sense.
   *
   * @throws IllegalArgumentException if it does not
   */
  void checkCount(int permits) {
    if (permits < 1) {
      throw new IllegalArgumentException(permits + " permits of " + identity.title() + ": at least 1");
    }
  }

  /** The number given back makes sense. */
  void checkRelease(int permits) {
    if (permits < 1) {
      throw new IllegalArgumentException(permits + " permits of " + identity.title() + ": at least 1");
    }
    if (available > Integer.MAX_VALUE - permits) {
      throw new IllegalStateException(identity.title() + " cannot have more permits than an int");
    }
  }

  /** {@link #acquire}: any number of tasks may wait by one. */
  private static final class Acquire extends YieldEvent<Held, RuntimeException> {
    private final Semaphore semaphore;
    private final int permits;

    Acquire(Semaphore semaphore, int permits) {
      this.semaphore = semaphore;
      this.permits = permits;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      semaphore.identity.enter(scheduler);
      if (semaphore.canTake(permits)) {
        semaphore.take(task.task(), permits);
        granted(task);
      } else {
        semaphore.waiters.add(task);
      }
    }

    void granted(Waiter task) {
      wake(task, new Permits(semaphore, task.task(), permits));
    }

    /** The one behind a big request may ask for less. */
    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      boolean left = semaphore.waiters.remove(task);
      semaphore.serve();
      return left;
    }

    @Override
    public Resource resource() {
      return semaphore;
    }

    @Override
    public String describe() {
      String wanted = permits == 1 ? "a permit" : permits + " permits";
      return wanted + " of " + semaphore.identity.title() + " (" + semaphore.describeState() + ")";
    }
  }

  /** What one acquire took. Not one for all, as with locks: a second close would make permits. */
  private static final class Permits implements Held {
    private final Semaphore semaphore;
    private final Task<?> taker;
    private final int permits;
    private boolean closed;

    Permits(Semaphore semaphore, Task<?> taker, int permits) {
      this.semaphore = semaphore;
      this.taker = taker;
      this.permits = permits;
    }

    @Override
    public void close() {
      semaphore.identity.check("close");
      if (closed) {
        throw new IllegalStateException(this + " was given back before");
      }
      semaphore.checkRelease(permits);
      closed = true;
      int _ = semaphore.returnedBy(taker, permits);
      semaphore.give(permits);
    }

    @Override
    public String toString() {
      return permits + " of " + semaphore.identity.title() + ", taken by task '" + taker.name() + "'";
    }
  }
}
