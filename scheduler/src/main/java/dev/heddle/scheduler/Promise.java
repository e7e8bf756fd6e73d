package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.scheduler.view.RunLog;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A result that is not there yet, awaited by tasks and completed once, from any thread.
 *
 * <pre>{@code
 * Promise<String> answer = new Promise<>();
 * httpClient.sendAsync(request, ofString()).thenAccept(r -> answer.complete(r.body()));
 * String body = co.await(answer);
 * // or at once
 * HttpResponse<String> response = co.await(Promise.from(httpClient.sendAsync(request, ofString())));
 * }</pre>
 *
 * <p>It is itself the event. Any number of tasks may await it, of any scheduler; those of one
 * scheduler wake in the order in which they came. A task that is cancelled while it waits loses
 * nothing: the promise stays as it is, but for one that was made by {@link #from}. All methods may
 * be called from any thread.
 *
 * <p>The tasks of the scheduler that asks first wait here. Each other scheduler has a promise of
 * its own, a <em>branch</em>, which is completed after this one: so nothing but the outcome and the
 * list of branches is used by two threads.
 *
 * @param <T> the result
 */
public final class Promise<T extends @Nullable Object> extends YieldEvent<T, Exception> {

  /** Where a promise stands. */
  public enum State {
    /** Not completed. */
    PENDING,
    /** Completed with a result. */
    SUCCEEDED,
    /** Completed with a failure. */
    FAILED,
    /** Completed with a {@link CancellationException}: by {@link #cancel}, or by its stage. */
    CANCELLED
  }

  /** How it was completed: with a value, or with a failure. */
  private record Outcome(@Nullable Object value, @Nullable Throwable failure) {}

  private static final VarHandle OUTCOME;
  private static final VarHandle OWNER;
  private static final VarHandle BRANCHES;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OUTCOME = lookup.findVarHandle(Promise.class, "outcome", Outcome.class);
      OWNER = lookup.findVarHandle(Promise.class, "owner", Scheduler.class);
      BRANCHES = lookup.findVarHandle(Promise.class, "branches", Branch.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Null until completed; written once. */
  private volatile @Nullable Outcome outcome;

  /** The scheduler of those who wait here; written once, before the first waits. */
  private volatile @Nullable Scheduler owner;

  /** The waiters for the result; used on the owner's thread only. */
  private final WaitQueue waiters = new WaitQueue();

  /** The newest of the branches; null if all who wait are of one scheduler. */
  private volatile @Nullable Branch<T> branches;

  /** The promise for those who wait in another scheduler, and the branch that was made before. */
  private record Branch<T extends @Nullable Object>(
      Scheduler scheduler, Promise<T> promise, @Nullable Branch<T> before) {}

  /** The task that is to complete it; null if nobody has said so. */
  private volatile @Nullable Task<?> keeper;

  /** What its keeper holds; made by the first who asks. */
  private volatile @Nullable Kept kept;

  /** Of a promise that follows a stage: how many wait or are to be called, on all schedulers. */
  private final @Nullable AtomicInteger wanted;

  /** Called when it is completed; the owner's thread only. */
  private final List<Callback<T>> callbacks = new ArrayList<>(0);

  /** What {@link #onDone} was given, with the task-locals of the one who gave it. */
  private record Callback<T extends @Nullable Object>(
      Promise<T> of, Consumer<? super Promise<T>> call, TaskLocal.Snapshot locals) {}

  /** What is cancelled when nobody waits any more; null if nothing is. */
  private final @Nullable CompletableFuture<T> followed;

  /** A promise that somebody will complete. */
  public Promise() {
    this(null);
  }

  private Promise(@Nullable CompletableFuture<T> followed) {
    this.followed = followed;
    this.wanted = followed == null ? null : new AtomicInteger();
  }

  /**
   * A promise that follows a stage of the JDK's: {@code CompletableFuture} and its like.
   *
   * <p>When the last task that waits for it, on whatever scheduler, stops waiting before it is
   * completed, the future is cancelled, as {@code stage.toCompletableFuture().cancel(true)} does:
   * because that task was cancelled, its time is over, or the promise has lost in a select. So an
   * HTTP request ends with the task that wanted its answer. It goes on while others wait, or are to
   * be called by {@link #onDone}; so does a stage without {@code toCompletableFuture}. To leave the
   * future alone in any case, follow a copy of it:
   *
   * <pre>{@code
   * HttpResponse<String> answer =
   *     co.await(Promise.from(client.sendAsync(request, ofString())).within(Duration.ofSeconds(5)));
   *
   * Promise<Index> shared = Promise.from(index.copy()); // others wait for the index elsewhere
   * }</pre>
   */
  public static <T extends @Nullable Object> Promise<T> from(CompletionStage<T> stage) {
    Promise<T> promise = new Promise<>(futureOf(stage));
    var _ =
        stage.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                promise.complete(value);
              } else {
                promise.fail(causeOf(failure));
              }
            });
    return promise;
  }

  /** What cancels the stage; null if it cannot be cancelled. */
  private static <T extends @Nullable Object> @Nullable CompletableFuture<T> futureOf(
      CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture();
    } catch (UnsupportedOperationException e) {
      return null; // the interface lets a stage refuse it
    }
  }

  /** Gives the result; returns false, and does nothing, if it was completed before. */
  public boolean complete(T value) {
    return completeWith(new Outcome(value, null));
  }

  /**
   * Gives a failure, which is thrown, as it is, at each await; false if it was completed before.
   */
  public boolean fail(Throwable failure) {
    return completeWith(new Outcome(null, Objects.requireNonNull(failure, "failure")));
  }

  /** Fails it with a {@link CancellationException}; false if it was completed before. */
  public boolean cancel() {
    return fail(new CancellationException("the promise was cancelled"));
  }

  /** Whether it was completed, in whatever way. */
  public boolean isDone() {
    return outcome != null;
  }

  /** Where it stands. */
  public State state() {
    Outcome result = outcome;
    if (result == null) {
      return State.PENDING;
    }
    return switch (result.failure) {
      case null -> State.SUCCEEDED;
      case CancellationException _ -> State.CANCELLED;
      default -> State.FAILED;
    };
  }

  /**
   * The result of a promise that has one.
   *
   * @throws IllegalStateException if it is not completed, or failed
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // complete() stored a T, perhaps null
  public T resultNow() {
    Outcome result = outcome;
    if (result == null || result.failure != null) {
      throw new IllegalStateException(this + " (" + state() + ") has no result");
    }
    return (T) result.value;
  }

  /**
   * What it failed with; a {@link CancellationException} if it was cancelled.
   *
   * @throws IllegalStateException if it has not failed
   */
  public Throwable exceptionNow() {
    Outcome result = outcome;
    if (result == null || result.failure == null) {
      throw new IllegalStateException(this + " (" + state() + ") has no failure");
    }
    return result.failure;
  }

  /**
   * Has the scheduler call something when the promise is completed: soon after, never inside of
   * this call or of the completing one, and in the order in which they were given. Each call is a
   * task of its own, so that its failure is reported and disturbs nobody; it cannot await. Its
   * task-locals are those of the caller of this method.
   *
   * <pre>{@code
   * promise.onDone(scheduler, done -> log(done.state()));
   * }</pre>
   *
   * <p>Tasks that await the promise are better served by doing so. To be called inside of the
   * scheduler.
   */
  public void onDone(Scheduler scheduler, Consumer<? super Promise<T>> callback) {
    Objects.requireNonNull(callback, "callback");
    scheduler.checkInside("onDone");
    Callback<T> given = new Callback<>(this, callback, TaskLocal.snapshot());
    if (seenOn(scheduler) != null) {
      call(scheduler, given);
    } else {
      int _ = want(1);
      in(scheduler).callbacks.add(given);
    }
  }

  private void call(Scheduler scheduler, Callback<T> callback) {
    Step<@Nullable Void> step =
        new Step<@Nullable Void>() {
          @Override
          protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
            callback.call.accept(callback.of);
            return null;
          }
        };
    String name = "a callback of " + describe();
    Body<@Nullable Void> body = Body.step(step);
    Task<@Nullable Void> _ = callback.locals.start(scheduler, name, body);
  }

  private boolean completeWith(Outcome result) {
    if (!OUTCOME.compareAndSet(this, (Outcome) null, result)) {
      return false;
    }
    // A task that begins to wait writes owner or branches, then reads outcome; here it is the other
    // way round, so that one of the two sees the other.
    Scheduler scheduler = owner;
    if (scheduler != null) {
      if (scheduler.inside.isCallerInRun()) {
        wakeAll(result);
      } else {
        scheduler.post(() -> wakeAll(result));
      }
    }
    for (Branch<T> each = branches; each != null; each = each.before) {
      boolean _ = each.promise.completeWith(result);
    }
    return true;
  }

  /** Inside of the scheduler: where its tasks wait, this promise or a branch of it. */
  private Promise<T> in(Scheduler scheduler) {
    if (owner == scheduler || OWNER.compareAndSet(this, (Scheduler) null, scheduler)) {
      return this;
    }
    Branch<T> newest = branches;
    for (Branch<T> each = newest; each != null; each = each.before) {
      if (each.scheduler == scheduler) {
        return each.promise;
      }
    }
    Promise<T> promise = new Promise<>();
    promise.owner = scheduler;
    Branch<T> made;
    do { // other schedulers add theirs meanwhile; this one does not, as its thread is here
      newest = branches;
      made = new Branch<>(scheduler, promise, newest);
    } while (!BRANCHES.compareAndSet(this, newest, made));
    return promise;
  }

  /** Of a promise that follows a stage: so many more or less are interested in it. */
  private int want(int change) {
    return wanted == null ? 0 : wanted.addAndGet(change);
  }

  private void wakeAll(Outcome result) {
    waiters.pollAll(waiter -> wake(waiter, result));
    Scheduler scheduler = owner;
    if (scheduler != null && !scheduler.isClosed()) {
      callbacks.forEach(callback -> call(scheduler, callback));
    }
    callbacks.clear();
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // complete() stored a T, perhaps null
  private void deliver(Waiter waiter, Outcome result) {
    if (result.failure != null) {
      failWith(waiter, result.failure);
    } else {
      wake(waiter, (T) result.value);
    }
  }

  /** Of a branch, the waiter waits by the promise itself. */
  private static void wake(Waiter waiter, Outcome result) {
    if (result.failure != null) {
      waiter.failWith(result.failure);
    } else {
      waiter.wake(result.value);
    }
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    Outcome result = seenOn(scheduler);
    if (result != null) {
      deliver(waiter, result);
    } else {
      int _ = want(1);
      in(scheduler).waiters.add(waiter);
    }
  }

  /** The outcome; null if there is none or, in a replay, if there was none at this time. */
  private @Nullable Outcome seenOn(Scheduler scheduler) {
    if (outcome == null) {
      Promise<T> _ = in(scheduler); // first, so that who completes it since comes by the inbox
    }
    RunLog log = scheduler.loop.given.log;
    if (log == null || log.sees(RunLog.Fact.PROMISE_DONE, this::isDone)) {
      return outcome;
    }
    Outcome early = outcome;
    if (early != null && log.replays()) { // by a thread that may not have known that one waits
      Promise<T> place = in(scheduler);
      scheduler.post(() -> place.wakeAll(early));
    }
    return null;
  }

  /** For a log: the number of the task that waits longest; 0 if none does, -1 if nobody does. */
  long firstWaiting() {
    Waiter first = waiters.peek();
    return first != null ? first.task().id() : callbacks.isEmpty() ? -1 : 0;
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
    boolean undone = waiter.leaveQueue();
    if (undone && followed != null && want(-1) == 0) {
      boolean _ = followed.cancel(true);
    }
    return undone;
  }

  /**
   * Says which task is to complete it: then the wait for it can be explained, as that for a lock
   * is, when tasks wait for each other. Changes nothing else; anybody may complete it.
   *
   * <pre>{@code
   * Promise<Price> price = new Promise<Price>().keptBy(co.task());
   * }</pre>
   */
  @CanIgnoreReturnValue
  public Promise<T> keptBy(Task<?> task) {
    keeper = Objects.requireNonNull(task, "task");
    return this;
  }

  /** The promise as what its keeper holds. */
  private final class Kept implements Resource {
    @Override
    public String describe() {
      return Promise.this.describe();
    }

    @Override
    public List<Task<?>> holders() {
      Task<?> kept = keeper;
      return kept == null || kept.isDone() || isDone() ? List.of() : List.of(kept);
    }

    @Override
    public void holderEnded(Task<?> holder) {
      throw new AssertionError("no task holds a promise by Task.hold");
    }

    @Override
    public EndedBy endedBy() {
      return EndedBy.HOLDER_OUTSIDE;
    }
  }

  @Override
  public @Nullable Resource resource() {
    if (keeper != null && kept == null) {
      kept = new Kept(); // a second one, made by another thread, tells the same
    }
    return kept;
  }

  /** Nobody can tell who holds the other end. */
  @Override
  protected boolean isWokenFromOutside() {
    return true;
  }

  /** Who made the other end works for it; else it may well be a task that waits, too. */
  @Override
  protected boolean isWorkedOutside() {
    return followed != null;
  }

  @Override
  protected boolean mustBeAwaited() {
    return false;
  }

  @Override
  public String describe() {
    Task<?> by = keeper;
    return by == null ? "a promise" : "a promise kept by task '" + by.name() + "'";
  }

  /** What the stage failed with, as {@code Future.get} would show it. */
  private static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
