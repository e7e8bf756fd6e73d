package dev.heddle.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link TcpListener#accept}: waits for a connection and takes it. From Python
 * Cookbook 12.12.
 */
final class AcceptSocket extends SocketEvent<TcpSocket> {
  private final TcpListener listener;

  AcceptSocket(TcpListener listener) {
    super(listener.endpoint(), SelectionKey.OP_ACCEPT);
    this.listener = listener;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    if (!ready && !listener.mayHaveMore()) {
      return NOT_READY;
    }
    TcpSocket accepted = listener.acceptNow();
    return accepted == null ? NOT_READY : accepted;
  }

  @Override
  public String describe() {
    return "a connection to " + endpoint();
  }
}
