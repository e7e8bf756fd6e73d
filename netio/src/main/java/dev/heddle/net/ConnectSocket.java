package dev.heddle.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The event of {@link TcpSocket#connect}: waits until the connection stands. */
final class ConnectSocket extends SocketEvent<TcpSocket> {
  private final SocketAddress address;
  private @Nullable SocketChannel channel;
  private boolean begun;

  ConnectSocket(SocketAddress address) {
    super(null, SelectionKey.OP_CONNECT);
    this.address = address;
  }

  @Override
  Endpoint open() throws IOException {
    Addresses.checkResolved(address);
    channel = Addresses.channelTo(address);
    return new Endpoint(channel, "connection to", address);
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    SocketChannel connecting = channel;
    assert connecting != null : "attempted before it was opened";
    try {
      boolean connected = begun ? connecting.finishConnect() : begin(connecting);
      return connected ? new TcpSocket(connecting, address, endpoint()) : NOT_READY;
    } catch (IOException e) {
      connecting.close();
      throw Addresses.explained(e, "cannot connect to " + Addresses.text(address));
    }
  }

  private boolean begin(SocketChannel connecting) throws IOException {
    begun = true;
    return connecting.connect(address);
  }

  @Override
  void cancelled() {
    endpoint().close("the one who connected was cancelled");
  }

  @Override
  public String describe() {
    return "the connection to " + Addresses.text(address);
  }
}
