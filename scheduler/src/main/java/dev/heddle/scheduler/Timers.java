package dev.heddle.scheduler;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waiting for time to pass. */
public final class Timers {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** At most half of what a long holds: two deadlines further apart could not be compared. */
  private static final long MOST_SECONDS = Long.MAX_VALUE / 2 / NANOS_PER_SECOND;

  private Timers() {}

  /**
   * Waits this long, counted from the moment at which the event is yielded. A sleep of zero gives
   * up the turn once. Sleepers wake in the order of their deadlines, equal ones in the order in
   * which they fell asleep, never early; how late depends on what else is ready.
   *
   * <pre>{@code
   * co.await(Timers.sleep(Duration.ofMillis(50)));
   * }</pre>
   *
   * <p>{@link Task#sleep} is the same event by a shorter name.
   *
   * <p>A cancelled sleeper loses the rest of its sleep.
   *
   * @param duration 0 or more; of more than 146 years, 146 years
   * @throws IllegalArgumentException if it is negative
   */
  public static YieldEvent<@Nullable Void, RuntimeException> sleep(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("cannot sleep for " + duration + ": must be 0 or more");
    }
    return duration.isZero() ? Task.yield() : new Sleep(saturatedNanos(duration));
  }

  /**
   * For primitives: the nanoseconds of a duration, at most those of 146 years, and at least their
   * negative. {@link Duration#toNanos} throws from 292 years on, and the sum of a time and so many
   * nanoseconds is no time in the future.
   *
   * <pre>{@code
   * scheduler.setDeadline(timed, scheduler.nanoTime() + Timers.saturatedNanos(d));
   * }</pre>
   */
  public static long saturatedNanos(Duration duration) {
    long seconds = duration.getSeconds(); // rounded down
    if (seconds >= MOST_SECONDS) {
      return MOST_SECONDS * NANOS_PER_SECOND;
    }
    return seconds < -MOST_SECONDS
        ? -MOST_SECONDS * NANOS_PER_SECOND
        : seconds * NANOS_PER_SECOND + duration.getNano();
  }

  private static final class Sleep extends SingleWaiterEvent<@Nullable Void, RuntimeException> {
    private final long nanos;

    Sleep(long nanos) {
      this.nanos = nanos;
    }

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      scheduler.loop.deadlines().set(this, scheduler.nanoTime() + nanos);
    }

    @Override
    boolean comesAfterPolls() {
      return false;
    }

    @Override
    protected void handleDeadline(Scheduler scheduler) {
      wake(null);
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      scheduler.loop.deadlines().clear(this);
      return true;
    }

    @Override
    public String describe() {
      return "a sleep of " + Duration.ofNanos(nanos);
    }
  }

  /**
   * {@link Task#yield}. The one event that many tasks may share at once: it keeps nothing of them.
   */
  static final class YieldTurn extends YieldEvent<@Nullable Void, RuntimeException> {
    static final YieldTurn EVENT = new YieldTurn();

    private YieldTurn() {}

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      if (waiter instanceof Task<?> task) {
        TaskState.giveUpTurn(task);
      } else {
        wakeToResume(waiter); // an arm or a limit, whose task waits for its next turn
      }
    }

    @Override
    protected void handleResume(Scheduler scheduler, Waiter waiter) {
      wake(waiter, null);
    }

    /**
     * Called for an arm or a limit only: a task that yields by itself is ready, and does not wait.
     */
    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      return true;
    }

    @Override
    public String describe() {
      return "its next turn";
    }
  }
}
