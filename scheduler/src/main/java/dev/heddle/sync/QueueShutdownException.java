package dev.heddle.sync;

/** A {@link Queue} was shut down: nothing can be put in any more, and there is nothing to get. */
public final class QueueShutdownException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** For queues: which one, and what cannot be done. */
  public QueueShutdownException(String message) {
    super(message);
  }
}
