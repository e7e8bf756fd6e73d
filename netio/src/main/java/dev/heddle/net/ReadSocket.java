package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link TcpSocket#recv}: waits until bytes can be read, and reads. From Python
 * Cookbook 12.12.
 */
final class ReadSocket extends SocketEvent<Integer> {
  private final TcpSocket socket;
  private final ByteBuffer target;

  ReadSocket(TcpSocket socket, ByteBuffer target) {
    super(socket.endpoint(), SelectionKey.OP_READ);
    this.socket = socket;
    this.target = target;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    checkRoom(target); // a read without room would find nothing, again and again
    if (!ready && !socket.mayHaveMore()) {
      return NOT_READY;
    }
    int count = socket.read(target);
    return count == 0 ? NOT_READY : (Integer) count;
  }

  static void checkRoom(ByteBuffer target) {
    if (!target.hasRemaining() || target.isReadOnly()) {
      throw new IllegalArgumentException("cannot receive into " + target + ": no room to write to");
    }
  }

  @Override
  public String describe() {
    return "bytes from " + endpoint();
  }
}
