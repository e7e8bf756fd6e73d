package dev.heddle.scheduler;

import dev.heddle.scheduler.Failures.Failure;
import dev.heddle.scheduler.TaskScopes.Extras;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** {@link Task#join}: any number of tasks may wait for one. */
final class Join<T extends @Nullable Object> extends YieldEvent<T, Exception>
    implements Extras.EndWait {

  /** The end of a task, as something that the task holds until then. */
  record TaskEnd(Task<?> task) implements Resource {
    @Override
    public String describe() {
      return "the end of task '" + task.name() + "'";
    }

    @Override
    public List<Task<?>> holders() {
      return task.isDone() ? List.of() : List.of(task);
    }

    @Override
    public void holderEnded(Task<?> holder) {
      throw new AssertionError("no task holds its end by Task.hold");
    }
  }

  private final Task<T> joined;

  Join(Task<T> joined) {
    this.joined = joined;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    if (joined.scheduler != scheduler) {
      fail(waiter, new IllegalStateException(joined + " is a task of " + joined.scheduler));
    } else if (joined == waiter.task()) {
      fail(waiter, new IllegalStateException("task '" + joined.name() + "' would wait for itself"));
    } else if (joined.isDone()) {
      ended(waiter);
    } else {
      joined.extras().addJoiner(waiter);
    }
  }

  /** Gives the result or the failure of the task, to each who joins. */
  @Override
  public void ended(Waiter waiter) {
    Failure failure = joined.failure();
    if (failure == null) {
      wake(waiter, joined.resultNow());
    } else if (failure.isCancellation()) {
      // A Cancelled here would look like the joiner's own cancellation.
      Throwable cancelled = failure.deliver();
      CancellationException seen = new CancellationException(cancelled.getMessage());
      seen.initCause(cancelled);
      fail(waiter, seen);
    } else {
      failWith(waiter, failure.deliver());
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
    return joined.extras().removeJoiner(waiter);
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
