package dev.heddle.scheduler;

/** A task in coroutine style: {@code co -> { ... co.await(event) ... }}. */
@FunctionalInterface
public interface TaskBody {
  /**
   * Runs once.
   *
   * @throws Exception anything: it is the task's failure
   */
  void run(Awaiter co) throws Exception;
}
