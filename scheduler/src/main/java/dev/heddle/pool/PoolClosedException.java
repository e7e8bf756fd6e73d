package dev.heddle.pool;

/** A {@link ThreadPool} or {@link ResultIterator} was closed. */
public final class PoolClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  PoolClosedException(String message) {
    super(message);
  }
}
