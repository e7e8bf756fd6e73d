package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Failures.Failure;
import dev.heddle.scheduler.Failures.GroupFailures;
import dev.heddle.scheduler.Failures.Join;
import dev.heddle.scheduler.Failures.Late;
import dev.heddle.scheduler.TaskScopes.AfterGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Owns tasks, its children: all children have ended before the block of the group is left, a
 * failure of one child cancels the others, and cancelling the task that opened the group cancels
 * all of them.
 *
 * <pre>{@code
 * try (var group = TaskGroup.open()) {
 *   Task<String> user = group.submit(co2 -> fetchUser(id));
 *   Task<Integer> order = group.submit(co2 -> fetchOrder(id));
 *   co.await(group.join());
 *   return user.resultNow() + ": " + order.resultNow();
 * }
 * }</pre>
 *
 * <p>What ends it early and what {@link #join} gives depends on how it was opened:
 *
 * <ul>
 *   <li>{@link #open}: all must succeed. The first failure cancels the other children and the
 *       block; it is thrown at every await in the block, and by {@code join} when all have ended,
 *       with later failures suppressed in it. Results are read from the tasks.
 *   <li>{@link #all}: the same, and the tasks are kept: {@code join} gives them in the order in
 *       which they ended, {@link #next} each when it has.
 *   <li>{@link #any}: the first success cancels the others, {@code join} gives that task. If all
 *       have failed it throws the first failure; it gives null if none has succeeded nor failed.
 *   <li>{@link #settle}: nothing cancels anything; {@code join} and {@code next} give all tasks.
 *   <li>{@link #supervisor}: nothing cancels anything; a failure is reported at once, by {@link
 *       SchedulerBuilder#failureReporter}, and nothing is kept of a child that has ended.
 * </ul>
 *
 * <p>Take {@code open} for work of which each part is needed and whose results you read from the
 * tasks; {@code all} or {@code settle} if you want the tasks as they end, of a number that memory
 * can hold: each is kept until the block is left. Take {@code supervisor} for a server: children
 * come and go for as long as it runs, and one that fails is nobody else's business.
 *
 * <p>A failure that the owner has not heard when the block is left is thrown by {@link #close}; it
 * is suppressed in what is on its way out of the block already. If that is a cancellation of the
 * owner, the failure is what the owner's task fails with in the end, and {@link #swallow} throws
 * it.
 *
 * <p>A child that is cancelled by itself counts neither as success nor as failure. Children may
 * start others in the group; a task that starts one in no group starts a stranger. They live under
 * the scopes that were in force where the group was opened, whoever starts them, and are daemons if
 * the one who opened it is.
 *
 * <p>Leaving the block without {@code join} cancels the children, and is an error unless the block
 * is left because it was cancelled. Either way, no child survives it: {@link #close} waits for them
 * at that very place; in a Step, where a call cannot wait, the task's next event does so first, or
 * its end.
 *
 * <p>Used by the scheduler's tasks only; {@code join}, {@code next} and {@code close} by the one
 * that opened it.
 *
 * <p>This file is long because the group and the waits of its owner are one state machine. After
 * trio's nurseries and {@link java.util.concurrent.StructuredTaskScope}.
 *
 * @param <R> what {@link #join} gives
 */
public final class TaskGroup<R extends @Nullable Object> implements Spawner, AutoCloseable {

  private enum Policy {
    ALL,
    ANY,
    SETTLE,
    SUPERVISE
  }

  /** Where it stands. */
  private enum State {
    OPEN,
    /** All children have ended, and its owner knows. */
    JOINED,
    /** Left, but children are still ending. */
    LINGERING,
    CLOSED
  }

  private final Task<?> owner;

  /** The block and the children live inside of it. */
  private final CancelScope<RuntimeException> scope;

  private final Policy policy;

  /** The children that have ended, in the order of their ends; null if they are not kept. */
  private final @Nullable List<Task<?>> ended;

  /** The children that have not ended, in the order in which they were started. */
  private final Set<Task<?>> children = new LinkedHashSet<>();

  private State state = State.OPEN;

  /** Whether a child was ever started. */
  private boolean used;

  /** Whether the owner has awaited {@link #join}. */
  private boolean joinTried;

  /** Of {@link #any}: the first child that succeeded; null before that. */
  private @Nullable Task<?> winner;

  private final GroupFailures failures;

  /** A child that ended before it was ready: its starter gets the failure; the group ignores it. */
  private @Nullable Task<?> neverReady;

  /** How many of {@link #ended} were given out by {@link #next}. */
  private int taken;

  /** The events by which the owner waits for children to end: several if they are arms. */
  private final List<WaitEvent<?>> ownersWaits = new ArrayList<>(0);

  private TaskGroup(Policy policy, boolean keeps) {
    owner = Task.current();
    owner.scheduler.checkInside("open");
    this.policy = policy;
    ended = keeps ? new ArrayList<>() : null;
    failures = new GroupFailures(owner.scheduler.failures);
    scope = new CancelScope<>(owner, CancelScope.Kind.PLAIN, this);
    TaskScopes.enter(owner, scope);
  }

  /** Opens a group in the calling task all of whose children must succeed. */
  public static TaskGroup<@Nullable Void> open() {
    return new TaskGroup<>(Policy.ALL, false);
  }

  /** Like {@link #open}, and keeps the tasks that have ended. */
  public static TaskGroup<List<Task<?>>> all() {
    return new TaskGroup<>(Policy.ALL, true);
  }

  /** Opens a group in the calling task whose first success counts. */
  public static TaskGroup<@Nullable Task<?>> any() {
    return new TaskGroup<>(Policy.ANY, false);
  }

  /** Opens a group in the calling task that collects results and failures. */
  public static TaskGroup<List<Task<?>>> settle() {
    return new TaskGroup<>(Policy.SETTLE, true);
  }

  /**
   * Opens a group in the calling task for children that are independent of each other.
   *
   * <pre>{@code
   * try (var clients = TaskGroup.supervisor()) {
   *   while (true) {
   *     TcpSocket socket = co.await(listener.accept());
   *     clients.spawn(client -> serve(client, socket));
   *   }
   * }
   * }</pre>
   *
   * <p>A failure of a child is told to the {@link SchedulerBuilder#failureReporter} when the child
   * ends, and to whoever joins that child. Memory does not grow with the number of those that have
   * ended. {@link #next} is refused, as nothing is kept.
   */
  public static TaskGroup<@Nullable Void> supervisor() {
    return new TaskGroup<>(Policy.SUPERVISE, false);
  }

  // Children.

  /**
   * Starts a child.
   *
   * @throws IllegalStateException if the group is cancelled, joined, or left; the body never starts
   */
  @Override
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> Task<T> start(@Nullable String name, Body<T> body) {
    owner.scheduler.checkInside("spawn");
    if (state != State.OPEN) {
      throw new IllegalStateException(this + " accepts no more tasks: all of its own have ended");
    }
    CancelScope<?> cancelled = TaskScopes.reaching(scope);
    if (cancelled != null) {
      throw refused(cancelled);
    }
    Task<T> child =
        owner.scheduler.start(name, body, owner.isDaemon(), scope, true, TaskLocal.snapshot());
    children.add(child);
    used = true;
    return child;
  }

  /** Who starts a child too late learns why: the failure that has cancelled the group. */
  private IllegalStateException refused(CancelScope<?> cancelled) {
    Throwable why = policy == Policy.ALL ? failures.first() : null;
    if (why != null && Task.currentOrNull() == owner) {
      heard(true);
    }
    return new IllegalStateException(
        this + " is cancelled and accepts no more tasks: " + cancelled.reason(), why);
  }

  /** How a child says that it is ready, with what the one who waits for that shall get. */
  @FunctionalInterface
  public interface Readiness<V extends @Nullable Object> {
    /** The child is ready. Called a second time it does nothing. */
    void ready(V value);
  }

  /**
   * Starts a child and waits until it says that it is ready.
   *
   * <pre>{@code
   * int port = co.await(group.start("server", ready -> Body.coroutine(server -> {
   *   var listener = TcpListener.bind(address);
   *   ready.ready(listener.localAddress().getPort());
   *   ...
   * })));
   * }</pre>
   *
   * <p>A failure of the child before that is thrown here and does not fail the group; if it ends
   * without having been ready this fails with an {@link IllegalStateException}. A starter that is
   * cancelled while it waits, or stops waiting for another reason, cancels the child.
   */
  @CheckReturnValue
  public <V extends @Nullable Object> YieldEvent<V, Exception> start(
      String name, Function<Readiness<V>, Body<?>> body) {
    return new Join.Start<>(this, name, Objects.requireNonNull(body, "body"));
  }

  // Joining.

  /**
   * Waits until all children have ended, and gives what the way it was opened says. Afterwards the
   * group accepts no more. May be awaited again, with the same result.
   *
   * <p>Cancelled from outside of the group, the caller waits all the same, as the children are
   * cancelled with it; then the cancellation goes on, unless a child has failed, which wins. {@code
   * join().within(d)} stops waiting only; leaving the block cancels the children.
   */
  @CheckReturnValue
  public YieldEvent<R, Exception> join() {
    return new WaitEvent<>(true);
  }

  /**
   * Waits for the next child that ends, in whatever way, and gives it; null when all have ended and
   * been given. Those that {@link #join} gives are all, given out before or not.
   *
   * @throws IllegalStateException if the group does not keep them: one of {@link #open} or {@link
   *     #any}
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Task<?>, Exception> next() {
    if (ended == null) {
      throw new IllegalStateException(
          this + " keeps no tasks that have ended; open it by TaskGroup.all() or settle()");
    }
    return new WaitEvent<>(false);
  }

  /**
   * Cancels the children and the block. {@link #join} then ends without an error of its own. Does
   * nothing if it is cancelled already, or left.
   *
   * @return whether this call cancelled it
   */
  @CanIgnoreReturnValue
  public boolean cancel(String reason) {
    return scope.cancel(reason);
  }

  /** Like {@link #cancel(String)}, softly: see {@link CancelScope#cancel(String, Duration)}. */
  @CanIgnoreReturnValue
  public boolean cancel(String reason, Duration grace) {
    return scope.cancel(reason, grace);
  }

  /** For the {@code catch} behind the block, as {@link CancelScope#swallow}. */
  public void swallow(Cancelled cancelled) {
    scope.swallow(cancelled);
  }

  /**
   * Leaves the group; see the class's description. On one that was left does nothing.
   *
   * @throws IllegalStateException if children were started and {@code join} was not tried, though
   *     nothing was cancelled
   */
  @Override
  public void close() {
    if (state == State.LINGERING || state == State.CLOSED) {
      return;
    }
    Supplier<@Nullable RuntimeException> complaint = leave();
    TaskScopes.afterLeaving(owner, complaint);
  }

  /** Leaves the group; what it gives, if anything, is to be thrown when the children have ended. */
  private Supplier<@Nullable RuntimeException> leave() {
    owner.scheduler.checkInside("close");
    boolean forgotten = used && !joinTried && TaskScopes.reaching(scope) == null;
    if (!children.isEmpty()) {
      scope.cancel("the block of its group was left");
    }
    RuntimeException disorder = TaskScopes.leave(owner, scope);
    return () -> disorder != null ? disorder : forgotten ? forgotten() : null;
  }

  private IllegalStateException forgotten() {
    return new IllegalStateException(
        "the block of " + this + " was left without group.join(); its tasks are cancelled");
  }

  /**
   * Closes a group in a woven body.
   *
   * @return what the body then has to yield; null if the task has no children to wait for
   */
  static @Nullable Object closing(TaskGroup<?> group) {
    if (group.state == State.LINGERING || group.state == State.CLOSED) {
      return null;
    }
    Supplier<@Nullable RuntimeException> complaint = group.leave();
    if (group.owner.isLingering()) {
      return new AfterGroup(null, complaint);
    }
    TaskScopes.afterLeaving(group.owner, complaint);
    return null;
  }

  /** The owner has left the scope, in whatever way. */
  void left() {
    if (children.isEmpty()) {
      closed();
      return;
    }
    scope.cancel("the block of its group was left");
    state = State.LINGERING;
    TaskScopes.linger(owner);
  }

  /** Nothing of the group is left. What its owner has not heard goes into how the owner ends. */
  private void closed() {
    state = State.CLOSED;
    Throwable late = failures.unheard(failureOfJoin());
    if (late != null) {
      Late.add(owner, late);
    }
  }

  // What the kernel and the waits use.

  /** The starter of the child hears how it ended, and the group does not. */
  void endedUnready(Task<?> child) {
    neverReady = child;
  }

  /** A child has ended, and its joiners know; gives what {@link TaskScopes#lingered} does. */
  @Nullable Task<?> childEnded(Task<?> child) {
    boolean mine = children.remove(child);
    assert mine : child + " ends in a group that does not know it";
    judge(child);
    if (ended != null) {
      ended.add(child);
    }
    if (children.isEmpty() && state == State.LINGERING) {
      closed();
      return TaskScopes.lingered(owner);
    }
    tellOwner();
    return null;
  }

  /** One that ends the owner's wait undoes the others, which then are not told any more. */
  private void tellOwner() {
    for (WaitEvent<?> wait : List.copyOf(ownersWaits)) {
      if (wait.isWaiting()) {
        wait.childEnded();
      }
    }
  }

  private void judge(Task<?> child) {
    Failure childs = child.failure();
    if (childs == null) {
      if (policy == Policy.ANY && winner == null) {
        winner = child;
        scope.cancel("task '" + child.name() + "' was the first to succeed");
      }
    } else if (!childs.isCancellation() && child != neverReady) {
      failed(child, childs);
    }
  }

  private void failed(Task<?> child, Failure childs) {
    switch (policy) {
      case SUPERVISE -> childs.report();
      case SETTLE -> failures.keep(childs);
      case ANY -> failures.add(childs);
      case ALL -> scope.fail(child, failures.add(childs));
    }
  }

  /** The owner is told of the first failure, and of what is suppressed in it; or swallows it. */
  void heard(boolean now) {
    failures.heard(now);
  }

  /** Whether there is nothing to wait for. */
  boolean isEmpty() {
    return children.isEmpty();
  }

  /** What {@link #join} throws; null if it gives a result. */
  private @Nullable Throwable failureOfJoin() {
    boolean counts = policy == Policy.ALL || (policy == Policy.ANY && winner == null);
    return counts ? failures.first() : null;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // R is what the factory says, for the policy
  private R result() {
    return policy == Policy.ANY ? (R) winner : ended == null ? null : (R) List.copyOf(ended);
  }

  /** The task that opened it. */
  public Task<?> owner() {
    return owner;
  }

  /** The children that have not ended, in the order in which they were started: a copy. */
  public Collection<Task<?>> children() {
    return List.copyOf(children);
  }

  @Override
  public String toString() {
    return "the group of task '" + owner.name() + "' (" + children.size() + " running)";
  }

  /**
   * The owner waits for all children, or for the next that ends.
   *
   * <p>Cancelling the group, or a scope around it, does not end a wait for all: the children are
   * cancelled too, and nobody else could wait for them. So that wait starts even in a task that is
   * cancelled, and throws when the children have ended. A cancellation from a scope inside of the
   * block leaves the children alone, and ends the wait.
   *
   * <p>As a resource: the children hold it, each until its end.
   */
  private final class WaitEvent<T extends @Nullable Object> extends SingleWaiterEvent<T, Exception>
      implements Resource {
    private final boolean forAll;

    WaitEvent(boolean forAll) {
      this.forAll = forAll;
    }

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      if (waiter.task() != owner) {
        throw new IllegalStateException(
            waiter.task() + " waits for " + group() + ", which only the task may that opened it");
      }
      ownersWaits.add(this);
      joinTried |= forAll;
      childEnded();
    }

    boolean isWaiting() {
      return waiter() != null;
    }

    /** A child has ended; or the wait begins. */
    void childEnded() {
      if (!forAll && ended != null && taken < ended.size()) {
        finish(given(ended.get(taken++)));
      } else if (children.isEmpty()) {
        if (forAll) {
          joined();
        } else {
          finish(null);
        }
      }
    }

    private Task<?> given(Task<?> child) {
      failures.given(child.failure());
      return child;
    }

    private void joined() {
      if (state == State.OPEN) {
        state = State.JOINED;
      }
      Throwable thrown = failureOfJoin();
      CancelScope<?> cancelledBy = owner.cancelledBy();
      if (thrown != null) {
        heard(true);
        ownersWaits.remove(this);
        failWith(thrown);
      } else if (cancelledBy != null && cancelledBy != scope) {
        ownersWaits.remove(this);
        wakeUndone();
      } else {
        failures.allGiven();
        finish(result());
      }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // join() and next() say what they give
    private void finish(@Nullable Object result) {
      ownersWaits.remove(this);
      wake((T) result);
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      if (forAll && Reach.isCancelledAround(owner, scope)) {
        return false;
      }
      ownersWaits.remove(this);
      return true;
    }

    @Override
    boolean startsWhenCancelled() {
      return forAll;
    }

    private TaskGroup<R> group() {
      return TaskGroup.this;
    }

    @Override
    public Resource resource() {
      return this;
    }

    @Override
    public List<Task<?>> holders() {
      return List.copyOf(children);
    }

    @Override
    public EndedBy endedBy() {
      return forAll ? EndedBy.ALL_HOLDERS : EndedBy.ANY_HOLDER;
    }

    @Override
    public void holderEnded(Task<?> holder) {
      throw new AssertionError("no task holds a group by Task.hold");
    }

    @Override
    public String describe() {
      return (forAll ? "the tasks of " : "the next end of a task of ") + group();
    }
  }
}
