package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * A task in coroutine style that has a result. Serializable for the reason that {@link TaskBody}
 * gives.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface TaskFunction<T extends @Nullable Object> extends CancelScope.Call<T, Exception> {
  /**
   * Runs once.
   *
   * @return the task's result
   * @throws Exception anything: it is the task's failure
   */
  @Override
  T run(Awaiter co) throws Exception;
}
