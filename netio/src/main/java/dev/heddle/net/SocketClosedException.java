package dev.heddle.net;

import java.net.SocketException;

/**
 * A socket was used, or waited for, that this side has closed; the message says why. An end that
 * the peer made is {@link TcpSocket#recv} giving -1, or a {@link SocketResetException}.
 *
 * <pre>{@code
 * try {
 *   co.await(socket.send(answer));
 * } catch (SocketClosedException e) {
 *   // somebody here has called close(): the server shuts down
 * } catch (SocketResetException e) {
 *   // the client has gone
 * } catch (SocketTimedOutException e) {
 *   // the client, or the net, is silent
 * }
 * }</pre>
 */
public final class SocketClosedException extends SocketException {
  private static final long serialVersionUID = 1L;

  SocketClosedException(String message) {
    super(message);
  }
}
