package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Frames;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.scheduler.Failures.Failure;
import dev.heddle.scheduler.SchedulerView.StackLines;
import dev.heddle.scheduler.TaskScopes.Extras;
import dev.heddle.scheduler.Timers.YieldTurn;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
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
 * {@link #name}, {@link #id}, {@link #scheduler} and {@link #isDaemon} may be called from any
 * thread; so may {@link #state}, {@link #isDone}, {@link #resultNow}, {@link #waitingFor} and
 * {@link #toString}, which then may tell what was true a moment ago.
 *
 * <p>This is the face; the fields are here too. What moves a task from one state to the next is
 * {@link TaskState}; which scopes reach it, {@link TaskScopes}.
 *
 * <p>This file is long because users read it, and because the fields stand in it with all that is
 * said of them.
 *
 * @param <T> its result
 */
public final class Task<T extends @Nullable Object> extends Waiter {

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

  /** The task of the thread, for bodies that have a thread of their own. */
  static final ThreadLocal<Task<?>> ON_THIS_THREAD = new ThreadLocal<>();

  // The fields. The scheduler's thread owns those that are not final; a body with a thread of its
  // own comes to them while it has the turn. Kept small: there may be millions.

  /** Where it lives. Written anew when it moves, by the scheduler that gives it up. */
  Scheduler scheduler;

  private long id;

  /** The body: set right after construction, null from the body's end on. */
  @Nullable Coroutine<YieldEvent<?, ?>, Object, T> coroutine;

  /** Where the task stands: one of the states of {@link TaskState}, which alone writes it. */
  byte state = TaskState.READY;

  /**
   * What the task waits for, from the yield until it is woken; in READY, the event whose {@code
   * handleResume} begins the next turn; else null. Written by {@link TaskState}.
   */
  @Nullable YieldEvent<?, ?> event;

  /** What the body finds at its await when it goes on; after the end, the outcome. */
  @Nullable Object sent;

  /** What {@code sent} is, see {@link TaskState}. */
  byte found = TaskState.VALUE;

  /** When the task began to wait: the time of the loop's last look then. */
  long waitingSince;

  /** The task's place in the {@link TaskTable}, which alone writes it; -1 outside. */
  int tableIndex = -1;

  /** The innermost scope around the task: its own or its group's; null if there is none. */
  @Nullable CancelScope<?> scope;

  /** Whether an await has to look around before it starts: cancelled, timed, or lingering. */
  boolean watched;

  /** A mark: it has values of {@link TaskLocal#mirror}. */
  static final byte MIRRORED = 1;

  /**
   * A mark: it has interrupted the loop's thread in its last turn, and finds the thread so in its
   * next one; see {@link ThreadGuard.Interrupts}.
   */
  static final byte INTERRUPTED = 2;

  /** What its turns put into the loop's thread: bits, so that a turn asks once. Mostly 0. */
  static final byte IN_THREAD = MIRRORED | INTERRUPTED;

  private static final byte DAEMON = 4;
  private static final byte FOR_JOINER = 8;

  /** The marks it has. The last two are as it was made. */
  byte marks;

  /**
   * Its name, null if it was given none; from the first need on the {@link Extras}, which few tasks
   * have, and which then keep the name. One field for both, as there may be millions without any.
   */
  private @Nullable Object nameOrExtras;

  Task(Scheduler scheduler, long id, @Nullable String name, boolean daemon, boolean isForJoiner) {
    this.scheduler = scheduler;
    this.id = id;
    nameOrExtras = name;
    marks = (byte) ((daemon ? DAEMON : 0) | (isForJoiner ? FOR_JOINER : 0));
  }

  /** Before the first turn: the body, the scope that the task lives in, the locals it inherits. */
  void begin(
      Coroutine<YieldEvent<?, ?>, Object, T> body,
      @Nullable CancelScope<?> around,
      TaskLocal.Snapshot inherited) {
    coroutine = body;
    scope = around;
    if (inherited != TaskLocal.Snapshot.EMPTY) {
      setLocals(inherited);
    }
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
    Task<?> task = currentOrNull();
    if (task == null) {
      throw ThreadGuard.refusedAwait(null, event);
    }
    return TaskState.awaitOnStack(task, event);
  }

  /**
   * Thread style: waits for an event with a time limit; see {@link Awaiter#await(TimeoutEvent)}.
   *
   * @throws X the event's failure
   * @throws TimeoutException if it is not over in time; then it has not happened
   * @throws Cancelled if the task is cancelled
   * @throws WrongThreadException if called outside of such a task
   */
  public static <W extends @Nullable Object, X extends Exception> W await(TimeoutEvent<W, X> event)
      throws X, TimeoutException {
    return await(TimeoutEvent.declared(event));
  }

  /**
   * The task that calls, in whatever style it is written.
   *
   * @throws WrongThreadException if called outside of a task
   */
  public static Task<?> current() {
    Task<?> task = currentOrNull();
    if (task == null) {
      throw new WrongThreadException("Task.current() outside of a task; spawn one");
    }
    return task;
  }

  /**
   * The innermost: a task may run a scheduler of its own, whose loop is then on the task's thread.
   */
  static @Nullable Task<?> currentOrNull() {
    Scheduler loop = Scheduler.ON_THIS_CARRIER.get();
    Task<?> running = loop == null ? null : loop.running();
    return running == null ? ON_THIS_THREAD.get() : running;
  }

  /**
   * Gives up the turn: the task goes to the end of the ready queue.
   *
   * <pre>{@code
   * for (int row = 0; row < rows; row++) {
   *   compute(row);
   *   co.await(Task.yield()); // the others have a turn after each row
   * }
   * }</pre>
   *
   * <p>Other tasks run when the task that has the turn waits, and not before. An await that
   * completes at once, as that of a queue with an item or of a line that was received with others,
   * keeps the turn, up to 128 times in a row: then the task goes to the end of the ready queue all
   * the same ({@link SchedulerBuilder#turnBudget}). So what a task reads between two such awaits,
   * and what {@code tryPut} and {@code tryGet} of a queue answer, is how things stand before the
   * others had a chance to change it. As a full queue may only mean that its taker has had no turn,
   * a task that has called {@code tryPut} on a bounded queue gives up the turn at its next await,
   * even if that completes at once. A loop that awaits nothing has to yield by itself; and who
   * would rather wait for a slow taker than lose something for it takes {@code
   * put(item).within(d)}.
   */
  public static YieldEvent<@Nullable Void, RuntimeException> yield() {
    return YieldTurn.EVENT;
  }

  /**
   * Waits this long; a duration of zero gives up the turn once. The same event as {@link
   * Timers#sleep}, which tells more: take this one, and {@code Timers} in a file that imports it.
   *
   * <pre>{@code
   * co.await(Task.sleep(Duration.ofMillis(50)));
   * }</pre>
   *
   * @param duration 0 or more
   * @throws IllegalArgumentException if it is negative
   */
  public static YieldEvent<@Nullable Void, RuntimeException> sleep(Duration duration) {
    return Timers.sleep(duration);
  }

  // What others see of it.

  /**
   * Waits for the end of this task: gives its result or throws what it threw. If the task was
   * cancelled, throws a {@link java.util.concurrent.CancellationException} whose cause is the
   * task's {@link Cancelled}: a {@code Cancelled} here would be the caller's own.
   */
  @CheckReturnValue
  public YieldEvent<T, Exception> join() {
    return new Failures.Join<>(this);
  }

  /**
   * Cancels this task: its wait is undone, and every await of it throws {@link Cancelled} from now
   * on, until it ends; but for what it does in shielded scopes. The tasks of its groups are
   * cancelled with it. Before its first turn it still starts. On a task that has ended, or is
   * cancelled already, does nothing.
   *
   * @param reason stands in the exception's message
   * @return whether this call cancelled it
   */
  @CanIgnoreReturnValue
  public boolean cancel(String reason) {
    Objects.requireNonNull(reason, "reason");
    scheduler.checkInside("cancel");
    return state != TaskState.ENDED && TaskScopes.rootOf(this).cancel(reason);
  }

  /**
   * Goes over to another scheduler: what follows the await runs there, on that scheduler's thread.
   * To be awaited by this task itself.
   *
   * <pre>{@code
   * co.await(co.task().moveTo(workers.on(user).scheduler()));
   * co.await(audit.write(entry)); // on that loop, with what belongs to it
   * }</pre>
   *
   * <p>Only a task that nothing binds to its scheduler can go: in coroutine style and woven, or in
   * step style; outside of all groups and scopes; it holds nothing; nobody waits for its end by
   * {@link #join}; the await stands alone, in no select and under no time limit. Else the await
   * throws an {@link IllegalStateException} that names all that holds it back, and the task stays.
   * What the body keeps in its variables is not known: a socket, a lock, a queue of the old
   * scheduler throws a {@link WrongThreadException} when it is used from the new one. Task-locals
   * go along. It has another number there.
   *
   * <p>A task that is cancelled before it has left stays; one that is under way arrives, and its
   * next await throws. If the target ends meanwhile, the await throws and the task stays.
   *
   * @param target a scheduler that runs, on another thread; of a task that a group has started, a
   *     loop of that group
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> moveTo(Scheduler target) {
    return new ForeignCall.Move(this, Objects.requireNonNull(target, "target"));
  }

  /** The other scheduler has it from now on. */
  void arrive() {
    id = ++scheduler.spawned;
    scheduler.tasks.add(this);
  }

  /** The name it was spawned with, or {@code task-} and its number. */
  public String name() {
    Object kept = nameOrExtras; // once: another thread may ask while the loop changes it
    Object name = kept instanceof Extras extras ? extras.name : kept;
    return name == null ? "task-" + id : (String) name;
  }

  /** The group that it is a child of; null if it was started by the scheduler itself. */
  public @Nullable TaskGroup<?> group() {
    CancelScope<?> around = TaskScopes.around(this);
    return around == null ? null : around.group;
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
    return (marks & DAEMON) != 0;
  }

  /** Whether it has ended, in whatever way. */
  public boolean isDone() {
    return state == TaskState.ENDED;
  }

  /** Where it stands. */
  public State state() {
    return switch (state) {
      case TaskState.READY -> State.READY;
      case TaskState.WAITING -> State.WAITING;
      case TaskState.ENDED -> endState();
      default -> State.RUNNING;
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
      throw new IllegalStateException(
          this + " has no result" + (isDone() ? "" : " yet: await its join() first"));
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
    scheduler.checkInside("exceptionNow");
    Failure failure = failure();
    if (failure == null) {
      throw new IllegalStateException(this + " has no failure");
    }
    return failure.deliver();
  }

  /**
   * What ended a task that failed, for who only passes it on: does not count as a join, so it is
   * still reported if nobody joins. Null if the task has not failed. May be called from any thread.
   */
  public @Nullable Throwable failureOrNull() {
    Failure failure = failure();
    return failure == null || failure.isCancellation() ? null : failure.thrown();
  }

  /** The event that it waits for; null if it does not wait. */
  public @Nullable YieldEvent<?, ?> waitingFor() {
    return state == TaskState.WAITING ? event : null;
  }

  /**
   * For primitives: the task holds the resource from now on, until {@link #letGo}. If it ends
   * before, the resource is told.
   */
  public void hold(Resource resource) {
    scheduler.checkInside("hold");
    extras()
        .hold(resource, scheduler.recordsSites() ? StackLines.of(this, resource.getClass()) : null);
  }

  /** For primitives: the task does not hold the resource any more. */
  public void letGo(Resource resource) {
    scheduler.checkInside("letGo");
    Extras extras = extrasOrNull();
    if (extras != null) {
      extras.letGo(resource);
    }
  }

  /** What it holds, longest held first: a copy. */
  public List<Resource> held() {
    Extras extras = extrasOrNull();
    return extras == null ? List.of() : extras.held();
  }

  /** What it holds, longest held first, and where it acquired it: a copy. */
  public List<HeldResource> holdings() {
    return holdings(Integer.MAX_VALUE);
  }

  /** Of what it holds, what it has held for the shortest time: at most so many, as holdings(). */
  public List<HeldResource> holdings(int most) {
    Extras extras = extrasOrNull();
    return extras == null ? List.of() : extras.holdings(most);
  }

  /** For primitives: whether it holds something of a higher {@link Resource#order}. */
  public boolean holdsAbove(long order) {
    Extras extras = extrasOrNull();
    return extras != null && extras.holdsAbove(order);
  }

  /**
   * The lines of its body at which it stands, innermost first: its user's, not the kernel's. Empty
   * before its first turn and after its end. Costs microseconds: for messages.
   */
  public List<StackTraceElement> where() {
    scheduler.checkInside("where");
    return StackLines.of(this);
  }

  /**
   * Where its body stands, with the values of the variables of what is woven: see {@link Frames}.
   * Empty unless it is suspended.
   */
  public Frames frames() {
    scheduler.checkInside("frames");
    return coroutine == null ? Frames.NONE : coroutine.frames();
  }

  @Override
  public String toString() {
    return "task '" + name() + "' (" + state() + ")";
  }

  private State endState() {
    Failure failure = failure();
    if (failure == null) {
      return State.SUCCEEDED;
    }
    return failure.isCancellation() ? State.CANCELLED : State.FAILED;
  }

  // As a waiter: nothing stands around a task that could win or lose instead of it.

  @Override
  public Task<?> task() {
    return this;
  }

  @Override
  public @Nullable YieldEvent<?, ?> event() {
    return event;
  }

  @Override
  void end(YieldEvent<?, ?> by, @Nullable Object value, @Nullable Throwable failure, boolean here) {
    TaskState.end(this, by, value, failure, here);
  }

  @Override
  void wakeToResume(YieldEvent<?, ?> by) {
    TaskState.wakeToResume(this, by);
  }

  @Override
  void wakeUndone(YieldEvent<?, ?> by) {
    TaskState.wakeUndone(this, by);
  }

  @Override
  void claim() {}

  @Override
  void undoLosers() {}

  @Override
  boolean mayWin() {
    return true;
  }

  @Override
  boolean isOverdue(long now) {
    return TaskScopes.isOverdue(this, now);
  }

  // For the kernel: what is kept in two fields.

  /** The body, if it has a thread of its own. */
  @Nullable StackfulCoroutine<YieldEvent<?, ?>, Object, T> stack() {
    return coroutine instanceof StackfulCoroutine<YieldEvent<?, ?>, Object, T> s ? s : null;
  }

  boolean runsOnItsStack() {
    StackfulCoroutine<?, ?, ?> mine = stack();
    return mine != null && Thread.currentThread() == mine.thread();
  }

  /** How it ended, if it did not end with a result. */
  @Nullable Failure failure() {
    return sent instanceof Failure failure && state == TaskState.ENDED ? failure : null;
  }

  /** The cancelled scope that reaches it; null if it is not cancelled. */
  @Nullable CancelScope<?> cancelledBy() {
    return Reach.outermost(scope);
  }

  /** Whether it has values of {@link TaskLocal#mirror}. */
  boolean isMirrored() {
    return (marks & MIRRORED) != 0;
  }

  /** Whether a failure is kept for who joins the task; else it is reported when the task ends. */
  boolean isForJoiner() {
    return (marks & FOR_JOINER) != 0;
  }

  /** Whether a cancelled scope reaches it. */
  boolean isReached() {
    return Reach.isReached(scope);
  }

  /** Whether it has left a group whose children have not ended. */
  boolean isLingering() {
    Extras extras = extrasOrNull();
    return extras != null && extras.lingering > 0;
  }

  void setLocals(TaskLocal.Snapshot values) {
    extras().locals = values;
    marks = (byte) (values.isMirrored ? marks | MIRRORED : marks & ~MIRRORED);
  }

  TaskLocal.Snapshot locals() {
    Extras extras = extrasOrNull();
    return extras == null ? TaskLocal.Snapshot.EMPTY : extras.locals;
  }

  @Nullable Extras extrasOrNull() {
    return nameOrExtras instanceof Extras extras ? extras : null;
  }

  Extras extras() {
    if (nameOrExtras instanceof Extras extras) {
      return extras;
    }
    Extras made = new Extras((String) nameOrExtras);
    nameOrExtras = made;
    return made;
  }
}
