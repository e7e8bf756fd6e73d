package dev.heddle.sync;

/**
 * What a task has acquired and gives back by {@link #close}, which never waits.
 *
 * <pre>{@code
 * try (var held = co.await(lock.acquire())) {
 *   co.await(socket.send(message)); // nobody else sends meanwhile
 * }
 * }</pre>
 *
 * <p>Closing twice is an error: the second close would give back what somebody else holds by then.
 */
@FunctionalInterface
public interface Held extends AutoCloseable {

  /**
   * Gives it back. To be called in the scheduler; for locks, by the task that holds them.
   *
   * @throws IllegalMonitorStateException if it is a lock that the calling task does not hold
   * @throws IllegalStateException if it was given back before
   */
  @Override
  void close();
}
