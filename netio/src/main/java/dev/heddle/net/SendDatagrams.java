package dev.heddle.net;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link UdpSocket#send} and {@link UdpSocket#sendBatch}. What is sent are the bytes
 * that remained in the buffers when the event was made, however often the event is awaited.
 */
final class SendDatagrams extends SocketEvent<Integer> {
  /** How many datagrams one turn sends at the most. */
  private static final int MOST_PER_TURN = 64;

  private final DatagramChannel channel;
  private final List<Datagram> datagrams;

  /** The bytes of each, in a buffer of its own position. */
  private final List<ByteBuffer> contents;

  /** How many datagrams this wait has sent, and their bytes. */
  private int sent;

  private int bytes;

  SendDatagrams(DatagramChannel channel, Endpoint endpoint, List<Datagram> datagrams) {
    super(endpoint, SelectionKey.OP_WRITE);
    this.channel = channel;
    this.datagrams = datagrams;
    this.contents = datagrams.stream().map(datagram -> datagram.data().slice()).toList();
  }

  /** Tries before the first wait too, as there is room most of the time. */
  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    if (!ready) {
      sent = 0;
      bytes = 0;
    }
    for (int inTurn = 0; sent < datagrams.size(); inTurn++) {
      if (inTurn == MOST_PER_TURN || !sendNext()) {
        return NOT_READY;
      }
    }
    return bytes;
  }

  /** Returns false if the system has no room. A datagram without bytes counts as sent. */
  private boolean sendNext() throws IOException {
    Datagram datagram = datagrams.get(sent);
    ByteBuffer content = contents.get(sent).rewind();
    int size = content.remaining();
    if (send(content, datagram) < size) {
      return false;
    }
    ByteBuffer given = datagram.data();
    given.position(given.limit());
    sent++;
    bytes += size;
    return true;
  }

  private int send(ByteBuffer content, Datagram datagram) throws IOException {
    String what = "cannot send " + content.remaining() + " bytes to ";
    try {
      return channel.send(content, datagram.address());
    } catch (PortUnreachableException e) {
      throw DatagramReceiver.refused(endpoint(), e);
    } catch (SocketException e) {
      throw Addresses.explained(e, what + Addresses.text(datagram.address()));
    } catch (IOException e) {
      throw endpoint().failed(e);
    }
  }

  @Override
  public String describe() {
    return "room to send a datagram from " + endpoint();
  }
}
