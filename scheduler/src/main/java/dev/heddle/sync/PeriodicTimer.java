package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A timer that ticks at a fixed interval. Any number of tasks wait for the next tick, and all of
 * them wake at it.
 *
 * <pre>{@code
 * try (PeriodicTimer timer = new PeriodicTimer(scheduler, Duration.ofSeconds(5))) {
 *   scheduler.spawn("countdown", co -> {
 *     for (int n = 10; n > 0; n--) {
 *       co.await(timer.nextTick());
 *       System.out.println("T-minus " + n);
 *     }
 *   });
 *   ...
 * }
 * }</pre>
 *
 * <p>The timer does not drift: the ticks come at whole intervals from the moment at which it was
 * made, however long the tasks take. A task that is late misses ticks and waits for the next one;
 * the numbers that {@link #nextTick} gives tell it how many it has missed.
 *
 * <p>Fairness: the waiters wake in the order in which they came. Cancellation: a waiter that is
 * cancelled leaves the queue, and nothing is lost. Threads: a timer belongs to the scheduler that
 * it was made for; a call from elsewhere throws a {@link WrongThreadException}.
 *
 * <p>The timer is not a task, and a tick costs nothing if no task waits for it. So the timer does
 * not keep a run from its end, and does not hide a deadlock.
 *
 * <p>Invariants: a deadline is set if and only if a task waits. Nobody waits after the close.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.2, which builds it of a thread, a flag and a
 * condition.
 */
public final class PeriodicTimer implements AutoCloseable {

  /** The state of a timer at one moment: the ticks so far, and who waits, the longest first. */
  public record Stats(String name, Duration interval, long ticks, List<Task<?>> waiters) {}

  private final Identity identity;
  private final Scheduler scheduler;
  private final long intervalNanos;

  /** When the timer was made, by the clock of the scheduler. */
  private final long startNanos;

  private final WaitQueue waiters = new WaitQueue();

  /** The event of all waiters. Its deadline is the next tick. */
  private final Tick tick = new Tick();

  private boolean closed;

  /**
   * A timer whose first tick is one interval from now; messages name it by a number.
   *
   * @throws IllegalArgumentException if the interval is not positive
   */
  public PeriodicTimer(Scheduler scheduler, Duration interval) {
    this(scheduler, interval, null);
  }

  /**
   * A timer whose first tick is one interval from now, with a name for messages and dumps.
   *
   * @throws IllegalArgumentException if the interval is not positive
   */
  public PeriodicTimer(Scheduler scheduler, Duration interval, @Nullable String name) {
    identity = new Identity("periodic timer", name);
    if (!interval.isPositive()) {
      throw new IllegalArgumentException(identity.title() + " with interval " + interval);
    }
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    scheduler.checkInside("new PeriodicTimer");
    identity.enter(scheduler);
    intervalNanos = Timers.saturatedNanos(interval);
    startNanos = scheduler.nanoTime();
  }

  /**
   * Waits for the next tick; the result is the number of the tick, counted from 1. Fails with an
   * {@link IllegalStateException} if the timer is closed, or is closed while the task waits.
   */
  @CheckReturnValue
  public YieldEvent<Long, RuntimeException> nextTick() {
    return tick.forCaller();
  }

  /** Ends the ticks: all waiters fail. A second close does nothing. */
  @Override
  public void close() {
    identity.check("close");
    closed = true;
    scheduler.clearDeadline(tick);
    waiters.failAll(this::closedException);
    assert tick.valid() : this;
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  /** The state at this moment, for dumps and tests. */
  public Stats stats() {
    return new Stats(identity.title(), Duration.ofNanos(intervalNanos), ticks(), waiters.toList());
  }

  @Override
  public String toString() {
    return identity.title()
        + (closed ? ", closed" : ", every " + Duration.ofNanos(intervalNanos))
        + ", "
        + waiters.size()
        + " waiting";
  }

  /** How many ticks there have been. */
  private long ticks() {
    return (scheduler.nanoTime() - startNanos) / intervalNanos;
  }

  private IllegalStateException closedException() {
    return new IllegalStateException(identity.title() + " is closed");
  }

  private final class Tick extends YieldEvent<Long, RuntimeException> {
    @Override
    protected void handleYield(Scheduler yieldedIn, Waiter waiter) {
      identity.enter(yieldedIn);
      if (closed) {
        fail(waiter, closedException());
      } else {
        waiters.add(waiter);
        if (!hasDeadline()) {
          scheduler.setDeadline(this, startNanos + (ticks() + 1) * intervalNanos);
        }
      }
      assert valid() : PeriodicTimer.this;
    }

    @Override
    protected void handleDeadline(Scheduler unused) {
      long number = ticks();
      waiters.wakeAll(number);
      assert valid() : PeriodicTimer.this;
    }

    @Override
    protected boolean handleCancel(Scheduler unused, Waiter waiter) {
      boolean left = waiters.remove(waiter);
      if (waiters.isEmpty()) {
        scheduler.clearDeadline(this);
      }
      return left;
    }

    /** The invariants of the timer. */
    private boolean valid() {
      return hasDeadline() != waiters.isEmpty() && (!closed || waiters.peek() == null);
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "a tick of " + identity.title();
    }
  }
}
