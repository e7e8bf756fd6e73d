package dev.heddle.net;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A UDP datagram: what {@link UdpSocket#recv()} gives, with the sender's address, and what {@link
 * UdpSocket#send(Datagram)} sends, to that address. So an answer goes back with {@code new
 * Datagram(request.address(), answer)}.
 *
 * @param address of a received datagram, who has sent it; of one to send, who is to get it
 * @param data the bytes, from position to limit; none is a datagram as well
 */
public record Datagram(InetSocketAddress address, ByteBuffer data) {
  /** Neither may be null. */
  public Datagram {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(data, "data");
  }

  @Override
  public String toString() {
    return "datagram of " + data.remaining() + " bytes, " + Addresses.text(address);
  }
}
