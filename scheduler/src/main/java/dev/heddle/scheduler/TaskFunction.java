package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * A task in coroutine style that has a result.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface TaskFunction<T extends @Nullable Object> {
  /**
   * Runs once.
   *
   * @return the task's result
   * @throws Exception anything: it is the task's failure
   */
  T run(Awaiter co) throws Exception;
}
