package dev.heddle.net;

import java.net.SocketException;

/**
 * The peer has ended the connection without reading all that was sent to it ("Connection reset"),
 * or was gone already when this side sent ("Broken pipe"). What was sent before may be lost. The
 * message names the peer's address.
 */
public final class SocketResetException extends SocketException {
  private static final long serialVersionUID = 1L;

  SocketResetException(String message) {
    super(message);
  }
}
