package dev.heddle.pool;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * {@link ThreadPool#apply}: the task waits from before the work begins until after it has ended.
 */
final class ApplyWorkEvent<T extends @Nullable Object> extends SingleWaiterEvent<T, Exception> {
  private final WorkerThreads threads;
  private final Callable<T> body;
  private final CancelPolicy policy;

  /** The work for which the task waits, a new one at each wait; null while no task waits. */
  private @Nullable WorkItem<T> submitted;

  /** Whether the task was cancelled and waits for work that was interrupted. */
  private boolean undoing;

  ApplyWorkEvent(WorkerThreads threads, Callable<T> body, CancelPolicy policy) {
    this.threads = threads;
    this.body = Objects.requireNonNull(body, "work");
    this.policy = Objects.requireNonNull(policy, "policy");
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) {
    WorkItem<T> work =
        new WorkItem<>(body) {
          @Override
          void settled() {
            // False if the scheduler has ended meanwhile, and its tasks with it.
            boolean _ = scheduler.runInside(() -> ended(scheduler, this));
          }

          @Override
          void lost(Throwable thrown) {
            if (!scheduler.runInside(() -> scheduler.reportFailure(describe(), thrown))) {
              super.lost(thrown);
            }
          }
        };
    submitted = work; // before it can end
    WorkerThreads.Admission _ = threads.add(work, true);
  }

  private void ended(Scheduler scheduler, WorkItem<T> work) {
    Throwable failure = work.failure();
    boolean abandoned = submitted != work; // after it had ended
    boolean cancelled = undoing && !abandoned;
    if (failure != null && (abandoned || cancelled) && !WorkItem.isInterrupt(failure)) {
      scheduler.reportFailure(describe(), failure); // the caller, who is cancelled, cannot hear it
    }
    if (abandoned) {
      return;
    }
    submitted = null;
    undoing = false;
    if (failure == null) {
      wake(work.value());
    } else if (cancelled) {
      wakeUndone();
    } else {
      failWith(failure);
    }
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    WorkItem<T> work = Objects.requireNonNull(submitted);
    if (undoing) {
      return false;
    }
    boolean _ = threads.remove(work);
    if (work.abandonUnlessBegun() || policy == CancelPolicy.ABANDON) {
      work.abandon();
      submitted = null;
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
    return "work in " + threads.title();
  }
}
