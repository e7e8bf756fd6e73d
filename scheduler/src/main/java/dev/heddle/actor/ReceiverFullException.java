package dev.heddle.actor;

/** A receiver is full, and the sender cannot wait for room. */
public final class ReceiverFullException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ReceiverFullException(String message) {
    super(message);
  }
}
