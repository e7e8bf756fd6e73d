package dev.heddle.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many connections of a server come from one address. Used by the server's loop alone. */
final class AddressCounts {
  private final int most;

  /** Null if it is not limited. */
  private final @Nullable Map<InetAddress, Integer> counts;

  AddressCounts(ServerLimits limits) {
    most = limits.maxConnectionsPerAddress();
    counts = most < limits.maxConnections() ? new HashMap<>() : null;
  }

  /** Whether one more may come from where this client comes from. */
  boolean hasRoomFor(TcpSocket client) {
    return counts == null
        || !(client.remoteAddress() instanceof InetSocketAddress inet)
        || counts.getOrDefault(inet.getAddress(), 0) < most;
  }

  void count(TcpSocket client, int more) {
    if (counts != null && client.remoteAddress() instanceof InetSocketAddress inet) {
      int now = counts.getOrDefault(inet.getAddress(), 0) + more;
      assert now >= 0 && now <= most : client + " is one of " + now;
      if (now == 0) {
        counts.remove(inet.getAddress());
      } else {
        counts.put(inet.getAddress(), now);
      }
    }
  }
}
