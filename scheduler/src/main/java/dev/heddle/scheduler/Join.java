package dev.heddle.scheduler;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** {@link Task#join}: any number of tasks may wait for one. */
final class Join<T extends @Nullable Object> extends EndWait<T> {
  private final Task<T> joined;

  Join(Task<T> joined) {
    this.joined = joined;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (joined.scheduler != scheduler) {
      fail(task, new IllegalStateException(joined + " is a task of " + joined.scheduler));
    } else if (joined == task.task()) {
      fail(
          task,
          new IllegalStateException("task '" + task.task().name() + "' would wait for itself"));
    } else if (joined.isDone()) {
      ended(task);
    } else {
      joined.addJoiner(task, this);
    }
  }

  /** Its result or failure, the same for each who joins. */
  @Override
  void ended(Waiter task) {
    Failure failure = joined.failure();
    if (failure == null) {
      wake(task, joined.resultNow());
    } else if (failure.isCancellation()) {
      // Its Cancelled would look to the joiner as if he were cancelled himself.
      Throwable cancelled = failure.deliver();
      CancellationException seen = new CancellationException(cancelled.getMessage());
      seen.initCause(cancelled);
      fail(task, seen);
    } else {
      failWith(task, failure.deliver());
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    return joined.removeJoiner(task);
  }

  @Override
  public Resource resource() {
    return new TaskEnd(joined);
  }

  @Override
  public String describe() {
    return resource().describe();
  }
}
