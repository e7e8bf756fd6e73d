package dev.heddle.net;

import java.io.IOException;

/**
 * The memory for input that has arrived and that nobody has taken yet is used up: over all
 * connections of a server, or in the whole JVM. The input of this connection is lost, so that its
 * peer can only be told, and the connection be closed.
 *
 * <pre>{@code
 * SocketReader reader = new SocketReader(socket);
 * try {
 *   byte[] line = co.await(reader.readLine());
 * } catch (InputMemoryException e) {
 *   co.await(socket.send(answer)); // "try again later"
 * }
 * }</pre>
 */
public final class InputMemoryException extends IOException {
  private static final long serialVersionUID = 1L;

  InputMemoryException(String message) {
    super(message);
  }
}
