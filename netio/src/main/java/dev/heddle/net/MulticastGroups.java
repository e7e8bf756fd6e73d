package dev.heddle.net;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The multicast groups that a UDP socket has joined. */
final class MulticastGroups {
  private final DatagramChannel channel;
  private final Endpoint endpoint;
  private final boolean ipv4;
  private final List<MembershipKey> joined = new ArrayList<>();

  MulticastGroups(DatagramChannel channel, Endpoint endpoint, boolean ipv4) {
    this.channel = channel;
    this.endpoint = endpoint;
    this.ipv4 = ipv4;
  }

  void join(InetAddress group, NetworkInterface by, @Nullable InetAddress source)
      throws IOException {
    Datagrams.checkOpen(channel, endpoint);
    check(group, source);
    try {
      MembershipKey key =
          source == null ? channel.join(group, by) : channel.join(group, by, source);
      if (!joined.contains(key)) { // a group that was joined before gives the key of then
        joined.add(key);
      }
    } catch (IOException e) {
      String tried = endpoint + " cannot join " + group.getHostAddress() + " by " + by.getName();
      throw Addresses.explained(e, tried);
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(
          endpoint + " has joined " + group.getHostAddress() + " with and without a source", e);
    }
  }

  private void check(InetAddress group, @Nullable InetAddress source) {
    String name = group.getHostAddress();
    if (!group.isMulticastAddress()) {
      throw new IllegalArgumentException(
          name + " is no multicast address: 224.0.0.0 to 239.255.255.255, or ff00::/8");
    }
    if (ipv4 == group instanceof Inet6Address) {
      throw new IllegalArgumentException(
          endpoint + " is for IPv" + (ipv4 ? 4 : 6) + ": it cannot join " + name);
    }
    if (source != null && source.getClass() != group.getClass()) {
      throw new IllegalArgumentException(
          "source " + source.getHostAddress() + " is of another kind than group " + name);
    }
  }

  void leave(InetAddress group, NetworkInterface by) {
    List<MembershipKey> left =
        joined.stream()
            .filter(k -> k.group().equals(group) && by.equals(k.networkInterface()))
            .toList();
    if (left.isEmpty()) {
      throw new IllegalArgumentException(
          endpoint + " has not joined " + group.getHostAddress() + " by " + by.getName());
    }
    left.forEach(MembershipKey::drop);
    joined.removeAll(left);
  }
}
