package dev.heddle.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** The event of {@link TcpSocket#readable} and {@link TcpSocket#writable}. */
final class ReadySocket extends SocketEvent<@Nullable Void> {
  private final SocketBytes bytes;

  ReadySocket(SocketBytes bytes, int operation) {
    super(bytes.endpoint(), operation);
    this.bytes = bytes;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    boolean known = operation() == SelectionKey.OP_READ && bytes.needsNoWait();
    return ready || known ? null : NOT_READY;
  }

  @Override
  public String describe() {
    return operation() == SelectionKey.OP_READ
        ? "something to receive from " + endpoint()
        : "room to send to " + endpoint();
  }
}
