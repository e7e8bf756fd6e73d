package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.StackfulCoroutine;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of a task: where it stands, what its body shall find at its yield, and the
 * transitions from one phase to the next, each of which begins with what it takes for granted.
 * {@link Task} is the face that users see. One object, in two files.
 *
 * <p>All of it belongs to the scheduler's thread; a body with a thread of its own calls in while it
 * has the turn.
 */
abstract sealed class Turns<T extends @Nullable Object> permits Task {

  /**
   * Where a task stands, for the kernel.
   *
   * <pre>
   *   READY --turn--> RUNNING --yields--> STARTING --handleYield is done--> WAITING
   *     ^              ^   |                 |                                 |
   *     |              |   | ends            | wake: completed at once         | wake, cancel
   *     |              |   v                 v                                 |
   *     |              | ENDED           COMPLETED                             |
   *     |              '---------------------'                                 |
   *     '----------------------------------------------------------------------'
   * </pre>
   *
   * A turn that begins with handleResume goes from READY to STARTING. Numbers, not an enum: they
   * are written several times a turn, and a reference written costs a barrier of the garbage
   * collector.
   */
  static final int READY = 0;

  static final int RUNNING = 1;
  static final int STARTING = 2;
  static final int COMPLETED = 3;
  static final int WAITING = 4;
  static final int ENDED = 5;

  final Scheduler scheduler;

  /** The body. Set once, right after construction; let go of at the end. */
  private @Nullable Coroutine<YieldEvent<?, ?>, Object, T> coroutine;

  /** The same if the body has a thread of its own. */
  @Nullable StackfulCoroutine<YieldEvent<?, ?>, Object, T> stack;

  int phase = READY;

  /**
   * What it waits for, from the yield until it is woken; with READY: to be resumed by the event.
   */
  @Nullable YieldEvent<?, ?> event;

  /** What the body shall find at its yield: a value, or a throwable. After the end: the outcome. */
  @Nullable Object sent;

  @Nullable Throwable raised;

  /** Whether {@link #raised} gets the stack of the await at which it is thrown. */
  boolean raisedHere;

  /** Whether the event wants its handleResume although the hook that starts it is not through. */
  private boolean resumeWanted;

  /** Why it was cancelled; null if it was not. */
  @Nullable String cancelReason;

  /** Who waits for its end; made by the first. */
  private @Nullable WaitQueue joiners;

  /** Links in a wait queue. */
  @Nullable Task<?> next;

  @Nullable Task<?> previous;
  @Nullable WaitQueue waitQueue;

  /** What it wants of the wait queue it stands in; the queue's. */
  @Nullable YieldEvent<?, ?> queuedEvent;

  /** What it holds, longest held first; made by the first. */
  @Nullable List<Resource> held;

  /** Where it acquired each of those, if that is recorded; as long as {@link #held}. */
  @Nullable List<List<StackTraceElement>> heldAt;

  /** When it began to wait; the loop's. */
  long waitingSince;

  /** Its place in {@link TaskTable}. */
  int tableIndex = -1;

