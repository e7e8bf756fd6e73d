package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Fields;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.PatientTime;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Connect}: names, several addresses, time limits, and what is said of a failure. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ConnectTest {
  @Parameter Kind kind;

  private interface Use {
    void use(Awaiter co, TcpListener listener) throws Exception;
  }

  private void withListener(Use test) throws IOException {
    withListener(kind.scheduler(), test);
  }

  private void withListener(Scheduler own, Use test) throws IOException {
    try (Scheduler scheduler = own;
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      kind.spawn(scheduler, "test", co -> test.use(co, listener));
      scheduler.run();
      Waits.assertNoneIsLeft(kind, scheduler);
    }
  }

  private static List<InetAddress> addresses(String... literals) {
    List<InetAddress> all = new ArrayList<>();
    for (String literal : literals) {
      all.add(InetAddress.ofLiteral(literal));
    }
    return all;
  }

  private static int port(TcpListener listener) {
    return listener.localAddress().getPort();
  }

  /** A selector that comes back at once comes back ten thousand times meanwhile. */
  @Test
  void aLoopSleepsWhileItsConnectionWaitsForInput() throws Exception {
    withListener(
        (co, listener) -> {
          Scheduler scheduler = Scheduler.current();
          try (TcpSocket client = co.await(Connect.to("127.0.0.1", port(listener)));
              TcpSocket server = co.await(listener.accept())) {
            kind.spawn(
                scheduler,
                "late",
                late -> {
                  late.await(Timers.sleep(Duration.ofMillis(50)));
                  late.await(server.send(ByteBuffer.wrap(new byte[1])));
                });
            long before = scheduler.stats().loop().polls();
            assertThat((int) co.await(client.recv(ByteBuffer.allocate(2)))).isEqualTo(1);
            assertThat(scheduler.stats().loop().polls() - before).isLessThan(1000);
          }
        });
  }

  @Test
  void aNameIsLookedUpAndItsNextAddressTriedWhenOneFails() throws Exception {
    withListener(
        (co, listener) -> {
          Connect connect =
              Connect.to("some.host", port(listener))
                  .resolver(host -> addresses("127.0.0.99", "127.0.0.1"))
                  .option(StandardSocketOptions.SO_KEEPALIVE, true);
          for (int i = 0; i < 2; i++) { // again: it connects once more
            try (TcpSocket socket = co.await(connect)) {
              assertThat(socket).hasToString("connection to 127.0.0.1:" + port(listener));
              assertThat(socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
              co.await(listener.accept()).close();
            }
          }
        });
  }

  @Test
  void anUnresolvedAddressIsLookedUpAndALiteralNeedsNoLookUp() throws Exception {
    withListener(
        (co, listener) -> {
          InetSocketAddress named = InetSocketAddress.createUnresolved("localhost", port(listener));
          co.await(TcpSocket.connect(named)).close();
          co.await(listener.accept()).close();
          Connect.Resolver none =
              host -> {
                throw new AssertionError(host);
              };
          co.await(Connect.to("127.0.0.1", port(listener)).resolver(none)).close();
          co.await(listener.accept()).close();
        });
  }

  @Test
  void afterTheDelayTheNextAddressIsTriedWhileTheFirstIsSilent() throws Exception {
    withListener(
        (co, listener) -> {
          try (Silent silent = new Silent("127.0.0.2", port(listener))) {
            Connect connect =
                Connect.to("some.host", port(listener))
                    .resolver(host -> addresses("127.0.0.2", "127.0.0.1"))
                    .delay(Duration.ofMillis(1));
            try (TcpSocket socket = co.await(connect)) {
              assertThat(socket.remoteAddress()).isEqualTo(listener.localAddress());
            }
            co.await(listener.accept()).close();
          }
        });
  }

  /** A listener whose queue is full: who connects gets no answer. */
  private static final class Silent implements AutoCloseable {
    private final ServerSocketChannel channel = ServerSocketChannel.open();
    private final List<SocketChannel> queue = new ArrayList<>();

    Silent(String host, int port) throws IOException {
      channel.bind(new InetSocketAddress(InetAddress.ofLiteral(host), port), 1);
      boolean full = false;
      while (!full) {
        SocketChannel next = SocketChannel.open();
        queue.add(next);
        next.configureBlocking(false);
        full = !next.connect(channel.getLocalAddress()) && queue.size() > 8;
      }
    }

    int port() throws IOException {
      return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Override
    public void close() throws IOException {
      for (SocketChannel each : queue) {
        each.close();
      }
      channel.close();
    }
  }

  @Test
  void aFailureListsWhatWasTriedAndATimeoutToo() throws Exception {
    PatientTime time = new PatientTime(); // is over when the last address is tried, and not before
    withListener(
        kind.builder().clock(time).build(),
        (co, listener) -> {
          int port = port(listener);
          Connect refused =
              Connect.to("some.host", port).resolver(host -> addresses("127.0.0.98", "127.0.0.99"));
          assertThatThrownBy(() -> co.await(refused))
              .isInstanceOf(ConnectException.class)
              .hasMessage(
                  "cannot connect to some.host:%d: tried 127.0.0.98:%d: Connection refused;"
                          .formatted(port, port)
                      + " 127.0.0.99:%d: Connection refused".formatted(port));
          try (Silent silent = new Silent("127.0.0.2", 0)) {
            Connect late =
                Connect.to("some.host", silent.port())
                    .resolver(host -> addresses("127.0.0.99", "127.0.0.2"))
                    .timeout(Duration.ofSeconds(1));
            Task<?> waits = kind.submit(co.task().scheduler(), "waits", s -> s.await(late));
            while (!triesOnly("127.0.0.2", late)) {
              co.await(Task.yield());
            }
            time.advance(Duration.ofSeconds(1));
            assertThatThrownBy(() -> co.await(waits.join()))
                .isInstanceOf(SocketTimedOutException.class)
                .hasMessage(
                    "cannot connect to some.host:%d within PT1S: tried 127.0.0.99:%d: Connection"
                            .formatted(silent.port(), silent.port())
                        + " refused; 127.0.0.2:%d: no answer".formatted(silent.port()));
          }
        });
  }

  private static boolean triesOnly(String host, Connect connect) {
    List<ConnectAttempt> running = Fields.get(connect, "running");
    return running.size() == 1
        && ((InetSocketAddress) running.getFirst().address()).getHostString().equals(host);
  }

  @Test
  void aLookUpThatHangsHoldsUpNobodyAndIsUnderTheCallersDeadline() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    withListener(
        (co, listener) -> {
          Connect connect =
              Connect.to("some.host", port(listener))
                  .resolver(
                      host -> {
                        try {
                          hangs.await();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                        return addresses("127.0.0.1");
                      });
          assertThatThrownBy(() -> co.await(connect.within(Duration.ofMillis(5))))
              .isInstanceOf(TimeoutException.class);
          assertThatThrownBy(() -> co.await(connect.timeout(Duration.ofMillis(5))))
              .isInstanceOf(SocketTimedOutException.class)
              .hasMessageContaining("the name was not looked up by then");
          Connect patient = connect.timeout(Duration.ofHours(1));
          Task<?> cancelled = kind.submit(co.task().scheduler(), "waits", s -> s.await(patient));
          co.await(Task.yield());
          assertThat(cancelled.cancel("enough")).isTrue();
          hangs.countDown();
        });
  }

  @Test
  void whatNobodyKnowsOrTheResolverThrowsIsTheFailure() throws Exception {
    withListener(
        (co, listener) -> {
          Connect empty = Connect.to("no.such", 80).resolver(host -> List.of());
          assertThatThrownBy(() -> co.await(empty))
              .isInstanceOf(UnknownHostException.class)
              .hasMessage("unknown host: no.such");
          Connect broken =
              Connect.to("no.such", 80)
                  .resolver(
                      host -> {
                        throw new IllegalStateException("resolver's own");
                      });
          assertThatThrownBy(() -> co.await(broken))
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("resolver's own");
        });
  }

  @Test
  void theSourceAddressIsKeptAndDecidesWhichFamilyIsTried() throws Exception {
    withListener(
        (co, listener) -> {
          InetSocketAddress source = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.5"), 0);
          Connect connect =
              Connect.to("some.host", port(listener))
                  .from(source)
                  .resolver(host -> addresses("::1", "127.0.0.1"));
          try (TcpSocket socket = co.await(connect)) {
            assertThat(socket.localAddress().getAddress()).isEqualTo(source.getAddress());
          }
          co.await(listener.accept()).close();
          connect.resolver(host -> addresses("::1"));
          assertThatThrownBy(() -> co.await(connect))
              .isInstanceOf(UnknownHostException.class)
              .hasMessageContaining("no address of the family of the source address");
        });
  }

  @Test
  void aConnectionToItselfIsRefused() throws Exception {
    withListener(
        (co, listener) -> {
          InetSocketAddress own;
          try (TcpListener free = TcpListener.bind(Connections.ANY_PORT)) {
            own = free.localAddress();
          }
          Connect connect = Connect.to("127.0.0.1", own.getPort()).from(own);
          assertThatThrownBy(() -> co.await(connect))
              .isInstanceOf(ConnectException.class)
              .hasMessageContaining("nobody listens there");
        });
  }

  @Test
  void badInputIsRefusedAtOnceWithItsValue() {
    assertThatThrownBy(() -> Connect.to(" ", 80)).hasMessageContaining("host ' '");
    assertThatThrownBy(() -> Connect.to("h", 0)).hasMessageContaining("port 0: must be from 1");
    assertThatThrownBy(() -> Connect.to("h", 65536)).hasMessageContaining("port 65536");
    assertThatThrownBy(() -> Connect.to("h", 80).timeout(Duration.ZERO))
        .hasMessageContaining("PT0S");
    assertThat(Connect.to("[::1]", 80).describe()).isEqualTo("the connection to [::1]:80");
  }
}
