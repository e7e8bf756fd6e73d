package dev.heddle.net;

import java.net.SocketException;

/**
 * The time of a connection is over: the deadline that was set for the socket ({@link TcpSocket})
 * has passed and has closed it, or the system has given up, because the peer answered nothing. The
 * message names the peer's address.
 *
 * <p>A wait with a limit of its own is another thing: {@code socket.recv(buffer).within(d)} fails
 * with a {@code java.util.concurrent.TimeoutException}, and the connection stays open.
 */
public final class SocketTimedOutException extends SocketException {
  private static final long serialVersionUID = 1L;

  SocketTimedOutException(String message) {
    super(message);
  }
}
