package dev.heddle.scheduler;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * {@link YieldEvent#within}: an event with a deadline of its own. The deadline queue holds this
 * very object, so that a timeout costs one allocation.
 *
 * <pre>
 *   IDLE --yielded--> WAITING --the event is over--> IDLE, woken
 *                      |  |
 *                      |  '-- deadline, or cancel: undone at once --> IDLE, woken to throw
 *                      '-- the same, not undone at once --> UNDOING --over, or undone--> IDLE, woken
 * </pre>
 */
final class Within<T extends @Nullable Object> extends Compound<T, Exception> {
  private enum State {
    IDLE,
    WAITING,
    UNDOING
  }

  private final YieldEvent<T, ?> limited;
  private final long nanos;
  private State state = State.IDLE;
  private @Nullable Task<?> waiting;
  private long deadlineNanos;

  /** Whether it is the deadline that undoes the event, and not a cancellation. */
  private boolean expired;

  Within(YieldEvent<T, ?> limited, Duration longest) {
    if (longest.isNegative()) {
      throw new IllegalArgumentException("cannot wait within " + longest + ": must be 0 or more");
    }
    this.limited = limited;
    this.nanos = Timers.saturatedNanos(longest);
  }

  @Override
  protected void handleYield(Scheduler scheduler, Task<?> task) {
    if (state != State.IDLE) {
      throw new IllegalStateException(this + " is in use by " + waiting + "; make one for each");
    }
    state = State.WAITING;
    expired = false;
    waiting = task;
    deadlineNanos = scheduler.nanoTime() + nanos;
    scheduler.setDeadline(this, deadlineNanos);
    try {
      limited.handleYield(scheduler, task);
    } catch (Throwable thrown) {
      reset(scheduler);
      throw thrown;
    }
  }

  @Override
  protected void handleResume(Scheduler scheduler, Task<?> task) {
    limited.handleResume(scheduler, task);
  }

  /** Undoes the wait, unless a deadline around it has passed too: the outermost reports. */
  @Override
  protected void handleDeadline(Scheduler scheduler) {
    Task<?> task = waiting;
    assert task != null && state == State.WAITING : this + " expires and waits for nothing";
    if (task.isOverdue(this)) {
      return;
    }
    expired = true;
    try {
      if (undoIn(task.waited(), this, task)) {
        reset(scheduler);
        fail(task, timedOut());
      } else if (state == State.WAITING) { // and not over meanwhile
        state = State.UNDOING;
      }
    } catch (Throwable thrown) {
      task.waiter(limited).leaveQueue();
      partDone(task, limited, new Outcome(null, thrown, false));
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Task<?> task) {
    if (state == State.UNDOING) {
      return false;
    }
    boolean undone;
    try {
      undone = limited.handleCancel(scheduler, task);
    } catch (Throwable thrown) {
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

  @Override
  @Nullable Compound<?, ?> holderOf(YieldEvent<?, ?> part) {
    if (state == State.IDLE) {
      return null;
    }
    return part == limited ? this : holderIn(limited, part);
  }

  /** Delivery wins over the timeout. */
  @Override
  void partDone(Task<?> task, YieldEvent<?, ?> part, Outcome outcome) {
    reset(task.scheduler);
    pass(task, outcome);
  }

  @Override
  void partReady(Task<?> task, YieldEvent<?, ?> part) {
    wakeToResume(task);
  }

  @Override
  void partUndone(Task<?> task, YieldEvent<?, ?> part) {
    boolean timedOut = expired && task.cancelledBy() == null;
    reset(task.scheduler);
    if (timedOut) {
      fail(task, timedOut());
    } else {
      wakeUndone(task);
    }
  }

  @Override
  boolean undoIn(Within<?> part, Task<?> task) {
    return part == this ? limited.handleCancel(task.scheduler, task) : undoIn(limited, part, task);
  }

  @Override
  void undoAllBut(Select.Arm winner, Task<?> task) {
    undoAllBut(limited, winner, task);
  }

  @Override
  boolean contains(Select<?> select) {
    return isIn(limited, select);
  }

  @Override
  Waiter waiter(Waiter whole, @Nullable YieldEvent<?, ?> part) {
    return waiterIn(limited, whole, part);
  }

  @Override
  @Nullable Waiter standingIn(WaitQueue queue) {
    return standingIn(queue, limited);
  }

  private void reset(Scheduler scheduler) {
    scheduler.clearDeadline(this);
    state = State.IDLE;
    waiting = null;
  }

  private TimeoutException timedOut() {
    return new TimeoutException(
        "timed out after " + Duration.ofNanos(nanos) + " waiting for " + limited.describe());
  }

  /** Whether this deadline has passed, and is still to fire or has just fired. */
  boolean isPast(long now) {
    return state == State.WAITING && deadlineNanos - now <= 0;
  }

  /** Whether among the events around {@code inner}, from {@code outer} on, one's time is over. */
  static boolean isPastAround(Within<?> inner, @Nullable YieldEvent<?, ?> outer, long now) {
    if (outer == null || outer == inner || holderIn(outer, inner) == null) {
      return false;
    }
    return switch (outer) {
      case Within<?> around -> around.isPast(now) || isPastAround(inner, around.limited, now);
      case Select<?> select -> select.anyPart(part -> isPastAround(inner, part, now));
      case AfterGroup after -> isPastAround(inner, after.yielded(), now);
      default -> false;
    };
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
