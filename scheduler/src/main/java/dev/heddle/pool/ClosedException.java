package dev.heddle.pool;

/** A {@link ThreadPool}, {@link PollableQueue} or {@link ResultIterator} was closed. */
public final class ClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ClosedException(String message) {
    super(message);
  }
}
