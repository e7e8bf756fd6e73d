package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of a task: where it stands, what its body shall find at its yield, and the
 * transitions from one phase to the next, each of which begins with what it takes for granted.
 * {@link Ties} adds what ties it to others, {@link Task} is the face that users see: one object, in
 * three files.
 *
 * <p>All of it belongs to the scheduler's thread; a body with a thread of its own calls in while it
 * has the turn.
 */
abstract sealed class Turns<T extends @Nullable Object> extends Waiter permits Ties {

  // What `found` says of `sent`.

  /** What the body's yield returns. */
  private static final byte VALUE = 0;

  /** Nothing: it was RAISED_HERE, and is on its way through the body's await. */
  private static final byte THROWN_HERE = 1;

  /** What the body's yield throws, as it is. */
  private static final byte RAISED = 2;

  /** The same, but it gets the stack of the await at which it is thrown. */
  private static final byte RAISED_HERE = 3;

  /**
   * The event whose wait was undone by a cancellation. Which of several scopes it was that counts,
   * is decided when the task gets its turn.
   */
  private static final byte UNDONE = 4;

  final Scheduler scheduler;

  /** The body. Set once, right after construction; let go of at the end. */
  @Nullable Coroutine<YieldEvent<?, ?>, Object, T> coroutine;

  byte phase = Phase.READY;

  /**
   * What it waits for, from the yield until it is woken; with READY: to be resumed by the event.
   */
  @Nullable YieldEvent<?, ?> event;

  /** What the body shall find at its yield. After the end: the outcome. */
  @Nullable Object sent;

  private byte found = VALUE;

  /** When it began to wait: the time of the loop's last look then. */
  long waitingSince;

  /** Its place in {@link TaskTable}. */
  int tableIndex = -1;

