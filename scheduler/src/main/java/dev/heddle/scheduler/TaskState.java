package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.engine.AwaitTrace;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.scheduler.Failures.Failure;
import dev.heddle.scheduler.Failures.Late;
import dev.heddle.scheduler.TaskScopes.AfterGroup;
import dev.heddle.scheduler.TaskScopes.Extras;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The states of a task, and every transition from one to the next. The fields are the task's, in
 * {@link Task}; nobody else writes {@code state}, {@code event}, {@code sent} and {@code found},
 * but for {@link AfterGroup}, which puts the event that it stands before in its own place.
 *
 * <pre>
 *   READY --turn--> RUNNING --yields--> STARTING --handleYield is done--> WAITING
 *     ^              ^   |                 |                                 |
 *     |              |   | ends            | woken: completed at once        | woken, cancelled
 *     |              |   v                 v                                 |
 *     |              | ENDED           COMPLETED                             |
 *     |              '---------------------'                                 |
 *     '----------------------------------------------------------------------'
 * </pre>
 *
 * <p>A turn that begins with {@code handleResume} goes from READY to STARTING. A wake that asks for
 * {@code handleResume} while a hook is under way goes from STARTING to RESTARTING, and from there
 * to READY when the hook is done.
 *
 * <p>Invariants, asserted after each transition: a task stands in a {@link WaitQueue} only while it
 * waits for an event; while it waits there is an event; after its end there is no body.
 *
 * <p>All of it belongs to the scheduler's thread. A body with a thread of its own calls in while it
 * has the turn; {@link #awaitOnStack} does so to spare two switches if the event completes at once.
 *
 * <p>This file is long because all transitions stand in it: none can be understood without the
 * others.
 */
final class TaskState {
  // Bytes, not an enum: a state is written several times a turn, and to write a reference costs a
  // barrier of the garbage collector.
  static final byte READY = 0;
  static final byte RUNNING = 1;
  static final byte STARTING = 2;
  static final byte RESTARTING = 3;
  static final byte COMPLETED = 4;
  static final byte WAITING = 5;
  static final byte ENDED = 6;

  // What `found` says of `sent`.

  /** {@code sent} is what the body's await returns. */
  static final byte VALUE = 0;

  /** A RAISED_HERE that is being thrown already: its trace is still to show the await. */
  private static final byte THROWN_HERE = 1;

  /** A RAISED_BY_HOOK that is being thrown already: its trace is still to show the await. */
  private static final byte THROWN_BY_HOOK = 2;

  /** {@code sent} is what the body's await throws, as it is. */
  private static final byte RAISED = 3;

  /** {@code sent} is what the body's await throws, and gets the lines of that await. */
  private static final byte RAISED_HERE = 4;

  /** {@code sent} is what the event's hook threw; the lines of the await follow the hook's. */
  private static final byte RAISED_BY_HOOK = 5;

  /**
   * {@code sent} is the event whose wait a cancellation has undone; null if it was not started. The
   * responsible scope is chosen when the task next runs.
   */
  private static final byte UNDONE = 6;

  /** The exception of a cancellation is being thrown, which was made for this await. */
  private static final byte MADE_HERE = 7;

  private TaskState() {}

  // A turn: begin, then resume and start as long as events complete at once.

  /** Before a turn: whether an event has asked for {@code handleResume}, as a poll makes it do. */
  static boolean isToBeResumedByEvent(Task<?> task) {
    return task.event != null;
  }

  /** The beginning of a turn: whether the body can be resumed; false if the task waits on. */
  static boolean begin(Task<?> task) {
    assert task.state == READY : task + " begins a turn";
    YieldEvent<?, ?> resumable = task.event;
    if (resumable == null) {
      return true;
    }
    task.state = STARTING;
    try {
      if (task.isReached() && task.undo(resumable)) {
        wakeCancelled(task, resumable);
      } else if (task.event == resumable) { // not if the undoing has ended the wait
        resumable.handleResume(task.scheduler, task);
      }
    } catch (Throwable thrown) {
      wakeThrown(task, thrown, RAISED_BY_HOOK);
    }
    long since = task.waitingSince;
    waitUnlessWoken(task);
    task.waitingSince = since; // a task that waits on was never woken
    return task.state == COMPLETED;
  }

  /**
   * Lets the body run to its next yield.
   *
   * @return the event it yielded, or null if it has ended
   */
  static <T extends @Nullable Object> @Nullable YieldEvent<?, ?> resume(Task<T> task) {
    assert task.state == READY || task.state == COMPLETED : task + " is resumed";
    Coroutine<YieldEvent<?, ?>, Object, T> body = task.coroutine;
    assert body != null : task + " is resumed without a body";
    task.state = RUNNING;
    Throwable failure = takeRaised(task);
    if (failure != null && task.stack() == null) {
      showAwait(task, body, failure);
    }
    Object value = task.sent;
    task.sent = null;
    Object outcome;
    try {
      boolean yields = failure == null ? send(body, value) : body.raise(failure);
      while (yields) {
        YieldEvent<?, ?> event = body.yielded();
        if (event != null) {
          return event;
        }
        yields = refuseNull(body);
      }
      outcome = body.result();
    } catch (Throwable thrown) {
      TaskScopes.leaveUpTo(task, null);
      Throwable seen = Cancelled.outside(thrown);
      outcome = new Failure(task, seen, seen instanceof Cancelled c && c.task() == task);
    }
    finish(task, outcome);
    return null;
  }

  /** The trace of what is about to be raised in a body without a stack gets the await's lines. */
  private static void showAwait(Task<?> task, Coroutine<?, ?, ?> body, Throwable failure) {
    switch (task.found) {
      case MADE_HERE -> AwaitTrace.showMade(failure, body);
      case THROWN_HERE -> AwaitTrace.show(failure, body);
      case THROWN_BY_HOOK -> AwaitTrace.showHook(failure, body::suspendedAt);
      default -> AwaitTrace.showAsItIs(failure);
    }
    task.found = VALUE;
  }

  /** A body without a stack has awaited null, which is thrown at its await. */
  private static boolean refuseNull(Coroutine<?, ?, ?> body) {
    NullPointerException refusal = new NullPointerException("event");
    AwaitTrace.show(refusal, body);
    return body.raise(refusal);
  }

  @SuppressWarnings("NullAway") // the event woke the task with its own T, which may be a null one
  private static boolean send(Coroutine<?, Object, ?> body, @Nullable Object value) {
    return body.send(value);
  }

  /**
   * Starts the wait for what the body has yielded, unless {@link #awaitOnStack} has done so.
   *
   * @return whether the event has completed at once
   */
  static boolean startUnlessStarted(Task<?> task, YieldEvent<?, ?> yielded) {
    if (yielded instanceof Body.BlockedInJdk blocked) {
      assert task.state == RUNNING : task + " blocks in the JDK while a hook is under way";
      blocked.begin(task);
      waitFor(task, blocked);
    } else if (task.state == RUNNING) {
      start(task, yielded, null);
    }
    return task.state == COMPLETED;
  }

  /**
   * Starts the wait. Afterwards the task is COMPLETED, WAITING, or READY because it gave up its
   * turn.
   *
   * @param stack the body, if this is called on its thread. It keeps its turn while the hook runs:
   *     a hook that blocks in the JDK holds up the loop.
   */
  private static void start(
      Task<?> task, YieldEvent<?, ?> awaited, @Nullable StackfulCoroutine<?, ?, ?> stack) {
    assert task.state == RUNNING : task + " starts to wait";
    YieldEvent<?, ?> yielded = ForgottenAwaits.FOUND ? ForgottenAwaits.begun(awaited) : awaited;
    task.event = yielded;
    task.state = STARTING;
    if (task.watched && !TaskScopes.mayStart(task, yielded)) {
      return;
    }
    if (stack != null) {
      stack.holdTurn();
    }
    try {
      yielded.handleYield(task.scheduler, task);
    } catch (Throwable thrown) {
      wakeThrown(task, thrown, RAISED_BY_HOOK);
    } finally {
      if (stack != null) {
        stack.releaseTurn();
      }
    }
    waitUnlessWoken(task);
  }

  /** A hook is done: the task waits now, unless it was woken or cancelled in the hook. */
  private static void waitUnlessWoken(Task<?> task) {
    if (!isStarting(task)) {
      return;
    }
    YieldEvent<?, ?> started = task.event;
    if (task.isReached() && started != null) {
      cancelWait(task, started);
    }
    if (isStarting(task)) {
      boolean again = task.state == RESTARTING;
      toWaiting(task);
      if (again) {
        makeReady(task);
      }
    }
  }

  /** The task waits for an event whose start is not its own business. */
  static void waitFor(Task<?> task, YieldEvent<?, ?> started) {
    task.event = ForgottenAwaits.FOUND ? ForgottenAwaits.begun(started) : started;
    toWaiting(task);
  }

  private static void toWaiting(Task<?> task) {
    task.state = WAITING;
    task.waitingSince = task.scheduler.loop.lookNanos();
    assert valid(task);
  }

  /** Whether a hook of the task's event is under way. */
  private static boolean isStarting(Task<?> task) {
    return task.state == STARTING || task.state == RESTARTING;
  }

  // How a wait ends.

  /**
   * The event is over.
   *
   * @param here whether the failure gets the stack of the await
   */
  static void end(
      Task<?> task,
      YieldEvent<?, ?> by,
      @Nullable Object value,
      @Nullable Throwable failure,
      boolean here) {
    task.scheduler.checkInside("wake");
    checkWaitsFor(task, by);
    if (task.waitQueue != null) { // the queue would find the task there, and wake it again
      throw new IllegalStateException(
          by.described() + " wakes " + task + ", which is still in a WaitQueue: take it out first");
    }
    task.event = null;
    put(task, value, failure, here ? RAISED_HERE : RAISED);
    makeReady(task);
  }

  /**
   * The event wants its handleResume in the next turn. Readiness is only a hint: it may be late.
   */
  static void wakeToResume(Task<?> task, YieldEvent<?, ?> by) {
    task.scheduler.checkInside("wakeToResume");
    if (task.event != by) {
      return;
    }
    if (isStarting(task)) {
      task.state = RESTARTING;
    } else if (task.state == WAITING) {
      makeReady(task);
    }
  }

  /** An event that could not be undone at once is undone now. */
  static void wakeUndone(Task<?> task, YieldEvent<?, ?> by) {
    task.scheduler.checkInside("wakeUndone");
    checkWaitsFor(task, by);
    if (!task.isReached()) {
      throw new IllegalStateException(by.described() + " was not to be undone for " + task);
    }
    wakeCancelled(task, by);
  }

  private static void checkWaitsFor(Task<?> task, YieldEvent<?, ?> by) {
    if (task.event != by) {
      throw new IllegalStateException(
          by.described() + " wakes " + task + ", which does not wait for it");
    }
  }

  /** Asks the event to undo the wait. What the hook throws is thrown at the await. */
  static void cancelWait(Task<?> task, YieldEvent<?, ?> waitedFor) {
    try {
      if (task.undo(waitedFor)) {
        wakeCancelled(task, waitedFor);
      }
    } catch (Throwable thrown) {
      wakeThrown(task, thrown, RAISED);
    }
  }

  /**
   * A cancellation ends the wait.
   *
   * @param undone the event; null if it was not started
   */
  static void wakeCancelled(Task<?> task, @Nullable YieldEvent<?, ?> undone) {
    task.event = null;
    task.sent = undone;
    task.found = UNDONE;
    makeReady(task);
  }

  /** A hook has thrown, which ends the wait. The event may have left the task in a queue. */
  private static void wakeThrown(Task<?> task, Throwable thrown, byte raised) {
    task.forgetWait(task.event);
    task.event = null;
    put(task, null, thrown, raised);
    if (task.state != COMPLETED) {
      makeReady(task);
    }
  }

  /** What the body shall find when it goes on. */
  private static void put(
      Task<?> task, @Nullable Object value, @Nullable Throwable failure, byte raised) {
    task.sent = failure == null ? value : failure;
    task.found = failure == null ? VALUE : raised;
  }

  private static void makeReady(Task<?> task) {
    if (isStarting(task)) {
      task.state = COMPLETED;
    } else if (task.state == WAITING) {
      task.state = READY;
      task.scheduler.loop.woken(task);
    } else {
      assert task.state == READY : task + " is woken"; // it has been woken for handleResume before
    }
    assert valid(task);
  }

  /** {@link Task#yield}: gives up the turn inside of handleYield. */
  static void giveUpTurn(Task<?> task) {
    assert task.state == STARTING : task + " gives up a turn that it does not have";
    task.event = null;
    task.state = READY;
    task.scheduler.loop.enqueue(task);
    assert valid(task);
  }

  /** The turn's budget is used up: the task goes to the back, to be resumed as it would be now. */
  static void putBack(Task<?> task) {
    assert task.state == COMPLETED : task + " is put back";
    task.state = READY;
    task.scheduler.loop.enqueue(task);
  }

  // The end.

  /** The body is through; the task's end comes when the groups that it has left are empty. */
  private static <T extends @Nullable Object> void finish(Task<T> task, @Nullable Object outcome) {
    task.sent = outcome;
    task.coroutine = null;
    TaskScopes.leaveUpTo(task, null);
    if (task.isLingering()) {
      waitFor(task, new AfterGroup(null, () -> null));
    } else {
      end(task);
    }
  }

  /** The body is through, and no group of its own is left: the task ends. */
  private static void end(Task<?> task) {
    for (Task<?> ends = task; ends != null; ) { // a loop: thousands may have waited for each other
      ends = endAlone(ends);
    }
  }

  /** Ends a task; returns the owner of its group if that has waited only for this, and ends too. */
  private static @Nullable Task<?> endAlone(Task<?> task) {
    if (task.extrasOrNull() != null) {
      task.sent = Late.outcome(task, task.sent);
    }
    task.event = null;
    task.state = ENDED;
    assert valid(task);
    if (ForgottenAwaits.FOUND && task.state() == Task.State.CANCELLED) {
      task.scheduler.forgotten.cancelled(task);
    }
    task.scheduler.ended(task);
    Extras extras = task.extrasOrNull();
    if (extras != null) {
      extras.abandonHeld(task);
      extras.endJoins();
    }
    TaskGroup<?> group = task.group();
    if (group != null) {
      return group.childEnded(task);
    }
    if (task.sent instanceof Failure failure) {
      failure.ended(task);
    }
    return null;
  }

  // On the body's own stack.

  /** Waits for an event, called by a body that has a stack of its own. */
  static <T extends @Nullable Object, W extends @Nullable Object, X extends Exception>
      W awaitOnStack(Task<T> task, YieldEvent<W, X> yielded) throws X {
    StackfulCoroutine<YieldEvent<?, ?>, Object, T> mine = task.stack();
    if (mine == null || Thread.currentThread() != mine.thread()) {
      throw ThreadGuard.refusedAwait(task, yielded);
    }
    mine.beginWait();
    start(task, yielded, mine);
    try {
      if (task.state == COMPLETED && task.scheduler.loop.completesAtOnce()) {
        return taken(task);
      }
      @SuppressWarnings("unchecked") // the event woke the task with its own W
      W result = (W) mine.yield(yielded);
      return result;
    } catch (Throwable thrown) {
      if (task.state != RUNNING) {
        undoStart(task);
      }
      byte how = task.found;
      if (how == MADE_HERE || how == THROWN_HERE || how == THROWN_BY_HOOK) {
        task.found = VALUE;
      }
      switch (how) {
        case MADE_HERE -> AwaitTrace.showMade(thrown);
        case THROWN_HERE -> AwaitTrace.show(thrown);
        case THROWN_BY_HOOK -> AwaitTrace.showHook(thrown);
        default -> AwaitTrace.showAsItIs(thrown);
      }
      throw thrown;
    }
  }

  /** What the body would find if it had yielded an event that has completed at once. */
  @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"}) // the event's own W
  private static <W extends @Nullable Object> W taken(Task<?> task) {
    task.state = RUNNING;
    Throwable failure = takeRaised(task);
    if (failure != null) {
      throw TaskState.<RuntimeException>rethrown(failure);
    }
    W value = (W) task.sent;
    task.sent = null;
    return value;
  }

  /** Takes what the body shall find thrown; null if nothing. A cancellation is made here. */
  private static @Nullable Throwable takeRaised(Task<?> task) {
    if (task.found == VALUE) {
      return null;
    }
    byte how =
        switch (task.found) {
          case RAISED_HERE -> THROWN_HERE;
          case RAISED_BY_HOOK -> THROWN_BY_HOOK;
          default -> VALUE;
        };
    Throwable thrown;
    if (task.found == UNDONE) {
      CancelScope<?> cause = task.cancelledBy();
      assert cause != null : task + " is cancelled by nobody";
      thrown = cause.thrownTo(task, (YieldEvent<?, ?>) task.sent);
      how = cause.isFailure(thrown) ? VALUE : MADE_HERE;
    } else {
      thrown = (Throwable) Objects.requireNonNull(task.sent);
    }
    task.sent = null;
    task.found = how;
    return thrown;
  }

  @SuppressWarnings("unchecked") // erased: it is what the event fails with, which await declares
  private static <X extends Throwable> RuntimeException rethrown(Throwable failure) throws X {
    throw (X) failure;
  }

  /** The engine could not give up the turn: the body goes on, and must not be woken. */
  private static void undoStart(Task<?> task) {
    YieldEvent<?, ?> started = task.event; // not what was yielded if the task has to linger first
    if (task.state == READY) {
      task.scheduler.loop.unqueue(task);
    } else if (task.state == WAITING && started != null) {
      boolean _ = started.handleCancel(task.scheduler, task);
    }
    task.event = null;
    task.state = RUNNING;
  }

  private static boolean valid(Task<?> task) {
    return (task.waitQueue == null || task.event != null)
        && (task.state != WAITING || task.event != null)
        && (task.state != ENDED || (task.coroutine == null && task.event == null));
  }
}
