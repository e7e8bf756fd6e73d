package dev.heddle.transport;

import java.io.IOException;

/** The receiver of a question could not answer it; the message is the receiver's. */
public final class RequestFailedException extends IOException {
  /** With what is to be said. */
  public RequestFailedException(String message) {
    super(message);
  }
}
