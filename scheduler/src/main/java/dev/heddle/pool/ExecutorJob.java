package dev.heddle.pool;

import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskLocal;
import org.jspecify.annotations.Nullable;

/**
 * A command that a {@link TaskExecutor} has accepted, until its end.
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

  /** What was handed in: a command as it is, or the future of one. */
  final Runnable given;

  /** The task-locals of who handed it in. */
  final TaskLocal.Snapshot locals = TaskLocal.snapshot();

  /** Guarded by the executor's lock. */
  State state = State.WAITING;

  /** Its task's thread, while it is BEGUN; guarded by the executor's lock. */
  @Nullable Thread thread;

  /** The loop only. */
  @Nullable Task<?> task;

  ExecutorJob(Runnable given) {
    this.given = given;
  }

  @Nullable TaskFuture<?> future() {
    return given instanceof TaskFuture<?> future ? future : null;
  }
}
