package dev.heddle.scheduler;

/**
 * A task in coroutine style: {@code co -> { ... co.await(event) ... }}. It may hand its awaiter to
 * methods, which then wait as it does: see {@link Awaiter}.
 *
 * <p>Serializable for one reason: by its serialized form a lambda tells where its code is, which is
 * how it is woven. Nothing is ever serialized.
 */
@FunctionalInterface
public interface TaskBody extends CancelScope.Run<Exception> {
  /**
   * Runs once.
   *
   * @throws Exception anything: it is the task's failure
   */
  @Override
  void run(Awaiter co) throws Exception;
}
