package dev.heddle.group;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A task that a {@link SchedulerGroup} has started, as all loops and all threads may use it. All
 * methods may be called from any thread.
 *
 * <pre>{@code
 * GroupTask<Integer> count = workers.submit("count", co -> rows);
 * int inATask = co.await(count.join()); // a task of any scheduler
 * int inAThread = count.get(); // a thread that runs no loop
 * }</pre>
 *
 * @param <T> its result
 */
public final class GroupTask<T extends @Nullable Object> {
  /** Where it is; written when it moves, by the loop that it leaves. */
  private volatile GroupLoop loop;

  private final String name;

  /** How the task has ended; the cause of its failure is what the body threw, as it was thrown. */
  private final CompletableFuture<T> outcome = new CompletableFuture<>();

  /** Those who wait for the end, on whatever loop. */
  private final Queue<JoinEvent> joins = new ConcurrentLinkedQueue<>();

  /** The task; null until its loop has begun it. Written by that loop. */
  private volatile @Nullable Task<T> task;

  /** Whether a thread has asked for the outcome: a failure is then heard. */
  private volatile boolean asked;

  /** What the task holds until its end, so that the wait for it can be explained. */
  private final ResultResource result = new ResultResource();

  GroupTask(GroupLoop loop, String name) {
    this.loop = loop;
    this.name = name;
  }

  /**
   * Waits for the end of the task: gives its result or throws what it threw. May be awaited by a
   * task of any scheduler, in the group or outside; several may wait, each by its own event.
   *
   * <p>If the task was cancelled, throws a {@link CancellationException}; if its loop has failed, a
   * {@link LoopFailedException}. A caller that is cancelled while it waits loses nothing: the task
   * goes on, and its outcome can be awaited again.
   */
  @CheckReturnValue
  public YieldEvent<T, Exception> join() {
    return new JoinEvent();
  }

  /**
   * Blocks the calling thread until the task has ended. A thread that carries a loop may not.
   *
   * @return its result
   * @throws ExecutionException with what the body threw, as it was thrown, or with a {@link
   *     LoopFailedException}
   * @throws CancellationException if the task was cancelled
   * @throws WrongThreadException from a thread that carries a loop
   */
  public T get() throws InterruptedException, ExecutionException {
    askFromThread("get");
    try {
      return outcome.get();
    } catch (CancellationException e) {
      throw asTold(e);
    }
  }

  /**
   * Like {@link #get()}, with a time limit. The task goes on when the time is over.
   *
   * @throws TimeoutException if it has not ended in time
   */
  public T get(Duration timeout) throws InterruptedException, ExecutionException, TimeoutException {
    askFromThread("get");
    try {
      return outcome.get(Timers.saturatedNanos(timeout), TimeUnit.NANOSECONDS);
    } catch (CancellationException e) {
      throw asTold(e);
    }
  }

  /** The future says no more than that it was cancelled; its cause knows why. */
  private static CancellationException asTold(CancellationException byFuture) {
    CancellationException told =
        new CancellationException(
            byFuture.getCause() instanceof CancellationException why
                ? why.getMessage()
                : byFuture.getMessage());
    told.initCause(byFuture.getCause());
    return told;
  }

  private void askFromThread(String call) {
    Scheduler.checkMayBlock(call + " of " + this);
    heard();
  }

  /**
   * Its end as a stage of the JDK's. A copy: who completes or cancels it changes nothing here.
   *
   * <p>Its actions run on the loop's thread unless they are {@code ...Async}.
   */
  public CompletableFuture<T> toFuture() {
    heard();
    return outcome.copy();
  }

  /**
   * Cancels the task, soon: see {@link Task#cancel}. Does nothing if it has ended.
   *
   * @param reason stands in the exception's message
   */
  public void cancel(String reason) {
    Objects.requireNonNull(reason, "reason");
    boolean _ = loop.scheduler().runInside(() -> cancelBegun(reason));
  }

  /** On the loop; if the task has moved on meanwhile, the message follows it. */
  private void cancelBegun(String reason) {
    Task<T> begun = task;
    if (begun == null || begun.isDone()) {
      return;
    }
    if (begun.scheduler().isInside()) {
      begun.cancel(reason);
    } else {
      boolean _ = begun.scheduler().runInside(() -> cancelBegun(reason));
    }
  }

  /** Whether it has ended, in whatever way. */
  public boolean isDone() {
    return outcome.isDone();
  }

  /** The loop it was placed on, or has {@linkplain Task#moveTo moved} to. */
  public GroupLoop loop() {
    return loop;
  }

  /** The name it was given, or {@code "a task"}. */
  public String name() {
    return name;
  }

  /**
   * The task itself, for who is on its loop; null until that has begun it.
   *
   * @see Task for what may be called from other threads
   */
  public @Nullable Task<T> task() {
    return task;
  }

  @Override
  public String toString() {
    return "task '" + name + "' on " + loop;
  }

  // For the loop.

  /** On the loop: the task has been started. */
  void begun(Task<T> started) {
    task = started;
    started.hold(result);
  }

