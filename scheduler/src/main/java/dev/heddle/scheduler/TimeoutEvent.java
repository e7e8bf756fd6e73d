package dev.heddle.scheduler;

import dev.heddle.log.LogPrinter;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An event with a deadline of its own, made by {@link YieldEvent#within}. Who awaits it by {@link
 * Awaiter#await(TimeoutEvent)} or {@link Task#await(TimeoutEvent)} gets the event's result or its
 * failure, or a {@link TimeoutException}:
 *
 * <pre>{@code
 * try {
 *   Item item = co.await(queue.get().within(Duration.ofSeconds(1))); // declares no other exception
 * } catch (TimeoutException e) {
 *   // no item in time, and none was taken
 * }
 * }</pre>
 *
 * <p>The deadline queue holds this very object.
 *
 * <pre>
 *   not awaited --yielded--> waiting --the event is over--> not awaited, woken
 *                             |   |
 *                             |   '-- deadline, or cancelled: undone at once --> not awaited, woken
 *                             '-- deadline, or cancelled --> undoing --over, or undone--> not awaited
 * </pre>
 *
 * <p>Invariant: a deadline is set only while somebody waits and the event is not being undone.
 *
 * @param <T> the event's result
 * @param <X> the event's failure, to which the {@link TimeoutException} comes; as an event, this
 *     one can say {@code Exception} only
 */
public final class TimeoutEvent<T extends @Nullable Object, X extends Exception>
    extends SingleWaiterEvent<T, Exception> {
  private static final System.Logger LOG = System.getLogger("dev.heddle");

  private final YieldEvent<T, X> limited;
  private final long nanos;
  private final Limit limit = new Limit(this);
  private final int nesting;

  /** Whether the event was asked to undo its wait; meaningful while somebody waits. */
  private boolean undoing;

  /** Whether the deadline undoes the event, and nobody around it has asked for that since. */
  private boolean expired;

  TimeoutEvent(YieldEvent<T, X> limited, Duration longest) {
    if (longest.isNegative()) {
      throw new IllegalArgumentException("cannot wait within " + longest + ": must be 0 or more");
    }
    this.limited = ForgottenAwaits.FOUND ? ForgottenAwaits.begun(limited) : limited;
    this.nesting = around(this.limited);
    this.nanos = Timers.saturatedNanos(longest);
  }

  /**
   * The event with its types as the overloads of {@code await} need them: a {@link
   * TimeoutException} gets out of them by their own word.
   */
  @SuppressWarnings("unchecked") // what it fails with besides X, those methods declare
  static <T extends @Nullable Object, X extends Exception> YieldEvent<T, X> declared(
      TimeoutEvent<T, X> event) {
    return (YieldEvent<T, X>) (YieldEvent<T, ?>) event;
  }

  /** The waiter that the limited event wakes. */
  static final class Limit extends Waiter.Inner {
    private final TimeoutEvent<?, ?> timeout;

    private Limit(TimeoutEvent<?, ?> timeout) {
      this.timeout = timeout;
    }

    @Override
    SingleWaiterEvent<?, ?> outer() {
      return timeout;
    }

    @Override
    public @Nullable YieldEvent<?, ?> event() {
      return timeout.waiter() == null ? null : timeout.limited;
    }

    /** What is delivered wins over the timeout. */
    @Override
    void end(
        YieldEvent<?, ?> by, @Nullable Object value, @Nullable Throwable failure, boolean here) {
      checkWaitsFor(by);
      Waiter around = timeout.takeWaiter();
      around.task().scheduler.loop.deadlines().clear(timeout);
      around.end(timeout, value, failure, here);
    }

    private void checkWaitsFor(YieldEvent<?, ?> by) {
      if (event() != by || waitQueue != null) {
        throw new IllegalStateException(
            by.described()
                + " wakes "
                + this
                + ", which does not wait for it, or is in a WaitQueue");
      }
    }

    @Override
    void wakeUndone(YieldEvent<?, ?> by) {
      checkWaitsFor(by);
      timeout.undone();
    }

    /** A queue must serve it while it is undone: it may have to get a lock before it can go. */
    @Override
    boolean isWanted() {
      return timeout.undoing || mayWin();
    }

    @Override
    boolean isOverdue(long now) {
      Deadlines deadlines = task().scheduler.loop.deadlines();
      return deadlines.isPast(timeout, now) || super.isOverdue(now);
    }
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) {
    undoing = false;
    expired = false;
    long deadline = scheduler.nanoTime() + nanos;
    scheduler.loop.deadlines().set(this, deadline); // a hook is inside, no need to check
    try {
      limited.handleYield(scheduler, limit);
    } catch (Throwable thrown) {
      giveUp(scheduler);
      throw thrown;
    }
    assert valid();
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    try {
      limited.handleResume(scheduler, limit);
    } catch (Throwable thrown) {
      giveUp(scheduler);
      throw thrown;
    }
    assert valid();
  }

  /** A hook of the event has thrown: nothing of the wait stays behind. */
  private void giveUp(Scheduler scheduler) {
    limit.forgetWait(limited);
    scheduler.loop.deadlines().clear(this);
  }

  /** Undoes the wait, unless a deadline around it has passed too: the outermost reports. */
  @Override
  protected void handleDeadline(Scheduler scheduler) {
    assert !undoing : this + " expires while it is undone";
    if (limit.around().isOverdue(scheduler.loop.lookNanos())) {
      return;
    }
    expired = true;
    undoing = true; // before the hook: it may end another arm, which undoes this one
    try {
      if (limit.undo(limited)) {
        fail(timedOut());
      }
    } catch (Throwable thrown) {
      failedToUndo(scheduler, thrown);
    }
    assert valid();
  }

  /** The wait ends with that, unless the hook has ended the wait before it threw. */
  private void failedToUndo(Scheduler scheduler, Throwable thrown) {
    giveUp(scheduler);
    if (waiter() == null) {
      String what = limited.described() + " is over, and failed when its time was";
      LogPrinter.print(() -> LOG.log(Level.ERROR, what, thrown));
    } else {
      failWith(thrown);
    }
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    if (undoing) {
      expired = false; // who cancels it reports
      return false;
    }
    scheduler.clearDeadline(this);
    undoing = true;
    try {
      return limit.undo(limited);
    } catch (Throwable thrown) {
      giveUp(scheduler);
      throw thrown;
    }
  }

  /** The event, which could not be undone at once, is undone now. */
  private void undone() {
    limit.task().scheduler.clearDeadline(this);
    if (expired) {
      fail(timedOut());
    } else {
      wakeUndone();
    }
  }

  private TimeoutException timedOut() {
    return new TimeoutException(
        "timed out after "
            + Duration.ofNanos(nanos)
            + " waiting for "
            + limited.described(MOST_LEVELS));
  }

  private boolean valid() {
    return !hasDeadline() || (waiter() != null && !undoing);
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
  protected boolean isWorkedOutside() {
    return limited.isWorkedOutside();
  }

  @Override
  boolean startsWhenCancelled() {
    return limited.startsWhenCancelled();
  }

  @Override
  int nesting() {
    return nesting;
  }

  @Override
  public String describe() {
    return described(MOST_LEVELS);
  }

  @Override
  String described(int levels) {
    if (levels == 0) {
      return "something, for at most " + Duration.ofNanos(nanos);
    }
    return limited.described(levels - 1) + ", for at most " + Duration.ofNanos(nanos);
  }
}
