package dev.heddle.actor;

/** A receiver has as many messages as it may have, and the sender does not wait. */
public final class ReceiverFullException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ReceiverFullException(String message) {
    super(message);
  }
}
