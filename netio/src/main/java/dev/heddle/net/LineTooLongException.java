package dev.heddle.net;

import java.io.IOException;

/** A peer has sent more bytes without a newline than a line may have. */
public final class LineTooLongException extends IOException {
  private static final long serialVersionUID = 1L;

  LineTooLongException(TcpSocket socket, int maxLength) {
    super(socket + " sent a line of more than " + maxLength + " bytes");
  }
}
