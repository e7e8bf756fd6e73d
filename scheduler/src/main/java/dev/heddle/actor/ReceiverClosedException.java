package dev.heddle.actor;

import org.jspecify.annotations.Nullable;

/**
 * A receiver takes no messages any more: it was closed, or it has ended. The cause is what it has
 * crashed by, if it has.
 */
public final class ReceiverClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ReceiverClosedException(@Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
