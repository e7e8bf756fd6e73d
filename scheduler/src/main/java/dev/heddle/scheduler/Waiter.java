package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind an event that has been yielded: the event wakes it, and so ends the wait. A
 * waiter is a task; inside of a {@link Select} or {@link YieldEvent#within} it is the arm or the
 * time limit that has started the event, and that passes the news on to the waiter around it. An
 * event gets its waiter in its hooks and cannot tell the difference.
 *
 * <p>An event wakes its waiter by its own {@link YieldEvent#wake}, which the compiler checks
 * against the event's result. A primitive that has taken a waiter out of a {@link WaitQueue} may
 * wake it directly:
 *
 * <pre>{@code
 * Waiter longest = getters.poll();
 * if (longest != null) {
 *   longest.wake(item);
 * }
 * }</pre>
 *
 * <p>To be called inside of the waiter's scheduler only.
 */
public abstract sealed class Waiter permits Task, Select.Arm, Waiter.Inner {
  /** The neighbours in the {@link WaitQueue}; null at its ends and outside of it. The queue's. */
  @Nullable Waiter next;

  @Nullable Waiter previous;

  /** The queue in which it stands; null if it stands in none. Written by the queue alone. */
  @Nullable WaitQueue waitQueue;

  Waiter() {}

  /** The task that waits. */
  public abstract Task<?> task();

  /** The event that it waits for; null if it waits for none. */
  public abstract @Nullable YieldEvent<?, ?> event();

  /**
   * Ends the wait with a result, as {@link YieldEvent#wake} does.
   *
   * @param result of the type that the event gives
   * @throws IllegalStateException if it waits for nothing, or still stands in a queue
   */
  public final void wake(@Nullable Object result) {
    end(awaited(), result, null, false);
  }

  /**
   * Ends the wait with a failure that shows the stack of the await, as {@link YieldEvent#fail}
   * does.
   *
   * @throws IllegalStateException if it waits for nothing, or still stands in a queue
   */
  public final void fail(Exception failure) {
    end(awaited(), null, failure, true);
  }

  /**
   * Ends the wait with what failed elsewhere and keeps its stack, as {@link YieldEvent#failWith}
   * does.
   *
   * @throws IllegalStateException if it waits for nothing, or still stands in a queue
   */
  public final void failWith(Throwable failure) {
    end(awaited(), null, failure, false);
  }

  /** The event whose wait ends now. */
  private YieldEvent<?, ?> awaited() {
    YieldEvent<?, ?> awaited = event();
    if (awaited == null) {
      throw new IllegalStateException(this + " is woken and waits for nothing");
    }
    if (awaited instanceof SingleWaiterEvent<?, ?> single) {
      task().scheduler.checkInside("wake"); // before anything changes
      single.forget(this); // it is free for the next wait
    }
    return awaited;
  }

  /**
   * Its event is over, with a result or a failure.
   *
   * @param here whether the failure gets the stack of the await
   */
  abstract void end(
      YieldEvent<?, ?> by, @Nullable Object value, @Nullable Throwable failure, boolean here);

  /** Its event wants its {@link YieldEvent#handleResume} in the task's next turn. */
  abstract void wakeToResume(YieldEvent<?, ?> by);

  /** Its event, which could not be undone at once, is undone now. */
  abstract void wakeUndone(YieldEvent<?, ?> by);

  /** What it waits for has happened: it becomes the winner of each select around it. */
  abstract void claim();

  /** After the claim: undoes the arms that have lost by it. */
  abstract void undoLosers();

  /** Whether no other arm has won, in any select around it. */
  abstract boolean mayWin();

  /** Whether a queue may serve it: not an arm that has lost and has not been told yet. */
  boolean isWanted() {
    return mayWin();
  }

  /** Whether a deadline around it has passed too: the outermost reports. */
  abstract boolean isOverdue(long now);

  /**
   * Asks an event to undo its wait, and gives its answer. A caller with a stack of its own keeps
   * its turn while the hook runs: a hook that blocks in the JDK holds up the loop.
   */
  final boolean undo(YieldEvent<?, ?> awaited) {
    Scheduler scheduler = task().scheduler;
    StackfulCoroutine<?, ?, ?> caller = scheduler.loop.callersStack();
    if (caller == null) {
      return awaited.handleCancel(scheduler, this);
    }
    caller.holdTurn();
    try {
      return awaited.handleCancel(scheduler, this);
    } finally {
      caller.releaseTurn();
    }
  }

  /** Takes it out of the queue in which it stands; false if it stands in none. */
  @CanIgnoreReturnValue
  final boolean leaveQueue() {
    return waitQueue != null && waitQueue.remove(this);
  }

  /**
   * A hook has thrown, which ends the wait: the waiter leaves the queue in which the hook may have
   * left it, and the event does not keep the waiter.
   *
   * @param thrower the event; null if it has ended the wait before it threw
   */
  final void forgetWait(@Nullable YieldEvent<?, ?> thrower) {
    leaveQueue();
    if (thrower instanceof SingleWaiterEvent<?, ?> single) {
      single.forget(this);
    }
  }

  /** What an event that stands around one other event lets that one wake. */
  abstract static sealed class Inner extends Waiter
      permits SelectCases.Chooser, TimeoutEvent.Limit {

    /** The event that stands around. */
    abstract SingleWaiterEvent<?, ?> outer();

    final Waiter around() {
      Waiter around = outer().waiter();
      assert around != null : outer() + " is woken and nobody waits for it";
      return around;
    }

    @Override
    public final Task<?> task() {
      return around().task();
    }

    @Override
    final void wakeToResume(YieldEvent<?, ?> by) {
      around().wakeToResume(outer());
    }

    @Override
    final void claim() {
      around().claim();
    }

    @Override
    final void undoLosers() {
      around().undoLosers();
    }

    @Override
    final boolean mayWin() {
      return around().mayWin();
    }

    @Override
    boolean isOverdue(long now) {
      return around().isOverdue(now);
    }

    @Override
    public final String toString() {
      Waiter around = outer().waiter();
      return around == null ? "a waiter of " + outer() : around.toString();
    }
  }
}
