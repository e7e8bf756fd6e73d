package dev.heddle.pool;

/** What was asked, or waited for, was closed: a {@link ThreadPool}, a {@link PollableQueue}. */
public final class ClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ClosedException(String message) {
    super(message);
  }
}
