package dev.heddle.net;

import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * Takes datagrams from a channel. Each goes into the reactor's shared buffer first, which has room
 * for the largest: so a datagram is never cut by the system, which would not say so.
 */
final class DatagramReceiver {
  /** Datagrams taken in a row before the poller gets a look at the others. */
  private static final int BATCH = 64;

  private final DatagramChannel channel;
  private final Endpoint endpoint;

  /** Whether a refusal can be told of: one from another than the only peer concerns nobody. */
  private final boolean connected;

  /**
   * How many more datagrams may be taken without waiting for readiness; 0 when none was found, or
   * when the others are to have their turns.
   */
  private int leftInBatch;

  DatagramReceiver(DatagramChannel channel, Endpoint endpoint, boolean connected) {
    this.channel = channel;
    this.endpoint = endpoint;
    this.connected = connected;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** The channel was reported ready: another batch may be taken. */
  void beginBatch() {
    leftInBatch = BATCH;
  }

  /** Whether to take a datagram is worth a system call, and fair. */
  boolean mayTake() {
    return leftInBatch > 0;
  }

  /**
   * Takes a datagram into the buffer, which is the reactor's, and gives its sender; null if none is
   * there.
   */
  @Nullable InetSocketAddress take(ByteBuffer shared) throws IOException {
    assert shared.remaining() > UdpSocket.MOST_BYTES : "too small for the largest: " + shared;
    leftInBatch = Math.max(0, leftInBatch - 1);
    InetSocketAddress sender = null;
    try {
      sender = (InetSocketAddress) channel.receive(shared);
    } catch (PortUnreachableException e) {
      if (connected) {
        throw refused(endpoint, e);
      }
    } catch (IOException e) {
      throw endpoint.failed(e);
    }
    if (sender == null) {
      leftInBatch = 0;
    }
    shared.flip();
    return sender;
  }

  /** The kind of error that the JDK throws, with the peer and what it means. */
  static IOException refused(Endpoint endpoint, PortUnreachableException cause) {
    var refused = new PortUnreachableException(endpoint + ": nobody listens there");
    refused.initCause(cause);
    return refused;
  }

  @Nullable Datagram tryReceive() throws IOException {
    Reactor reactor = endpoint.attach(Scheduler.current());
    endpoint.checkNobodyWaits(SelectionKey.OP_READ);
    return next(reactor);
  }

  /** The next datagram in an array of its own; null if none is there. */
  @Nullable Datagram next(Reactor reactor) throws IOException {
    ByteBuffer shared = reactor.input();
    InetSocketAddress sender = take(shared);
    return sender == null ? null : new Datagram(sender, copyOf(shared));
  }

  private static ByteBuffer copyOf(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
  }
}
