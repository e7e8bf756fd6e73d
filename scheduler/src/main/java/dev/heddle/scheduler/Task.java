package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import java.util.List;
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
 * {@link #name}, {@link #id}, {@link #scheduler} and {@link #isDaemon} may be called from any
 * thread; so may {@link #state}, {@link #isDone}, {@link #resultNow}, {@link #waitingFor} and
 * {@link #toString}, which then may tell what was true a moment ago.
 *
 * @param <T> its result
 */
public final class Task<T extends @Nullable Object> extends Ties<T> {

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

  private final long id;
  private final @Nullable String name;
  private final boolean daemon;

  Task(Scheduler scheduler, long id, @Nullable String name, boolean daemon) {
    super(scheduler);
    this.id = id;
    this.name = name;
    this.daemon = daemon;
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
   * on, until it ends; but for what it does in shielded scopes. The tasks of its groups are
   * cancelled with it. Before its first turn it still starts. On a task that has ended, or is
   * cancelled already, does nothing.
   *
   * @param reason stands in the exception's message
   * @return whether this call cancelled it
   */
  @CanIgnoreReturnValue
  public boolean cancel(String reason) {
    scheduler.checkInside("cancel");
    return phase != Phase.ENDED && Cancellation.rootOf(this).cancel(reason);
  }

  /** The name it was spawned with, or {@code task-} and its number. */
  public String name() {
    return name == null ? "task-" + id : name;
  }

  /** The group that it is a child of; null if it was started by the scheduler itself. */
  public @Nullable TaskGroup<?> group() {
    CancelScope<?> around = Cancellation.around(this);
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
    return daemon;
  }

  /** Whether it has ended, in whatever way. */
  public boolean isDone() {
    return phase == Phase.ENDED;
  }

  /** Where it stands. */
  public State state() {
    return switch (phase) {
      case Phase.READY -> State.READY;
      case Phase.WAITING -> State.WAITING;
      case Phase.ENDED -> endState();
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
    return phase == Phase.WAITING ? event : null;
  }

  /**
   * For primitives: the task holds the resource from now on, until {@link #letGo}. If it ends
   * before, the resource is told.
   */
  public void hold(Resource resource) {
    scheduler.checkInside("hold");
    bonds()
        .hold(resource, scheduler.recordsSites() ? StackLines.of(this, resource.getClass()) : null);
  }

  /** For primitives: the task does not hold the resource any more. */
  public void letGo(Resource resource) {
    scheduler.checkInside("letGo");
    Bonds bonds = bondsOrNull();
    if (bonds != null) {
      bonds.letGo(resource);
    }
  }

  /** What it holds, longest held first: a copy. */
  public List<Resource> held() {
    Bonds bonds = bondsOrNull();
    return bonds == null ? List.of() : bonds.held();
  }

  /** What it holds, longest held first, and where it acquired it: a copy. */
  public List<HeldResource> holdings() {
    Bonds bonds = bondsOrNull();
    return bonds == null ? List.of() : bonds.holdings();
  }

  /**
   * The lines of its body at which it stands, innermost first: its user's, not the kernel's. Empty
   * before its first turn and after its end. Costs microseconds: for messages.
   */
  public List<StackTraceElement> where() {
    scheduler.checkInside("where");
    return StackLines.of(this);
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
}
