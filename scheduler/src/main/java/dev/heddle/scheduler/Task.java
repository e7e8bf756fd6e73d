package dev.heddle.scheduler;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.StackfulCoroutine;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A computation that a {@link Scheduler} runs in turns. Made by {@code spawn} and {@code submit}.
 *
 * <pre>{@code
 * Task<Integer> answer = scheduler.submit("answer", () -> 42);
 * scheduler.spawn(() -> System.out.println(await(answer.join())));
 * scheduler.run(); // prints 42
 * }</pre>
 *
 * <p>To be used inside of its scheduler: by the loop's tasks, and before and after {@code run()}.
 * {@link #name}, {@link #id} and {@link #toString} may be called from any thread.
 *
 * @param <T> its result
 */
public final class Task<T extends @Nullable Object> {

  /** Where a task stands, for those who look at it. */
  public enum State {
    /** Waits for its turn. */
    READY,
    /** Has the turn. */
    RUNNING,
    /** Has yielded an event that is not over. */
    WAITING,
    /** Ended with a result. */
    SUCCEEDED,
    /** Ended by an exception. */
    FAILED,
    /** Ended by its cancellation. */
    CANCELLED
  }

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
   * A turn that begins with handleResume goes from READY to STARTING.
   */
  enum Phase {
    READY,
    RUNNING,
    STARTING,
    COMPLETED,
    WAITING,
    ENDED
  }

  /** The task of the thread, for bodies that have a thread of their own. */
  static final ThreadLocal<Task<?>> ON_THIS_THREAD = new ThreadLocal<>();

  final Scheduler scheduler;
  private final long id;
  private final @Nullable String name;
  private final boolean daemon;

  /** The body. Set once, right after construction; let go of at the end. */
  private @Nullable Coroutine<YieldEvent<?, ?>, Object, T> coroutine;

  /** The same if the body has a thread of its own. */
  @Nullable StackfulCoroutine<YieldEvent<?, ?>, Object, T> stack;

  Phase phase = Phase.READY;

  /**
   * What it waits for, from the yield until it is woken; with READY: to be resumed by the event.
   */
  private @Nullable YieldEvent<?, ?> event;

  /** What the body shall find at its yield: a value, or a throwable. After the end: the outcome. */
  private @Nullable Object sent;

  private @Nullable Throwable raised;

  /** Whether {@link #raised} gets the stack of the await at which it is thrown. */
  private boolean raisedHere;

  /** Why it was cancelled; null if it was not. */
  private @Nullable String cancelReason;

  /** Who waits for its end; made by the first. */
  private @Nullable WaitQueue joiners;

  /** Links in the ready queue or in a wait queue. */
  @Nullable Task<?> next;

  @Nullable Task<?> previous;
  @Nullable WaitQueue waitQueue;

  /** Its place in {@link TaskTable}. */
  int tableIndex = -1;

  Task(Scheduler scheduler, long id, @Nullable String name, boolean daemon) {
    this.scheduler = scheduler;
    this.id = id;
    this.name = name;
    this.daemon = daemon;
  }

  void bind(Coroutine<YieldEvent<?, ?>, Object, T> body) {
    coroutine = body;
    stack = body instanceof StackfulCoroutine<YieldEvent<?, ?>, Object, T> s ? s : null;
  }

  // What a body uses.

  /**
   * Thread style: waits for an event and returns its result. To be called inside of a task spawned
   * as {@code () -> ...}, from any call depth; the other styles have their own ways.
   *
   * @throws X the event's failure
   * @throws Cancelled if the task is cancelled, before the event is started or while it waits
   * @throws WrongThreadException if called outside of such a task
   */
  public static <W extends @Nullable Object, X extends Exception> W await(YieldEvent<W, X> event)
      throws X {
    Objects.requireNonNull(event, "event");
    Task<?> task = ON_THIS_THREAD.get();
    if (task == null) {
      throw new WrongThreadException(
          "await("
              + event.describe()
              + ") outside of a task in thread style; "
              + "in a body `co -> ...` call co.await, in a Step return the event, "
              + "elsewhere spawn a task");
    }
    return task.awaitOnStack(event);
  }

  /**
   * The task that calls, in whatever style it is written.
   *
   * @throws WrongThreadException if called outside of a task
   */
  public static Task<?> current() {
    Task<?> task = ON_THIS_THREAD.get();
    if (task == null) {
      Scheduler scheduler = Scheduler.ON_THIS_CARRIER.get();
      task = scheduler == null ? null : scheduler.running();
    }
    if (task == null) {
      throw new WrongThreadException("Task.current() outside of a task; spawn one");
    }
    return task;
  }

  /** Gives up the turn: the task goes to the end of the ready queue. */
  public static YieldEvent<@Nullable Void, RuntimeException> yield() {
    return GiveUpTurn.EVENT;
  }

  // What others see of it.

  /** Waits for the end of this task: gives its result or throws what it threw. */
  @CheckReturnValue
  public YieldEvent<T, Exception> join() {
    return new Join<>(this);
  }

  /**
   * Cancels this task: its wait is undone, and every await of it throws {@link Cancelled} from now
   * on, until it ends. Before its first turn it still starts. On a task that has ended, or is
   * cancelled already, does nothing.
   *
   * @param reason stands in the exception's message
   * @return whether this call cancelled it
   */
  public boolean cancel(String reason) {
    scheduler.checkInside("cancel");
    if (phase == Phase.ENDED || cancelReason != null) {
      return false;
    }
    cancelReason = reason;
    YieldEvent<?, ?> undone = event;
    if (phase == Phase.WAITING && undone != null && undone.handleCancel(scheduler, this)) {
      wakeCancelled(undone);
    }
    return true;
  }

  /** The name it was spawned with, or {@code task-} and its number. */
  public String name() {
    return name == null ? "task-" + id : name;
  }

  /** Its number within the scheduler, counted from 1. */
  public long id() {
    return id;
  }

  /** The scheduler that runs it. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** Whether the run may end without it. */
  public boolean isDaemon() {
    return daemon;
  }

  /** Whether it has ended, in whatever way. */
  public boolean isDone() {
    return phase == Phase.ENDED;
  }

  /** Where it stands. */
  public State state() {
    return switch (phase) {
      case READY -> State.READY;
      case RUNNING, STARTING, COMPLETED -> State.RUNNING;
      case WAITING -> State.WAITING;
      case ENDED -> endState();
    };
  }

  /**
   * The result of a task that has ended; like {@link java.util.concurrent.Future#resultNow}.
   *
   * @throws IllegalStateException if it has not ended, or has no result
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // finish() stored a T, which may be a null one
  public T resultNow() {
    if (state() != State.SUCCEEDED) {
      throw new IllegalStateException(this + " has no result");
    }
    return (T) sent;
  }

  /**
   * What ended a task that failed or was cancelled; like {@link
   * java.util.concurrent.Future#exceptionNow}. Counts as a join.
   *
   * @throws IllegalStateException if it has not ended, or has a result
   */
  public Throwable exceptionNow() {
    Failure failure = failure();
    if (failure == null) {
      throw new IllegalStateException(this + " has no failure");
    }
    return failure.deliver();
  }

  /** The event that it waits for; null if it does not wait. */
  public @Nullable YieldEvent<?, ?> waitingFor() {
    return phase == Phase.WAITING ? event : null;
  }

  @Override
  public String toString() {
    return "task '" + name() + "' (" + state() + ")";
  }

  // Transitions. All by the loop, or by the task that has the turn.

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
    Object value = sent;
    Throwable failure = raised;
    sent = null;
    raised = null;
    try {
      if (failure == null ? send(body, value) : body.raise(failure)) {
        return body.yielded();
      }
      finish(body.result());
    } catch (Throwable thrown) {
      finish(new Failure(this, thrown, cancelReason != null && thrown instanceof Cancelled));
    }
    return null;
  }

  @SuppressWarnings("NullAway") // the event woke the task with its own T, which may be a null one
  private static boolean send(Coroutine<?, Object, ?> body, @Nullable Object value) {
    return body.send(value);
  }

  /** Starts the wait for what the body yielded; afterwards it is COMPLETED, WAITING or READY. */
  void start(YieldEvent<?, ?> yielded) {
    assert phase == Phase.RUNNING : this + " starts to wait";
    event = yielded;
    phase = Phase.STARTING;
    if (cancelReason != null && !(yielded instanceof JdkWait)) {
      wakeCancelled(null);
      return;
    }
    try {
      yielded.handleYield(scheduler, this);
    } catch (Throwable thrown) {
      wakeThrown(thrown);
    }
    waitUnlessWoken();
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
      if (cancelReason != null && resumable.handleCancel(scheduler, this)) {
        wakeCancelled(resumable);
      } else {
        resumable.handleResume(scheduler, this);
      }
    } catch (Throwable thrown) {
      wakeThrown(thrown);
    }
    waitUnlessWoken();
    return phase == Phase.COMPLETED;
  }

  private void waitUnlessWoken() {
    if (phase == Phase.STARTING) {
      phase = Phase.WAITING;
    }
  }

  void wake(YieldEvent<?, ?> by, @Nullable Object value, @Nullable Throwable failure) {
    scheduler.checkInside("wake");
    if (event != by) {
      throw new IllegalStateException(
          by.describe() + " wakes " + this + ", which does not wait for it");
    }
    event = null;
    sent = value;
    raised = failure;
    raisedHere = false;
    makeReady();
  }

  void wakeFailed(YieldEvent<?, ?> by, Throwable failure) {
    wake(by, null, failure);
    raisedHere = true;
  }

  void wakeToResume(YieldEvent<?, ?> by) {
    scheduler.checkInside("wakeToResume");
    if (event == by && phase == Phase.WAITING) {
      makeReady();
    } // else: it is ready already, or woken by somebody else; readiness is only a hint
  }

  private void wakeCancelled(@Nullable YieldEvent<?, ?> undone) {
    event = null;
    sent = null;
    raised = new Cancelled(this, Objects.requireNonNull(cancelReason), undone);
    raisedHere = true;
    makeReady();
  }

  /** A hook threw: the event may have left the task in a queue. */
  private void wakeThrown(Throwable thrown) {
    if (waitQueue != null) {
      waitQueue.remove(this);
    }
    event = null;
    sent = null;
    raised = thrown;
    raisedHere = false;
    if (phase != Phase.COMPLETED) {
      makeReady();
    }
  }

  /** Gives up the turn inside handleYield. */
  void wakeToBack(YieldEvent<?, ?> by) {
    assert phase == Phase.STARTING && event == by;
    event = null;
    phase = Phase.READY;
    scheduler.enqueue(this);
  }

  private void makeReady() {
    if (phase == Phase.STARTING) {
      phase = Phase.COMPLETED;
    } else if (phase == Phase.WAITING) {
      phase = Phase.READY;
      scheduler.enqueue(this);
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
    scheduler.enqueue(this);
  }

  private void finish(@Nullable Object outcome) {
    phase = Phase.ENDED;
    sent = outcome;
    coroutine = null;
    stack = null;
    scheduler.ended(this);
    WaitQueue waiting = joiners;
    if (waiting != null) {
      joiners = null;
      for (Task<?> joiner = waiting.poll(); joiner != null; joiner = waiting.poll()) {
        ((Join<?>) Objects.requireNonNull(joiner.event)).deliver(joiner);
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
    return sent instanceof Failure failure && phase == Phase.ENDED ? failure : null;
  }

  // Helpers.

  <W extends @Nullable Object, X extends Exception> W awaitOnStack(YieldEvent<W, X> yielded)
      throws X {
    StackfulCoroutine<YieldEvent<?, ?>, Object, T> mine = stack;
    if (mine == null || Thread.currentThread() != mine.thread()) {
      throw new WrongThreadException(
          "await(" + yielded.describe() + ") of " + this + " called from outside of its body");
    }
    mine.rejoin();
    try {
      @SuppressWarnings("unchecked") // the event woke the task with its own W
      W result = (W) mine.yield(yielded);
      return result;
    } catch (Throwable thrown) {
      if (raisedHere) {
        raisedHere = false;
        thrown.fillInStackTrace();
      }
      throw thrown;
    }
  }

  private State endState() {
    Failure failure = failure();
    if (failure == null) {
      return State.SUCCEEDED;
    }
    return failure.isCancellation() ? State.CANCELLED : State.FAILED;
  }
}
