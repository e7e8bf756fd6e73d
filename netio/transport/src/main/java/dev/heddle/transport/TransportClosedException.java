package dev.heddle.transport;

import java.io.IOException;

/** The transport was closed, or has given up: the message says which and why. */
public final class TransportClosedException extends IOException {
  /** With what is to be said. */
  public TransportClosedException(String message) {
    super(message);
  }
}
