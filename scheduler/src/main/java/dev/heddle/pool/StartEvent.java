package dev.heddle.pool;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** {@link ThreadPool#start}: the task waits until the pool has room for the work. */
final class StartEvent<T extends @Nullable Object> extends YieldEvent<Promise<T>, RuntimeException> {
  private final WorkerThreads workers;
  private final String title;
  private final Callable<T> body;

  /** The work for which it waits to be accepted; another at each wait. */
  private @Nullable PromisedWork<T> offer;

  StartEvent(WorkerThreads workers, String title, Callable<T> body) {
    this.workers = workers;
    this.title = title;
    this.body = Objects.requireNonNull(body, "work");
  }

  /** Work whose end a promise tells. */
  static class PromisedWork<T extends @Nullable Object> extends WorkItem<T> {
    final Promise<T> promise = new Promise<>();

    PromisedWork(Callable<T> body) {
      super(body);
    }

    @Override
    void settled() {
      Throwable failure = failure();
      boolean _ = failure == null ? promise.complete(value()) : promise.fail(failure);
    }
  }

  private final class OfferedWork extends PromisedWork<T> {
    private final Scheduler scheduler;
    private final Waiter task;
    private volatile boolean isAccepted;

    OfferedWork(Scheduler scheduler, Waiter task) {
      super(body);
      this.scheduler = scheduler;
      this.task = task;
    }

    @Override
    void accepted() {
      isAccepted = true;
      boolean _ = scheduler.runInside(() -> taken(this, task));
    }

    /** Not accepted: dropped, because the pool was closed. */
    @Override
    void settled() {
      super.settled();
      if (!isAccepted && failure() instanceof ClosedException closed) {
        boolean _ = scheduler.runInside(() -> refused(this, task, closed));
      }
    }
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (offer != null) {
      throw new IllegalStateException(this + " is in use; make one for each");
    }
    OfferedWork work = new OfferedWork(scheduler, task);
    offer = work; // before it can be accepted
    try {
      if (workers.add(work, true) == WorkerThreads.Admission.ACCEPTED) {
        taken(work, task);
      }
    } catch (Throwable refused) {
      offer = null;
      throw refused;
    }
  }

  private void taken(PromisedWork<T> work, Waiter task) {
    if (offer == work) {
      offer = null;
      wake(task, work.promise);
    }
  }

  private void refused(PromisedWork<T> work, Waiter task, ClosedException closed) {
    if (offer == work) {
      offer = null;
      fail(task, closed);
    }
  }

  /** Accepted on the way here: it is taken back, unless it has begun. */
  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    PromisedWork<T> work = Objects.requireNonNull(offer);
    if (workers.remove(work)) {
      work.abandon();
      offer = null;
      return true;
    }
    return false; // it has begun, and its promise is on its way to the task
  }

  @Override
  protected boolean isWokenFromOutside() {
    return true;
  }

  @Override
  public String describe() {
    return "room in " + title;
  }
}
