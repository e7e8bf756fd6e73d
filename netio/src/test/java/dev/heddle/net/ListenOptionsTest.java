package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a listener does differently by its options; those of a path are in UnixSocketTest. */
@Timeout(60)
class ListenOptionsTest {
  private static final InetSocketAddress EVERYWHERE = new InetSocketAddress(0);

  @Test
  void severalListenersShareAPortIfAllOfThemSaySoAndNotOtherwise() throws Exception {
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      assumeTrue(probe.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT));
    }
    ListenOptions shared = ListenOptions.DEFAULT.withReusePort(true);
    try (TcpListener first = TcpListener.bind(Connections.ANY_PORT, shared)) {
      InetSocketAddress address = first.localAddress();
      assertThatThrownBy(() -> TcpListener.bind(address))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("Address already in use");
      try (TcpListener second = TcpListener.bind(address, shared)) {
        assertThat(second.localAddress()).isEqualTo(address);
      }
    }
    try (TcpListener alone = TcpListener.bind(Connections.ANY_PORT)) {
      assertThatThrownBy(() -> TcpListener.bind(alone.localAddress(), shared))
          .isInstanceOf(BindException.class);
    }
  }

  @Test
  void theWildcardAddressStandsForIpv6TooUnlessTheOptionSaysOtherwise() throws Exception {
    assumeTrue(hasIpv6(), "this machine has no IPv6");
    try (TcpListener both = TcpListener.bind(EVERYWHERE)) {
      connectAndClose("::1", both);
      connectAndClose("127.0.0.1", both);
    }
    ListenOptions ipv4 = ListenOptions.DEFAULT.withIpv4Only(true);
    try (TcpListener one = TcpListener.bind(EVERYWHERE, ipv4)) {
      connectAndClose("127.0.0.1", one);
      assertThatThrownBy(() -> connectAndClose("::1", one)).isInstanceOf(IOException.class);
    }
    try (TcpListener one = TcpListener.bind(new InetSocketAddress("::", 0), ipv4)) {
      connectAndClose("127.0.0.1", one);
    }
  }

  private static boolean hasIpv6() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
  }

  private static void connectAndClose(String host, TcpListener to) throws IOException {
    int port = to.localAddress().getPort();
    SocketChannel.open(new InetSocketAddress(InetAddress.getByName(host), port)).close();
  }

  @Test
  void aReceiveBufferIsThatOfEachConnection() throws Exception {
    int usual = receiveBufferOfOne(ListenOptions.DEFAULT);
    int small = receiveBufferOfOne(ListenOptions.DEFAULT.withReceiveBuffer(8192));
    assertThat(small).isBetween(8192, 4 * 8192).isLessThan(usual); // Linux takes the double
  }

  private static int receiveBufferOfOne(ListenOptions options) throws Exception {
    return Scheduler.compute(
        co -> {
          try (TcpListener listener = TcpListener.bind(Connections.ANY_PORT, options);
              TcpSocket _ = co.await(TcpSocket.connect(listener.localAddress()));
              TcpSocket accepted = co.await(listener.accept())) {
            return accepted.getOption(StandardSocketOptions.SO_RCVBUF);
          }
        });
  }

  @Test
  void asManyConnectionsAsTheBacklogSaysWaitUntilTheyAreAccepted() throws Exception {
    assertThat(connectedOf(40, 1)).isLessThan(10);
    assertThat(connectedOf(40, 100)).isEqualTo(40);
  }

  /** How many of those who connect are connected although nobody accepts. */
  private static int connectedOf(int clients, int backlog) throws IOException {
    List<SocketChannel> all = new ArrayList<>();
    try (TcpListener listener =
        TcpListener.bind(Connections.ANY_PORT, ListenOptions.DEFAULT.withBacklog(backlog))) {
      for (int i = 0; i < clients; i++) {
        SocketChannel client = SocketChannel.open();
        all.add(client);
        client.configureBlocking(false);
        client.connect(listener.localAddress());
      }
      if (backlog > clients) {
        Until.true_("all are connected", () -> connected(all) == clients);
      }
      return connected(all);
    } finally {
      for (SocketChannel client : all) {
        client.close();
      }
    }
  }

  private static int connected(List<SocketChannel> all) {
    int connected = 0;
    for (SocketChannel client : all) {
      try {
        connected += client.finishConnect() ? 1 : 0;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return connected;
  }

  @Test
  void whatMakesNoSenseIsRefusedWithItsValue() {
    UnixDomainSocketAddress path = UnixDomainSocketAddress.of(Path.of("never-bound"));
    ListenOptions options = ListenOptions.DEFAULT;
    for (ListenOptions wrong : List.of(options.withReusePort(true), options.withIpv4Only(true))) {
      assertThatThrownBy(() -> TcpListener.bind(path, wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("cannot listen on never-bound with options of a port: it is a path");
    }
    ListenOptions mode = options.withFileMode("rw-rw----");
    assertThatThrownBy(() -> TcpListener.bind(Connections.ANY_PORT, mode))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("with a file mode: it is not a path");
    assertThatThrownBy(() -> options.withBacklog(0))
        .hasMessage("backlog 0: must be from 1 to 65535");
    assertThatThrownBy(() -> options.withBacklog(65_536)).hasMessageContaining("65536");
    assertThatThrownBy(() -> options.withReceiveBuffer(-1))
        .hasMessage("receiveBuffer -1: must be 0 or more");
    InetSocketAddress ipv6 = new InetSocketAddress("::1", 0);
    assertThatThrownBy(() -> TcpListener.bind(ipv6, options.withIpv4Only(true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot listen on [::1]:0 for IPv4 only: it is of IPv6");
  }
}
