package dev.heddle.pool;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** {@link ThreadPool#submit}: the task waits until the pool has room for the work. */
final class SubmitWorkEvent<T extends @Nullable Object>
    extends SingleWaiterEvent<Promise<T>, RuntimeException> {
  private final WorkerThreads threads;
  private final Callable<T> body;

  /** The work that waits for room, a new one at each wait; null while no task waits. */
  private @Nullable OfferedWork offered;

  SubmitWorkEvent(WorkerThreads threads, Callable<T> body) {
    this.threads = threads;
    this.body = Objects.requireNonNull(body, "work");
  }

  /** Work with a promise of its result. */
  static class PromisedWork<T extends @Nullable Object> extends WorkItem<T> {
    final Promise<T> promise = new Promise<>();

    PromisedWork(Callable<T> body) {
      super(body);
    }

    /** False if the promise was cancelled, or completed by its holder. */
    @Override
    boolean isWanted() {
      return !promise.isDone();
    }

    @Override
    void settled() {
      Throwable failure = failure();
      boolean _ = failure == null ? promise.complete(value()) : promise.fail(failure);
    }
  }

  private final class OfferedWork extends PromisedWork<T> {
    private final Scheduler scheduler;
    private volatile boolean isAccepted;

    OfferedWork(Scheduler scheduler) {
      super(body);
      this.scheduler = scheduler;
    }

    @Override
    void accepted() {
      isAccepted = true;
      boolean _ = scheduler.runInside(() -> decided(this, null));
    }

    /** Settled and not accepted: it was dropped, because the pool was closed. */
    @Override
    void settled() {
      super.settled();
      if (!isAccepted && failure() instanceof PoolClosedException closed) {
        boolean _ = scheduler.runInside(() -> decided(this, closed));
      }
    }
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) {
    OfferedWork work = new OfferedWork(scheduler);
    offered = work; // before it can be accepted
    if (threads.add(work, true) == WorkerThreads.Admission.ACCEPTED) {
      decided(work, null);
    }
  }

  /** The pool has accepted the work, or refused it. */
  private void decided(OfferedWork work, @Nullable PoolClosedException refusal) {
    if (offered != work) {
      return; // it was taken back
    }
    offered = null;
    if (refusal == null) {
      wake(work.promise);
    } else {
      fail(refusal);
    }
  }

  /** Takes the work back, even if it was accepted by now, unless it has begun. */
  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    OfferedWork work = Objects.requireNonNull(offered);
    if (threads.remove(work)) {
      work.abandon();
      offered = null;
      return true;
    }
    return false; // the news that it was accepted is on its way to the task
  }

  @Override
  protected boolean isWokenFromOutside() {
    return true;
  }

  @Override
  public String describe() {
    return "room in " + threads.title();
  }
}
