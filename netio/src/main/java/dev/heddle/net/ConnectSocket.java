package dev.heddle.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The event of {@link TcpSocket#connect}: waits until the connection is established. */
final class ConnectSocket extends SocketEvent<TcpSocket> {
  private final SocketAddress address;

  /** The channel of the latest wait; null before the first. */
  private @Nullable SocketChannel channel;

  ConnectSocket(SocketAddress address) {
    super(null, SelectionKey.OP_CONNECT);
    this.address = address;
  }

  /** Each wait makes a connection of its own. */
  @Override
  Endpoint open() throws IOException {
    Addresses.checkResolved(address);
    SocketChannel opened = Addresses.channelTo(address);
    channel = opened;
    return new Endpoint(opened, "connection to", address);
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    SocketChannel connecting = channel;
    assert connecting != null : "attempted before it was opened";
    try {
      boolean connected = ready ? connecting.finishConnect() : connecting.connect(address);
      return connected ? new TcpSocket(connecting, address, endpoint()) : NOT_READY;
    } catch (IOException e) {
      connecting.close();
      throw Addresses.explained(e, "cannot connect to " + Addresses.text(address));
    }
  }

  @Override
  void cancelled() {
    endpoint().close("the task that connected was cancelled");
  }

  @Override
  public String describe() {
    return "the connection to " + Addresses.text(address);
  }
}