  /** Any thread: it will never run, or nobody will hear of its end. */
  void failed(Throwable why) {
    if (outcome.completeExceptionally(why)) {
      tellJoins();
    }
  }

  /** On the loop, once, when the task has ended. */
  private void ended(Task<T> over) {
    loop.ended(this); // before anybody hears of it, and looks at the load
    switch (over.state()) {
      case SUCCEEDED -> outcome.complete(over.resultNow());
      case CANCELLED -> outcome.completeExceptionally(cancellation(over));
      default -> outcome.completeExceptionally(failure(over));
    }
    tellJoins();
  }

  /** The failure is heard if somebody waits for it; else the loop's reporter has it. */
  private Throwable failure(Task<T> over) {
    if (asked || !joins.isEmpty()) {
      return over.exceptionNow();
    }
    return Objects.requireNonNull(over.failureOrNull(), "it has failed");
  }

  private RuntimeException cancellation(Task<T> over) {
    Throwable why = over.exceptionNow();
    if (loop.failure() != null) {
      return loop.failedException(this + " was cancelled");
    }
    CancellationException seen = new CancellationException(why.getMessage());
    seen.initCause(why);
    return seen;
  }

  private void tellJoins() {
    for (JoinEvent next = joins.poll(); next != null; next = joins.poll()) {
      next.tell();
    }
  }

  /** Somebody asks for the outcome: a failure need not be reported any more. */
  private void heard() {
    asked = true;
    Task<T> begun = task;
    if (begun != null && outcome.isCompletedExceptionally() && begun.failureOrNull() != null) {
      boolean _ =
          loop.scheduler()
              .runInside(
                  () -> {
                    Throwable _ = begun.exceptionNow();
                  });
    }
  }

  /** {@link #join}. */
  private final class JoinEvent extends SingleWaiterEvent<T, Exception> {
    /** Where the waiter lives; written before the event can be told from elsewhere. */
    private @Nullable Scheduler scheduler;

    @Override
    protected void start(Scheduler waiters, Waiter waiter) {
      if (waiter.task() == task) {
        throw new IllegalStateException("task '" + name + "' would wait for itself");
      }
      scheduler = waiters;
      joins.add(this);
      // Either the end comes for this event, or this sees the end: the end is written first.
      if (outcome.isDone() && joins.remove(this)) {
        heard();
        deliver();
      }
    }

    /** The loop of the task, or who refuses it: the end has come. */
    void tell() {
      Scheduler waiters = Objects.requireNonNull(scheduler);
      boolean _ = waiters.runInside(this::deliverIfAwaited);
    }

    /**
     * The waiter may have been cancelled meanwhile, or waits by this event once more. If the group
     * cancels all tasks, it is about to cancel the waiter too, for which the end of the other is no
     * failure.
     */
    private void deliverIfAwaited() {
      Scheduler waiters = Objects.requireNonNull(scheduler);
      boolean cancelled = outcome.isCancelled();
      if (waiter() != null && !(cancelled && SchedulerGroup.cancelsAll(waiters))) {
        deliver();
      }
    }

    private void deliver() {
      switch (outcome.state()) {
        case SUCCESS -> wake(outcome.resultNow());
        case CANCELLED -> fail(cancellation());
        default -> failWith(outcome.exceptionNow());
      }
    }

    private CancellationException cancellation() {
      try {
        T _ = outcome.join(); // exceptionNow gives failures only
        throw new IllegalStateException(GroupTask.this + " was not cancelled");
      } catch (CancellationException e) {
        return asTold(e);
      }
    }

    @Override
    protected boolean undo(Scheduler waiters, Waiter waiter) {
      boolean _ = joins.remove(this);
      return true;
    }

    /** By a task of another loop, as a rule. */
    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public Resource resource() {
      return result;
    }

    @Override
    public String describe() {
      return result.describe();
    }
  }

  /** The end of the task, as something that the task holds until then. */
  private final class ResultResource implements Resource {
    @Override
    public String describe() {
      return "the end of " + GroupTask.this;
    }

    @Override
    public List<Task<?>> holders() {
      Task<T> begun = task;
      return begun == null || begun.isDone() ? List.of() : List.of(begun);
    }

    @Override
    public void holderEnded(Task<?> holder) {
      Task<T> over = task;
      assert over == holder : holder + " holds the result of " + over;
      ended(Objects.requireNonNull(over));
    }

    @Override
    public EndedBy endedBy() {
      return EndedBy.HOLDER_OUTSIDE;
    }

    /** To any loop of the group. */
    @Override
    public boolean mayMove(Task<?> holder, Scheduler target) {
      return loop.group().loopOf(target) != null;
    }

    @Override
    public void moves(Task<?> holder, Scheduler target) {
      GroupLoop from = loop;
      GroupLoop to = Objects.requireNonNull(from.group().loopOf(target), "it may move there");
      to.comes(GroupTask.this);
      loop = to;
      from.goes(GroupTask.this);
    }
  }
}
