package dev.heddle.scheduler;

import java.lang.ref.WeakReference;

/**
 * How a task ended that did not succeed, and whether somebody has heard of it.
 *
 * <p>It refers to its task weakly: when the task is gone and the failure was not delivered, nobody
 * can ever join it any more. That is the moment to report it, and {@link Failures} waits for it.
 */
final class Failure extends WeakReference<Task<?>> {
  private final Failures failures;
  private final String taskName;
  private final Throwable thrown;
  private final boolean cancellation;

  Failure(Task<?> task, Throwable thrown, boolean cancellation) {
    super(task, task.scheduler.failures.collected);
    this.failures = task.scheduler.failures;
    this.taskName = task.name();
    this.thrown = thrown;
    this.cancellation = cancellation;
    if (!cancellation) {
      failures.undelivered.add(this);
    }
  }

  boolean isCancellation() {
    return cancellation;
  }

  String taskName() {
    return taskName;
  }

  Throwable thrown() {
    return thrown;
  }

  /** What the task threw, for one who joins it: it need not be reported any more. */
  Throwable deliver() {
    failures.undelivered.remove(this);
    return thrown;
  }
}
