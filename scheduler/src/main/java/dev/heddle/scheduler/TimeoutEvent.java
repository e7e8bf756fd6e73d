package dev.heddle.scheduler;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * {@link YieldEvent#within}: an event with a deadline of its own. The deadline queue holds this
 * very object.
 *
 * <pre>
 *   IDLE --yielded--> WAITING --the event is over--> IDLE, woken
 *                      |  |
 *                      |  '-- deadline, or cancel: undone at once --> IDLE, woken to throw
 *                      '-- the same, not undone at once --> UNDOING --over, or undone--> IDLE, woken
 * </pre>
 */
final class TimeoutEvent<T extends @Nullable Object> extends YieldEvent<T, Exception> {
  private enum State {
    IDLE,
    WAITING,
    UNDOING
  }

  private final YieldEvent<T, ?> limited;
  private final long nanos;
  private final Limit limit = new Limit(this);
  private State state = State.IDLE;

  /** Who waits for this; null if nobody does. */
  private @Nullable Waiter outer;

  private long deadlineNanos;

  /** Whether it is the deadline that undoes the event, and not a cancellation. */
  private boolean expired;

  TimeoutEvent(YieldEvent<T, ?> limited, Duration longest) {
    if (longest.isNegative()) {
      throw new IllegalArgumentException("cannot wait within " + longest + ": must be 0 or more");
    }
    this.limited = limited;
    this.nanos = Timers.saturatedNanos(longest);
  }

  /** What the limited event wakes. */
  static final class Limit extends Waiter {
    private final TimeoutEvent<?> within;

    private Limit(TimeoutEvent<?> within) {
      this.within = within;
    }

    private Waiter outer() {
      Waiter around = within.outer;
      assert around != null : within + " is woken and nobody waits for it";
      return around;
    }

    @Override
    public Task<?> task() {
      return outer().task();
    }

    @Override
    public @Nullable YieldEvent<?, ?> event() {
      return within.state == State.IDLE ? null : within.limited;
    }

    /** Delivery wins over the timeout. */
    @Override
    void end(
        YieldEvent<?, ?> by, @Nullable Object value, @Nullable Throwable failure, boolean here) {
      checkIsMine(by);
      Waiter around = outer();
      within.reset(task().scheduler);
      around.end(within, value, failure, here);
    }

    private void checkIsMine(YieldEvent<?, ?> by) {
      if (by != within.limited || within.state == State.IDLE || waitQueue != null) {
        throw new IllegalStateException(
            by.describe()
                + " wakes "
                + this
                + ", which does not wait for it, or is in a WaitQueue");
      }
    }

    @Override
    void wakeToResume(YieldEvent<?, ?> by) {
      outer().wakeToResume(within);
    }

    @Override
    void wakeUndone(YieldEvent<?, ?> by) {
      checkIsMine(by);
      within.undone();
    }

    @Override
    void claim() {
      outer().claim();
    }

    @Override
    void undoLosers() {
      outer().undoLosers();
    }

    @Override
    boolean mayWin() {
      return outer().mayWin();
    }

    @Override
    boolean isWanted() {
      return within.state == State.UNDOING || mayWin();
    }

    @Override
    boolean isOverdue(long now) {
      return (within.state == State.WAITING && within.deadlineNanos - now <= 0)
          || outer().isOverdue(now);
    }

    @Override
    public String toString() {
      return within.outer == null ? "a waiter of " + within : String.valueOf(within.outer);
    }
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    if (state != State.IDLE) {
      throw new IllegalStateException(this + " is in use by " + outer + "; make one for each");
    }
    state = State.WAITING;
    expired = false;
    outer = waiter;
    deadlineNanos = scheduler.nanoTime() + nanos;
    scheduler.setDeadline(this, deadlineNanos);
    try {
      limited.handleYield(scheduler, limit);
    } catch (Throwable thrown) {
      limit.leaveQueue();
      reset(scheduler);
      throw thrown;
    }
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    try {
      limited.handleResume(scheduler, limit);
    } catch (Throwable thrown) {
      limit.leaveQueue();
      if (state != State.IDLE) {
        reset(scheduler);
      }
      throw thrown;
    }
  }

  /** Undoes the wait, unless a deadline around it has passed too: the outermost reports. */
  @Override
  protected void handleDeadline(Scheduler scheduler) {
    Waiter around = outer;
    assert around != null && state == State.WAITING : this + " expires and waits for nothing";
    if (around.isOverdue(scheduler.loop.lookNanos())) {
      return;
    }
    expired = true;
    try {
      if (limit.undo(limited)) {
        reset(scheduler);
        fail(around, timedOut());
      } else if (state == State.WAITING) { // and not over meanwhile
        state = State.UNDOING;
      }
    } catch (Throwable thrown) {
      limit.leaveQueue();
      limit.end(limited, null, thrown, false);
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
    if (state == State.UNDOING) {
      return false;
    }
    boolean undone;
    try {
      undone = limit.undo(limited);
    } catch (Throwable thrown) {
      limit.leaveQueue();
      reset(scheduler);
      throw thrown;
    }
    if (undone) {
      reset(scheduler);
      return true;
    }
    if (state == State.WAITING) { // and not over meanwhile
      scheduler.clearDeadline(this);
      state = State.UNDOING;
    }
    return false;
  }

  private void undone() {
    Waiter around = limit.outer();
    boolean timedOut = expired && around.task().cancelledBy() == null;
    reset(around.task().scheduler);
    if (timedOut) {
      fail(around, timedOut());
    } else {
      wakeUndone(around);
    }
  }

  private void reset(Scheduler scheduler) {
    scheduler.clearDeadline(this);
    state = State.IDLE;
    outer = null;
  }

  private TimeoutException timedOut() {
    return new TimeoutException(
        "timed out after " + Duration.ofNanos(nanos) + " waiting for " + limited.describe());
  }

  @Override
  public @Nullable Resource resource() {
    return limited.resource();
  }

  @Override
  protected boolean isWokenFromOutside() {
    return limited.isWokenFromOutside();
  }

  @Override
  boolean startsWhenCancelled() {
    return limited.startsWhenCancelled();
  }

  @Override
  public String describe() {
    return limited.describe() + ", for at most " + Duration.ofNanos(nanos);
  }
}
