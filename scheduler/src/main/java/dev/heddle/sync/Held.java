package dev.heddle.sync;

/**
 * A lock or permits that a task has acquired. {@link #close} gives them back and never waits.
 *
 * <pre>{@code
 * try (var held = co.await(lock.acquire())) {
 *   co.await(socket.send(message)); // nobody else sends meanwhile
 * }
 * }</pre>
 *
 * <p>To close twice is an error: the second close would give back what another task may hold by
 * then.
 */
@FunctionalInterface
public interface Held extends AutoCloseable {

  /**
   * Gives back what was acquired. To be called in the scheduler; for a lock, by the task that holds
   * it.
   *
   * @throws IllegalMonitorStateException if the calling task does not hold the lock
   * @throws IllegalStateException if permits, or locks in order, were given back before
   * @throws WrongThreadException if it is called from outside of the scheduler
   */
  @Override
  void close();
}
