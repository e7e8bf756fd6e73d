package dev.heddle.net;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/** What the JDK's datagram channels leave to their users: kinds of addresses, and clear errors. */
final class Datagrams {
  private Datagrams() {}

  /** Whether a socket at, or to, the address is one for IPv4. */
  static boolean isIpv4(@Nullable InetSocketAddress address) {
    return address != null && address.getAddress() instanceof Inet4Address;
  }

  /**
   * A channel of the kind. Only a channel of the IPv4 kind can join an IPv4 multicast group; one of
   * the IPv6 kind sends to IPv4 addresses too.
   */
  static DatagramChannel open(boolean ipv4) throws IOException {
    SelectorProvider channels = SocketProvider.ofCaller().channels();
    return ipv4
        ? channels.openDatagramChannel(StandardProtocolFamily.INET)
        : channels.openDatagramChannel();
  }

  /** Fails clearly where the channel would throw an exception without a message. */
  static void checkTarget(InetSocketAddress address, boolean ipv4) {
    String wrong =
        address.isUnresolved()
            ? "its host was not looked up"
            : address.getPort() == 0
                ? "the port must be 1 to 65535"
                : ipv4 && !isIpv4(address) ? "the socket is one for IPv4" : null;
    if (wrong != null) {
      throw new IllegalArgumentException(
          "cannot send to " + Addresses.text(address) + ": " + wrong);
    }
  }

  static void checkOpen(DatagramChannel channel, Endpoint endpoint) throws SocketClosedException {
    if (!channel.isOpen()) {
      throw new SocketClosedException(endpoint + " is closed");
    }
  }
}
