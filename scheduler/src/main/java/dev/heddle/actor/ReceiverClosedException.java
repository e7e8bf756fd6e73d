package dev.heddle.actor;

import org.jspecify.annotations.Nullable;

/**
 * A receiver takes no more messages: it was closed, or it has ended. If it has crashed, the cause
 * is the failure of its task.
 */
public final class ReceiverClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ReceiverClosedException(@Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
