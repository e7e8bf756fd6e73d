package dev.heddle.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** The event of {@link StreamSocket#recv}, by its name in Python Cookbook 12.12. */
final class ReadSocket extends SocketEvent<Integer> {
  private final StreamSocket socket;
  private final ByteBuffer target;

  ReadSocket(StreamSocket socket, ByteBuffer target) {
    super(socket.endpoint(), SelectionKey.OP_READ);
    this.socket = socket;
    this.target = target;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    StreamSocket.checkRoom(target); // a read without room would find nothing, again and again
    if (!ready && !socket.mayHaveMore()) {
      return NOT_READY;
    }
    int count = socket.read(target);
    return count == 0 ? NOT_READY : (Integer) count;
  }

  @Override
  public String describe() {
    return "bytes from " + endpoint();
  }
}
