package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link TcpSocket#send}: writes, and waits for room as often as it must, until all is
 * written. From Python Cookbook 12.12.
 */
final class WriteSocket extends SocketEvent<Integer> {
  private final TcpSocket socket;
  private final ByteBuffer source;

  /** How many bytes this wait has written so far. */
  private int written;

  WriteSocket(TcpSocket socket, ByteBuffer source) {
    super(socket.endpoint(), SelectionKey.OP_WRITE);
    this.socket = socket;
    this.source = source;
  }

  /** Tries before the first wait too, as there is room most of the time. */
  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    written = socket.write(source) + (ready ? written : 0);
    return source.hasRemaining() ? NOT_READY : (Integer) written;
  }

  @Override
  public String describe() {
    return "room to send " + source.remaining() + " bytes to " + endpoint();
  }
}
