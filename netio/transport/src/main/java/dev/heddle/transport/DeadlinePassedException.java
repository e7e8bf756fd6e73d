package dev.heddle.transport;

import java.io.IOException;

/** The time of a request was over before its answer came. The question may have been handled. */
public final class DeadlinePassedException extends IOException {
  /** With what is to be said. */
  public DeadlinePassedException(String message) {
    super(message);
  }
}