  Turns(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  void bind(Coroutine<YieldEvent<?, ?>, Object, T> body) {
    coroutine = body;
  }

  /** The body, if it has a thread of its own. */
  final @Nullable StackfulCoroutine<YieldEvent<?, ?>, Object, T> stack() {
    return coroutine instanceof StackfulCoroutine<YieldEvent<?, ?>, Object, T> s ? s : null;
  }

  final boolean runsOnItsStack() {
    StackfulCoroutine<?, ?, ?> mine = stack();
    return mine != null && Thread.currentThread() == mine.thread();
  }

  /** What the body shall find when it goes on. */
  final void find(@Nullable Object value, @Nullable Throwable failure, boolean here) {
    sent = failure == null ? value : failure;
    found = failure == null ? VALUE : here ? RAISED_HERE : RAISED;
  }

  /** This, by the name that others know. */
  private Task<T> self() {
    return (Task<T>) this;
  }

  @Override
  public final Task<?> task() {
    return self();
  }

  @Override
  public final @Nullable YieldEvent<?, ?> event() {
    return event instanceof JdkWait blocked && blocked.hook() != null ? blocked.hook() : event;
  }

  @Override
  final void claim() {
    // Nothing stands beside what a task waits for itself.
  }

  @Override
  final void undoLosers() {}

  @Override
  final boolean mayWin() {
    return true;
  }

  @Override
  final boolean isOverdue(long now) {
    return Cancellation.isOverdue(self(), now);
  }

  /**
   * Lets the body run to its next yield.
   *
   * @return the event it yielded, or null if it has ended
   */
  @Nullable YieldEvent<?, ?> resume() {
    assert phase == Phase.READY || phase == Phase.COMPLETED : this + " resumed";
    Coroutine<YieldEvent<?, ?>, Object, T> body = coroutine;
    assert body != null;
    phase = Phase.RUNNING;
    Throwable failure = raised();
    Object value = sent;
    sent = null;
    if (value instanceof JdkWait blocked) { // where it blocked it goes on, which may be in a hook
      blocked.restore(this);
      value = null;
    }
    try {
      if (failure == null ? send(body, value) : body.raise(failure)) {
        return body.yielded();
      }
      finish(body.result());
    } catch (Throwable thrown) {
      finish(new Failure(self(), thrown, thrown instanceof Cancelled c && c.task() == this));
    }
    return null;
  }

  /** What the body shall find thrown at its yield, or null. That of a cancellation is made here. */
  private @Nullable Throwable raised() {
    if (found <= THROWN_HERE) {
      return null;
    }
    boolean here = found == RAISED_HERE;
    Throwable thrown;
    if (found == UNDONE) {
      CancelScope<?> cause = self().cancelledBy();
      assert cause != null : this + " is cancelled by nobody";
      thrown = cause.thrownTo(self(), (YieldEvent<?, ?>) sent);
      here = !cause.throwsFailureTo(self());
    } else {
      thrown = (Throwable) Objects.requireNonNull(sent);
    }
    sent = null;
    found = here ? THROWN_HERE : VALUE;
    return thrown;
  }

  @SuppressWarnings("NullAway") // the event woke the task with its own T, which may be a null one
  private static boolean send(Coroutine<?, Object, ?> body, @Nullable Object value) {
    return body.send(value);
  }

  /**
   * Starts the wait for what the body yielded. A body with a stack has done so already, to spare
   * two switches if the event is complete at once.
   *
   * @return whether it is
   */
  boolean startUnlessStarted(YieldEvent<?, ?> yielded) {
    if (yielded instanceof JdkWait blocked) {
      blocked.begin(self(), phase, event);
      event = blocked;
      phase = Phase.WAITING;
      waitingSince = scheduler.loop.lookNanos();
    } else if (phase == Phase.RUNNING) {
      start(yielded, null);
    }
    return phase == Phase.COMPLETED;
  }

  /**
   * Afterwards it is COMPLETED, WAITING, or READY because it gave up its turn.
   *
   * @param stack of the body, if it has one: this is called on it
   */
  private void start(YieldEvent<?, ?> yielded, @Nullable StackfulCoroutine<?, ?, ?> stack) {
    assert phase == Phase.RUNNING : this + " starts to wait";
    event = yielded;
    phase = Phase.STARTING;
    if (self().watched && !self().mayStart(yielded)) {
      return;
    }
    Throwable hooks = null;
    try {
      yielded.handleYield(scheduler, self());
    } catch (Throwable thrown) {
      hooks = thrown;
    }
    if (stack != null) {
      stack.rejoin(); // the hook may have blocked in the JDK and come back without the turn
    }
    if (hooks != null) {
      wakeThrown(hooks);
    }
    waitUnlessWoken();
  }

  /** Before its turn: whether that begins with the handleResume of its event. */
  final boolean isToBeResumed() {
    return event != null;
  }

  /** The beginning of a turn: whether the body can be resumed, or waits on. */
  boolean begin() {
    assert phase == Phase.READY : this + " begins a turn";
    YieldEvent<?, ?> resumable = event;
    if (resumable == null) {
      return true;
    }
    phase = Phase.STARTING;
    try {
      if (self().cancelledBy() != null && resumable.handleCancel(scheduler, self())) {
        wakeCancelled(resumable);
      } else {
        resumable.handleResume(scheduler, self());
      }
    } catch (Throwable thrown) {
      wakeThrown(thrown);
    }
    long since = waitingSince;
    waitUnlessWoken();
    waitingSince = since; // if it waits on: it never was woken
    return phase == Phase.COMPLETED;
  }

  /** The hook is through. It may have blocked, and the task may have been cancelled meanwhile. */
  private void waitUnlessWoken() {
    if (!Phase.isStarting(phase)) {
      return;
    }
    YieldEvent<?, ?> started = event;
    if (self().cancelledBy() != null && started != null) {
      self().undo(started);
    }
    if (!Phase.isStarting(phase)) {
      return;
    }
    boolean again = phase == Phase.RESTARTING;
    phase = Phase.WAITING;
    waitingSince = scheduler.loop.lookNanos();
    if (again) {
      makeReady();
    }
  }

  /**
   * The event is over.
   *
   * @param here whether the failure gets the stack of the await
   */
  @Override
  final void end(
      YieldEvent<?, ?> by, @Nullable Object value, @Nullable Throwable failure, boolean here) {
    scheduler.checkInside("wake");
    if (event == by) {
      checkOutOfQueue(by);
      event = null;
      find(value, failure, here);
      makeReady();
    } else if (event instanceof JdkWait blocked && blocked.hook() == by) {
      checkOutOfQueue(by);
      blocked.complete(value, failure, here);
    } else {
      throw notWaitedFor(by);
    }
  }

  @Override
  final void wakeToResume(YieldEvent<?, ?> by) {
    scheduler.checkInside("wakeToResume");
    if (event instanceof JdkWait blocked && blocked.hook() == by) {
      blocked.resumeLater();
    } else if (event == by && Phase.isStarting(phase)) {
      phase = Phase.RESTARTING;
    } else if (event == by && phase == Phase.WAITING) {
      makeReady();
    } // else: it is ready already, or woken by somebody else; readiness is only a hint
  }

  private IllegalStateException notWaitedFor(YieldEvent<?, ?> by) {
    return new IllegalStateException(
        by.describe() + " wakes " + this + ", which does not wait for it");
  }

  /** A task that is ready and still in a queue would be found there, and woken again. */
  private void checkOutOfQueue(YieldEvent<?, ?> by) {
    if (waitQueue != null) {
      throw new IllegalStateException(
          by.describe() + " wakes " + this + ", which is still in a WaitQueue: take it out first");
    }
  }

  @Override
  final void wakeUndone(YieldEvent<?, ?> by) {
    scheduler.checkInside("wakeUndone");
    if (event != by) {
      throw notWaitedFor(by);
    } else if (self().cancelledBy() == null) {
      throw new IllegalStateException(by.describe() + " was not to be undone for " + this);
    } else {
      wakeCancelled(by);
    }
  }

  final void wakeCancelled(@Nullable YieldEvent<?, ?> undone) {
    event = null;
    sent = undone;
    found = UNDONE;
    makeReady();
  }

  /** A hook threw: the event may have left the task in a queue. */
  final void wakeThrown(Throwable thrown) {
    leaveQueue();
    event = null;
    find(null, thrown, false);
    if (phase != Phase.COMPLETED) {
      makeReady();
    }
  }

  /** Gives up the turn inside handleYield. */
  void wakeToBack(YieldEvent<?, ?> by) {
    assert phase == Phase.STARTING && event == by;
    event = null;
    phase = Phase.READY;
    scheduler.loop.enqueue(self());
  }

  private void makeReady() {
    if (Phase.isStarting(phase)) {
      phase = Phase.COMPLETED;
    } else if (phase == Phase.WAITING) {
      phase = Phase.READY;
      scheduler.loop.woken(self());
    } else {
      assert phase == Phase.READY : this + " is woken"; // in the queue, to be resumed by its event
    }
  }

  /**
   * The budget is used up: the task goes to the end of the queue, to be resumed as it would be now.
   */
  void putBack() {
    assert phase == Phase.COMPLETED;
    phase = Phase.READY;
    scheduler.loop.enqueue(self());
  }

  /** The body is through; its end comes when the groups that it has left are empty. */
  private void finish(@Nullable Object outcome) {
    sent = outcome;
    coroutine = null;
    self().leaveScopesUpTo(null);
    if (self().isLingering()) {
      event = new AfterGroup(Lingering.EVENT);
      phase = Phase.WAITING;
    } else {
      self().end();
    }
  }

  /** How it ended, if it did not end with a result. */
  @Nullable Failure failure() {
    return sent instanceof Failure failure && phase == Phase.ENDED ? failure : null;
  }

  // Helpers.

  <W extends @Nullable Object, X extends Exception> W awaitOnStack(YieldEvent<W, X> yielded)
      throws X {
    StackfulCoroutine<YieldEvent<?, ?>, Object, T> mine = stack();
    if (mine == null || Thread.currentThread() != mine.thread()) {
      throw new WrongThreadException(
          "await("
              + yielded.describe()
              + ") of "
              + this
              + " called from outside of its body; in a Step return the event, elsewhere spawn a"
              + " task");
    }
    mine.rejoin();
    start(yielded, mine);
    try {
      if (phase == Phase.COMPLETED && scheduler.loop.completesAtOnce()) {
        return taken();
      }
      @SuppressWarnings("unchecked") // the event woke the task with its own W
      W result = (W) mine.yield(yielded);
      return result;
    } catch (Throwable thrown) {
      if (phase != Phase.RUNNING) {
        undoStart(yielded);
      }
      if (found == THROWN_HERE) {
        found = VALUE;
        thrown.fillInStackTrace();
      }
      throw thrown;
    }
  }

  /** What the body would find if it had yielded an event that was complete at once. */
  @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"}) // the event's own W
  private <W extends @Nullable Object> W taken() {
    phase = Phase.RUNNING;
    Throwable failure = raised();
    if (failure != null) {
      throw Turns.<RuntimeException>rethrown(failure);
    }
    W value = (W) sent;
    sent = null;
    return value;
  }

  @SuppressWarnings("unchecked") // erased: it is what the event fails with, which await declares
  private static <X extends Throwable> RuntimeException rethrown(Throwable failure) throws X {
    throw (X) failure;
  }

  /** The engine could not give up the turn: the body goes on, and must not be woken. */
  private void undoStart(YieldEvent<?, ?> started) {
    if (phase == Phase.READY) {
      scheduler.loop.unqueue(self());
    } else if (phase == Phase.WAITING) {
      boolean _ = started.handleCancel(scheduler, self());
    }
    event = null;
    phase = Phase.RUNNING;
  }
}