  Turns(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  void bind(Coroutine<YieldEvent<?, ?>, Object, T> body) {
    coroutine = body;
    stack = body instanceof StackfulCoroutine<YieldEvent<?, ?>, Object, T> s ? s : null;
  }

  /** The body, while it has not ended. */
  @Nullable Coroutine<?, ?, ?> body() {
    return coroutine;
  }

  /** This, by the name that others know. */
  private Task<T> self() {
    return (Task<T>) this;
  }

  /**
   * Lets the body run to its next yield.
   *
   * @return the event it yielded, or null if it has ended
   */
  @Nullable YieldEvent<?, ?> resume() {
    assert phase == READY || phase == COMPLETED : this + " resumed";
    Coroutine<YieldEvent<?, ?>, Object, T> body = coroutine;
    assert body != null;
    phase = RUNNING;
    Object value = sent;
    Throwable failure = raised;
    sent = null;
    raised = null;
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
      finish(new Failure(self(), thrown, cancelReason != null && thrown instanceof Cancelled));
    }
    return null;
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
      phase = WAITING;
    } else if (phase == RUNNING) {
      start(yielded);
    }
    return phase == COMPLETED;
  }

  /** Afterwards it is COMPLETED, WAITING, or READY because it gave up its turn. */
  private void start(YieldEvent<?, ?> yielded) {
    assert phase == RUNNING : this + " starts to wait";
    event = yielded;
    phase = STARTING;
    resumeWanted = false;
    if (cancelReason != null) {
      wakeCancelled(null);
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
    waitUnlessWoken(yielded);
  }

  /** Before its turn: whether that begins with the handleResume of its event. */
  final boolean isToBeResumed() {
    return event != null;
  }

  /** The beginning of a turn: whether the body can be resumed, or waits on. */
  boolean begin() {
    assert phase == READY : this + " begins a turn";
    YieldEvent<?, ?> resumable = event;
    if (resumable == null) {
      return true;
    }
    phase = STARTING;
    try {
      if (cancelReason != null && resumable.handleCancel(scheduler, self())) {
        wakeCancelled(resumable);
      } else {
        resumable.handleResume(scheduler, self());
      }
    } catch (Throwable thrown) {
      wakeThrown(thrown);
    }
    waitUnlessWoken(resumable);
    return phase == COMPLETED;
  }

  /** The hook is through. It may have blocked, and the task may have been cancelled meanwhile. */
  private void waitUnlessWoken(YieldEvent<?, ?> started) {
    if (phase != STARTING) {
      return;
    }
    if (cancelReason != null && started.handleCancel(scheduler, self())) {
      wakeCancelled(started);
    } else {
      phase = WAITING;
      if (resumeWanted) {
        resumeWanted = false;
        makeReady();
      }
    }
  }

  /**
   * The event is over.
   *
   * @param here whether the failure gets the stack of the await
   */
  void wake(
      YieldEvent<?, ?> by, @Nullable Object value, @Nullable Throwable failure, boolean here) {
    scheduler.checkInside("wake");
    if (event == by) {
      checkOutOfQueue(by);
      event = null;
      sent = value;
      raised = failure;
      raisedHere = here;
      makeReady();
    } else if (event instanceof JdkWait blocked && blocked.isInHookOf(by)) {
      checkOutOfQueue(by);
      blocked.complete(value, failure, here);
    } else {
      throw new IllegalStateException(
          by.describe() + " wakes " + this + ", which does not wait for it");
    }
  }

  void wakeToResume(YieldEvent<?, ?> by) {
    scheduler.checkInside("wakeToResume");
    if (event instanceof JdkWait blocked && blocked.isInHookOf(by)) {
      resumeWanted = true;
    } else if (event == by && phase == STARTING) {
      resumeWanted = true;
    } else if (event == by && phase == WAITING) {
      makeReady();
    } // else: it is ready already, or woken by somebody else; readiness is only a hint
  }

  /** A task that is ready and still in a queue would be found there, and woken again. */
  private void checkOutOfQueue(YieldEvent<?, ?> by) {
    if (waitQueue != null) {
      throw new IllegalStateException(
          by.describe() + " wakes " + this + ", which is still in a WaitQueue: take it out first");
    }
  }

  void wakeUndone(YieldEvent<?, ?> by) {
    scheduler.checkInside("wakeUndone");
    if (event != by || cancelReason == null) {
      throw new IllegalStateException(by.describe() + " was not to be undone for " + this);
    }
    wakeCancelled(by);
  }

  final void wakeCancelled(@Nullable YieldEvent<?, ?> undone) {
    event = null;
    sent = null;
    raised = new Cancelled(self(), Objects.requireNonNull(cancelReason), undone);
    raisedHere = true;
    makeReady();
  }

  /** A hook threw: the event may have left the task in a queue. */
  private void wakeThrown(Throwable thrown) {
    if (waitQueue != null) {
      waitQueue.remove(self());
    }
    event = null;
    sent = null;
    raised = thrown;
    raisedHere = false;
    if (phase != COMPLETED) {
      makeReady();
    }
  }

  /** Gives up the turn inside handleYield. */
  void wakeToBack(YieldEvent<?, ?> by) {
    assert phase == STARTING && event == by;
    event = null;
    phase = READY;
    scheduler.enqueue(self());
  }

  private void makeReady() {
    if (phase == STARTING) {
      phase = COMPLETED;
    } else if (phase == WAITING) {
      phase = READY;
      scheduler.enqueue(self());
    } else {
      assert phase == READY : this + " is woken"; // in the queue, to be resumed by its event
    }
  }

  /**
   * The budget is used up: the task goes to the end of the queue, to be resumed as it would be now.
   */
  void putBack() {
    assert phase == COMPLETED;
    phase = READY;
    scheduler.enqueue(self());
  }

  private void finish(@Nullable Object outcome) {
    phase = ENDED;
    sent = outcome;
    coroutine = null;
    stack = null;
    scheduler.ended(self());
    abandonHeld();
    WaitQueue waiting = joiners;
    if (waiting != null) {
      joiners = null;
      for (Task<?> joiner = waiting.poll(); joiner != null; joiner = waiting.poll()) {
        ((Join<?>) Objects.requireNonNull(joiner.event)).deliver(joiner);
      }
    }
  }

  private void abandonHeld() {
    List<Resource> abandoned = held;
    held = null;
    if (abandoned != null) {
      for (Resource resource : abandoned) {
        resource.holderEnded(self());
      }
    }
  }

  void addJoiner(Task<?> joiner) {
    if (joiners == null) {
      joiners = new WaitQueue();
    }
    joiners.add(joiner);
  }

  boolean removeJoiner(Task<?> joiner) {
    return joiners != null && joiners.remove(joiner);
  }

  /** How it ended, if it did not end with a result. */
  @Nullable Failure failure() {
    return sent instanceof Failure failure && phase == ENDED ? failure : null;
  }

  // Helpers.

  <W extends @Nullable Object, X extends Exception> W awaitOnStack(YieldEvent<W, X> yielded)
      throws X {
    StackfulCoroutine<YieldEvent<?, ?>, Object, T> mine = stack;
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
    start(yielded);
    try {
      if (phase == COMPLETED && scheduler.completesAtOnce()) {
        return taken();
      }
      @SuppressWarnings("unchecked") // the event woke the task with its own W
      W result = (W) mine.yield(yielded);
      return result;
    } catch (Throwable thrown) {
      if (phase != RUNNING) {
        undoStart(yielded);
      }
      if (raisedHere) {
        raisedHere = false;
        thrown.fillInStackTrace();
      }
      throw thrown;
    }
  }

  /** What the body would find if it had yielded an event that was complete at once. */
  @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"}) // the event's own W
  private <W extends @Nullable Object> W taken() {
    phase = RUNNING;
    Throwable failure = raised;
    if (failure != null) {
      raised = null;
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
    if (phase == READY) {
      scheduler.unqueue(self());
    } else if (phase == WAITING) {
      boolean _ = started.handleCancel(scheduler, self());
    }
    event = null;
    phase = RUNNING;
  }
}
