package dev.heddle.pool;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * {@link ThreadPool#submit}: the task waits from before the work begins until after it has ended.
 */
final class SubmitEvent<T extends @Nullable Object> extends YieldEvent<T, Exception> {
  private final WorkerThreads workers;
  private final String title;
  private final Callable<T> body;
  private final CancelPolicy whenCancelled;

  /** The work for which the task waits; another at each wait. */
  private @Nullable SubmittedWork offload;

  /** Whether it was interrupted, and its end is waited for. */
  private boolean undoing;

  SubmitEvent(WorkerThreads workers, String title, Callable<T> body, CancelPolicy whenCancelled) {
    this.workers = workers;
    this.title = title;
    this.body = Objects.requireNonNull(body, "work");
    this.whenCancelled = Objects.requireNonNull(whenCancelled, "whenCancelled");
  }

  private final class SubmittedWork extends WorkItem<T> {
    private final Scheduler scheduler;
    private final Waiter task;

    SubmittedWork(Scheduler scheduler, Waiter task) {
      super(body);
      this.scheduler = scheduler;
      this.task = task;
    }

    @Override
    void settled() {
      // False if the scheduler has ended meanwhile, and its tasks with it.
      boolean _ = scheduler.runInside(() -> ended(this));
    }
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (offload != null) {
      throw new IllegalStateException(
          this + " is in use by " + offload.task + "; make one for each");
    }
    SubmittedWork work = new SubmittedWork(scheduler, task);
    offload = work; // before it can end
    try {
      WorkerThreads.Admission _ = workers.add(work, true);
    } catch (Throwable refused) {
      offload = null;
      throw refused;
    }
  }

  private void ended(SubmittedWork work) {
    if (offload != work) {
      return; // abandoned, after it had ended
    }
    boolean undone = undoing;
    offload = null;
    undoing = false;
    Throwable failure = work.failure();
    if (failure == null) {
      wake(work.task, work.value());
    } else if (undone) {
      wakeUndone(work.task);
    } else {
      failWith(work.task, failure);
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    SubmittedWork work = Objects.requireNonNull(offload);
    if (undoing) {
      return false;
    }
    boolean waited = workers.remove(work);
    if (work.abandonUnlessBegun() || waited || whenCancelled == CancelPolicy.ABANDON) {
      work.abandon();
      offload = null;
      return true;
    }
    undoing = true;
    work.interrupt();
    return false;
  }

  @Override
  protected boolean isWokenFromOutside() {
    return true;
  }

  @Override
  public String describe() {
    return "work in " + title;
  }
}
