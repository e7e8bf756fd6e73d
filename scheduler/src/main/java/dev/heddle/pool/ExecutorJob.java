package dev.heddle.pool;

import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskLocal;
import org.jspecify.annotations.Nullable;

/**
 * A command that a {@link TaskExecutor} has accepted, from then to its end.
 *
 * <pre>
 *   WAITING --its time has come--> BEGUN --> ENDED
 *      '---- cancelled, shut down at once -----^
 * </pre>
 */
final class ExecutorJob {
  enum State {
    WAITING,
    BEGUN,
    ENDED
  }

  /** The command, or the future that runs it. */
  final Runnable given;

  /** The task-locals of the caller that has submitted it. */
  final TaskLocal.Snapshot locals = TaskLocal.snapshot();

  /** Guarded by the executor's lock. */
  State state = State.WAITING;

  /** The thread of its task while it is BEGUN; else null. Guarded by the executor's lock. */
  @Nullable Thread thread;

  /** The task that runs it; null before it is spawned. Only the loop's thread may use it. */
  @Nullable Task<?> task;

  ExecutorJob(Runnable given) {
    this.given = given;
  }

  /** The future that runs the command; null for a command of {@code execute}. */
  @Nullable TaskFuture<?> future() {
    return given instanceof TaskFuture<?> future ? future : null;
  }
}
