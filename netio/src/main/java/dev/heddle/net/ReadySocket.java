package dev.heddle.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** The event of {@link StreamSocket#readable} and {@link StreamSocket#writable}. */
final class ReadySocket extends SocketEvent<@Nullable Void> {
  private final StreamSocket socket;

  ReadySocket(StreamSocket socket, int operation) {
    super(socket.endpoint(), operation);
    this.socket = socket;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    boolean reads = operation() == SelectionKey.OP_READ;
    return (reads ? socket.isReadable(ready) : socket.isWritable(ready)) ? null : NOT_READY;
  }

  @Override
  public String describe() {
    return operation() == SelectionKey.OP_READ
        ? "something to receive from " + endpoint()
        : "room to send to " + endpoint();
  }
}
