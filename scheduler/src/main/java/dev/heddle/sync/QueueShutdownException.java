package dev.heddle.sync;

/** A {@link Queue} was shut down: nothing can be put in any more, and there is nothing to get. */
public final class QueueShutdownException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  QueueShutdownException(String message) {
    super(message);
  }
}
