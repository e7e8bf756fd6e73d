package dev.heddle.net;

import java.io.IOException;

/**
 * A peer has sent more bytes than a line, or what is read in one go otherwise, may have. The
 * message says how many were allowed.
 */
public final class LineTooLongException extends IOException {
  private static final long serialVersionUID = 1L;

  LineTooLongException(String message) {
    super(message);
  }
}
