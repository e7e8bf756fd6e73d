package dev.heddle.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** The event of {@link UdpSocket#recv(ByteBuffer)}. */
final class RecvInto extends SocketEvent<UdpSocket.Received> {
  private final DatagramReceiver receiver;
  private final ByteBuffer target;

  RecvInto(DatagramReceiver receiver, ByteBuffer target) {
    super(receiver.endpoint(), SelectionKey.OP_READ);
    this.receiver = receiver;
    this.target = target;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    if (ready) {
      receiver.beginBatch();
    }
    if (!receiver.mayTake()) {
      return NOT_READY;
    }
    ByteBuffer shared = reactor.input();
    InetSocketAddress sender = receiver.take(shared);
    if (sender == null) {
      return NOT_READY;
    }
    int size = shared.remaining();
    int bytes = Math.min(size, target.remaining());
    target.put(shared.limit(bytes));
    return new UdpSocket.Received(sender, bytes, size);
  }

  @Override
  public String describe() {
    return "a datagram at " + endpoint();
  }
}
