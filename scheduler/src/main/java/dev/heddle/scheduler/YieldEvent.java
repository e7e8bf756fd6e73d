package dev.heddle.scheduler;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a task yields to wait for something. The task is resumed with a {@code T} or failed with an
 * {@code X}.
 *
 * <p>Each operation of Heddle that can wait returns one and does nothing until it is yielded:
 *
 * <pre>{@code
 * // thread style, from any call depth
 * int n = await(socket.recv(buffer));
 *
 * // coroutine style
 * int n = co.await(socket.recv(buffer));
 *
 * // step style
 * return socket.recv(buffer);
 * }</pre>
 *
 * <p>This class is the only door to the kernel, for the library's own primitives as for yours. The
 * hooks are called in the turn of the task, with the {@link Waiter} that the event is to wake. A
 * hook that blocks in the JDK holds up the loop for that time:
 *
 * <ol>
 *   <li>{@link #handleYield} starts the wait, or completes at once by {@link #wake} or {@link
 *       #fail};
 *   <li>who notices that the thing is ready wakes the task: with the result ({@link #wake}), or
 *       with the work still to do ({@link #wakeToResume}), which is then done by {@link
 *       #handleResume} at the beginning of the task's turn;
 *   <li>{@link #handleCancel} undoes the wait when the task is cancelled meanwhile.
 * </ol>
 *
 * <p>From {@code Python Cookbook}, third edition, 12.12, whose {@code YieldEvent} has the first two
 * hooks under these names. An event object serves one wait at a time unless its class says more.
 *
 * @param <T> the result
 * @param <X> the failure that a caller must reckon with; {@code RuntimeException} for none
 */
@CheckReturnValue
public abstract class YieldEvent<T extends @Nullable Object, X extends Exception> extends Timed {

  /** The deepest {@link #nesting}. */
  static final int MOST_NESTING = 200;

  /** Down to which depth {@link #describe} names what stands in selects and time limits. */
  static final int MOST_LEVELS = 4;

  /** For subclasses. */
  @SuppressWarnings("this-escape") // it is kept, and asked for nothing before the next event
  protected YieldEvent() {
    if (ForgottenAwaits.FOUND) {
      ForgottenAwaits.made(this);
    }
  }

  /**
   * The event was yielded. Either completes at once by {@link #wake} or {@link #fail}, so that the
   * task keeps its turn; or keeps the waiter and returns: the task waits until somebody wakes the
   * waiter. An exception that this throws ends the wait and is thrown at the await.
   */
  protected abstract void handleYield(Scheduler scheduler, Waiter waiter);

  /**
   * The task's turn has come after {@link #wakeToResume}: does the work and wakes the waiter; or
   * finds that the work cannot be done yet and returns, so that the task waits on.
   */
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    throw new IllegalStateException(describe() + " was resumed but has no handleResume");
  }

  /**
   * The wait is to be undone: the task was cancelled, a time limit is over, or another arm of a
   * select has won. Undoes the wait, so that nobody wakes the waiter any more. Unless overridden,
   * takes the waiter out of the {@link WaitQueue} in which it stands; if the waiter stands in none,
   * the wait cannot be undone.
   *
   * @return true if it was undone and nothing has happened. False if it cannot be undone at once:
   *     then the task waits on, until {@link #wakeUndone} ends the wait, or it ends in the usual
   *     way and the cancellation reaches the task at its next await
   */
  protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
    return waiter.leaveQueue();
  }

  /** What the task waits for, as it stands in error messages and dumps: {@code "lock 'db'"}. */
  public abstract String describe();

  /** What the task waits for, if it is something that tasks hold; here null. */
  public @Nullable Resource resource() {
    return null;
  }

  /**
   * Whether something outside of the scheduler may end this wait: another thread, the JDK. A wait
   * for a descriptor or a deadline need not say so, the scheduler knows of these. When all tasks
   * wait and none of the waits can be ended from outside, the run fails with a {@link
   * DeadlockException}.
   */
  protected boolean isWokenFromOutside() {
    return false;
  }

  /**
   * Whether somebody outside is at work for this wait, so that a time which jumps must not pass
   * meanwhile. Default: what {@link #isWokenFromOutside} says. False where it is not known that
   * anybody does anything.
   */
  protected boolean isWorkedOutside() {
    return isWokenFromOutside();
  }

  /**
   * Whether an event that a task has made and nobody awaits is a mistake. It is for an operation,
   * which is not done then: so here true. Under assertions such an event is reported to the {@link
   * SchedulerBuilder#findingReporter}, with the line that made it, when it is garbage.
   *
   * <p>An event that is a thing of its own, which any number of tasks may await, or none, says
   * false: a {@link Promise}, a latch.
   */
  protected boolean mustBeAwaited() {
    return true;
  }

  /**
   * For primitives that give all callers the same event, which must say that it need not be awaited
   * ({@link #mustBeAwaited}): the event for one caller. Without assertions it is this one. Under
   * assertions it is one of the caller's own, by which this one is started, so that a caller who
   * forgets to await it is found out.
   *
   * <pre>{@code
   * public YieldEvent<@Nullable Void, RuntimeException> await() {
   *   return wait.forCaller();
   * }
   * }</pre>
   */
  public final YieldEvent<T, X> forCaller() {
    return ForgottenAwaits.FOUND ? new ForgottenAwaits.Call<>(this) : this;
  }

  /**
   * How many time limits, and selects in them, stand one inside the other in it. Each costs some
   * frames of the stack.
   */
  int nesting() {
    return 0;
  }

  /** The nesting of what stands around an event. */
  static int around(YieldEvent<?, ?> event) {
    if (event.nesting() == MOST_NESTING) {
      throw new IllegalArgumentException(
          "more than "
              + MOST_NESTING
              + " time limits and selects one inside the other: set one time limit, and list all"
              + " events in one select");
    }
    return event.nesting() + 1;
  }

  /** {@link #described}, but of what stands in it so many levels only. */
  String described(int levels) {
    return described();
  }

  /** Whether a deadline of its own may end the wait. */
  boolean endsByTime() {
    return hasDeadline();
  }

  /** Whether it is started in a cancelled task too, and throws by itself; the kernel's own only. */
  boolean startsWhenCancelled() {
    return false;
  }

  /**
   * This event with a timeout: fails with a {@link java.util.concurrent.TimeoutException} if it is
   * not over in time, and then has not happened.
   *
   * <pre>{@code
   * Item item = co.await(queue.get().within(Duration.ofSeconds(1)));
   * }</pre>
   *
   * <p>If it is over when the time is, it counts as in time. An event whose wait cannot be undone
   * at once keeps the task waiting beyond the timeout until it is. Of timeouts one inside the other
   * that have passed together, the outermost reports.
   *
   * @param timeout 0 or more, counted from the moment at which the event is yielded; with 0 it must
   *     complete at once
   * @throws IllegalArgumentException if it is negative; or if more than 200 time limits, and
   *     selects in them, stand one inside the other
   */
  public final TimeoutEvent<T, X> within(Duration timeout) {
    return new TimeoutEvent<>(this, timeout);
  }

  /**
   * Ends the wait with the result. Called inside of {@link #handleYield} or {@link #handleResume},
   * the task keeps its turn; otherwise the task goes to the end of the ready queue.
   */
  protected final void wake(Waiter waiter, T result) {
    waiter.end(this, result, null, false);
  }

  /** Like {@link #wake}, with a failure: it is thrown at the await and shows the await's stack. */
  protected final void fail(Waiter waiter, X failure) {
    waiter.end(this, null, failure, true);
  }

  /** Like {@link #fail} for what failed elsewhere: thrown as it is, with the stack it has. */
  protected final void failWith(Waiter waiter, Throwable failure) {
    waiter.end(this, null, failure, false);
  }

  /**
   * Ends a wait that {@link #handleCancel} could not undo at once and that is undone now: the task
   * finds the cancellation, or the timeout, at its await.
   */
  protected final void wakeUndone(Waiter waiter) {
    waiter.wakeUndone(this);
  }

  /**
   * Makes the task ready with the work still to do: its next turn begins with {@link
   * #handleResume}. Only a hint: it does nothing if the waiter waits no more.
   */
  protected final void wakeToResume(Waiter waiter) {
    waiter.wakeToResume(this);
  }

  /**
   * {@link #describe} for messages and dumps, which must be made even if it throws: says so then.
   */
  public final String described() {
    try {
      return describe();
    } catch (Throwable thrown) {
      String why = Failures.described(thrown);
      return getClass().getName() + ", which cannot describe itself: " + why;
    }
  }

  @Override
  public String toString() {
    return describe();
  }
}
