package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ticks at a fixed interval; any number of tasks wait for the next tick, and all wake at it.
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
 * <p>Ticks are at whole intervals from its making, however long the listeners take: it does not
 * drift. Who is late misses ticks and waits for the next one; the number that {@code nextTick}
 * gives tells how many. Waiters wake in the order in which they came. A waiter that is cancelled
 * loses nothing.
 *
 * <p>It is not a task, and ticks that nobody waits for cost nothing; so it keeps neither a run from
 * its end nor a deadlock from being found.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.2, which builds it of a thread, a flag and a
 * condition.
 */
public final class PeriodicTimer implements AutoCloseable {

  /** A look at a timer: its interval, the ticks so far, and who waits, longest first. */
  public record Stats(String name, Duration interval, long ticks, List<Task<?>> waiters) {}

  private final Identity identity;
  private final Scheduler scheduler;
  private final long intervalNanos;
  private final long startNanos;
  private final WaitQueue waiters = new WaitQueue();

  /** One for all who wait; its deadline is the next tick, while somebody waits. */
  private final Tick tick = new Tick();

  private boolean closed;

  /**
   * A timer whose first tick is one interval from now, known by a number.
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
    intervalNanos = interval.toNanos();
    startNanos = scheduler.nanoTime();
  }

  /**
   * Waits for the next tick; the result is its number, counted from 1. Fails with an {@link
   * IllegalStateException} if the timer is closed, now or meanwhile.
   */
  @CheckReturnValue
  public YieldEvent<Long, RuntimeException> nextTick() {
    return tick;
  }

  /** Ends it: who waits fails. A second close does nothing. */
  @Override
  public void close() {
    identity.check("close");
    closed = true;
    scheduler.clearDeadline(tick);
    for (Waiter task = waiters.poll(); task != null; task = waiters.poll()) {
      tick.failClosed(task);
    }
  }

  /** A look at it. */
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

  private final class Tick extends YieldEvent<Long, RuntimeException> {
    @Override
    protected void handleYield(Scheduler yieldedIn, Waiter task) {
      identity.enter(yieldedIn);
      if (closed) {
        failClosed(task);
        return;
      }
      waiters.add(task);
      if (!hasDeadline()) {
        scheduler.setDeadline(this, startNanos + (ticks() + 1) * intervalNanos);
      }
    }

    @Override
    protected void handleDeadline(Scheduler unused) {
      long number = ticks();
      for (Waiter task = waiters.poll(); task != null; task = waiters.poll()) {
        wake(task, number);
      }
    }

    void failClosed(Waiter task) {
      fail(task, new IllegalStateException(identity.title() + " is closed"));
    }

    @Override
    protected boolean handleCancel(Scheduler unused, Waiter task) {
      boolean left = waiters.remove(task);
      if (waiters.isEmpty()) {
        scheduler.clearDeadline(this);
      }
      return left;
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    public String describe() {
      return "a tick of " + identity.title();
    }
  }
}
