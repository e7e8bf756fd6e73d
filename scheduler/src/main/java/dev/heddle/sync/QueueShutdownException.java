package dev.heddle.sync;

/**
 * Thrown by a queue that was shut down: by a put, and by a get if there is nothing left to get. All
 * queues of the library throw it: {@link Queue}, and those between threads and between processes.
 */
public final class QueueShutdownException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * For queues.
   *
   * @param message which queue was shut down, and what cannot be done
   */
  public QueueShutdownException(String message) {
    super(message);
  }
}
