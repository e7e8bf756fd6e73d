package dev.heddle.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.net.SocketProvider;
import dev.heddle.net.SocketReader;
import dev.heddle.net.SocketResetException;
import dev.heddle.net.SocketTimedOutException;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.UdpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sockets over connections that are not there. */
class NetworkTest {
  private static final int PORT = 7;

  /** Answers each line of each client with the line. */
  private static void echo(Awaiter co) throws Exception {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(PORT))) {
      while (true) {
        TcpSocket client = co.await(listener.accept());
        Scheduler.current().spawn("client", c -> answer(c, client));
      }
    }
  }

  private static void answer(Awaiter co, TcpSocket client) throws Exception {
    try (client) {
      SocketReader reader = new SocketReader(client);
      for (String line = co.await(reader.readLine(UTF_8));
          line != null;
          line = co.await(reader.readLine(UTF_8))) {
        co.await(client.send(bytes(line + "\n")));
      }
    } catch (IOException e) {
      // the client is gone
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static Host server(Simulation sim, TaskBody body) {
    Host server = sim.network().host("server");
    server.start(body);
    return server;
  }

  /** A host that listens, and answers each line of each client with the line. */
  private static Host echoServer(Awaiter co, Simulation sim) {
    Host server = server(sim, NetworkTest::echo);
    co.await(Timers.sleep(Duration.ofMillis(1)));
    return server;
  }

  private static TcpSocket connect(Awaiter co, Host server) throws IOException {
    return co.await(TcpSocket.connect(server.address(PORT)));
  }

  @Test
  void aServerOnAnotherHostAnswersAndEachWayTakesItsLatency() throws Exception {
    List<Object> seen = new ArrayList<>();
    TestScheduler.run(
        (co, sim) -> {
          Host server = server(sim, NetworkTest::echo);
          sim.network().latency(Duration.ofMillis(30));
          co.await(Timers.sleep(Duration.ofMillis(1)));
          try (TcpSocket socket = connect(co, server)) {
            seen.add(sim.clock().elapsed());
            co.await(socket.send(bytes("hello\n")));
            seen.add(co.await(new SocketReader(socket).readLine(UTF_8)));
            seen.add(sim.clock().elapsed());
          }
        });
    assertThat(seen).containsExactly(Duration.ofMillis(61), "hello", Duration.ofMillis(121));
  }

  @Test
  void aNameOfAHostIsLookedUpInTheSimulation() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = echoServer(co, sim);
          InetSocketAddress named = InetSocketAddress.createUnresolved("server", PORT);
          co.await(TcpSocket.connect(named)).close();
          assertThatThrownBy(
                  () -> {
                    InetSocketAddress other = InetSocketAddress.createUnresolved("nobody", PORT);
                    co.await(TcpSocket.connect(other)).close();
                  })
              .hasMessageContaining("unknown host: nobody");
          assertThat(server.openSockets()).isPositive();
        });
  }

  @Test
  void bandwidthIsSharedByWhatIsSent() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = server(sim, NetworkTest::echo);
          sim.network().latency(Duration.ZERO);
          co.await(Timers.sleep(Duration.ofSeconds(1)));
          try (TcpSocket socket = connect(co, server)) {
            sim.network().bandwidth(sim.host(), server, 1000);
            co.await(socket.send(bytes("x".repeat(1999) + "\n")));
            String _ = co.await(new SocketReader(socket).readLine(UTF_8));
          }
          assertThat(sim.clock().elapsed()).isEqualTo(Duration.ofSeconds(5));
        });
  }

  @Test
  void aLargeTransferArrivesWholeThroughASmallWindow() throws Exception {
    byte[] sent = new byte[1_000_000];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) ((i * 31) >> 3);
    }
    TestScheduler.builder()
        .seed(5)
        .run(
            (co, sim) -> {
              sim.network().faults(Faults.NONE.withPieces(2));
              Host server =
                  server(
                      sim,
                      c -> {
                        try (TcpListener listener = TcpListener.bind(new InetSocketAddress(PORT));
                            TcpSocket socket = c.await(listener.accept())) {
                          c.await(socket.sendAll(ByteBuffer.wrap(sent)));
                        }
                      });
              co.await(Timers.sleep(Duration.ofMillis(1)));
              try (TcpSocket socket = connect(co, server)) {
                byte[] got = co.await(new SocketReader(socket).readAll(2_000_000));
                assertThat(got).isEqualTo(sent);
              }
            });
  }

  @Test
  void whoeverConnectsWhereNobodyListensIsRefused() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = sim.network().host("server");
          assertThatThrownBy(() -> connect(co, server))
              .isInstanceOf(ConnectException.class)
              .hasMessageContaining("Connection refused");
          assertThatThrownBy(
                  () -> co.await(TcpSocket.connect(new InetSocketAddress("10.9.9.9", PORT))))
              .isInstanceOf(NoRouteToHostException.class);
        });
  }

  @Test
  void aConnectAcrossAPartitionTimesOutAfterTwoMinutes() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = server(sim, NetworkTest::echo);
          sim.network().partition(sim.host(), server);
          assertThatThrownBy(() -> connect(co, server)).isInstanceOf(SocketTimedOutException.class);
          assertThat(sim.clock().elapsed()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(3));
        });
  }

  @Test
  void whatIsSentAcrossAPartitionArrivesWhenItIsHealed() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = echoServer(co, sim);
          try (TcpSocket socket = connect(co, server)) {
            SocketReader reader = new SocketReader(socket);
            sim.network().partition(sim.host(), server);
            co.await(socket.send(bytes("a\n")));
            co.await(socket.send(bytes("b\n")));
            assertThatThrownBy(() -> co.await(reader.readLine(UTF_8).within(Duration.ofMinutes(5))))
                .hasMessageContaining("timed out after PT5M");
            sim.network().heal();
            assertThat(co.await(reader.readLine(UTF_8))).isEqualTo("a");
            assertThat(co.await(reader.readLine(UTF_8))).isEqualTo("b");
          }
        });
  }

  @Test
  void aPartitionOfAQuarterOfAnHourBreaksAConnectionThatSends() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = echoServer(co, sim);
          try (TcpSocket socket = connect(co, server)) {
            sim.network().partitionOneWay(sim.host(), server);
            co.await(socket.send(bytes("a\n")));
            assertThatThrownBy(() -> co.await(new SocketReader(socket).readLine(UTF_8)))
                .isInstanceOf(SocketTimedOutException.class);
            assertThat(sim.clock().elapsed())
                .isBetween(Duration.ofMinutes(15), Duration.ofMinutes(16));
          }
        });
  }

  @Test
  void aResetIsHeardOnBothSides() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          List<String> heard = new ArrayList<>();
          Host server =
              server(
                  sim,
                  c -> {
                    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(PORT));
                        TcpSocket socket = c.await(listener.accept())) {
                      int _ = c.await(socket.recv(ByteBuffer.allocate(1)));
                    } catch (SocketResetException e) {
                      heard.add("server");
                    }
                  });
          co.await(Timers.sleep(Duration.ofMillis(1)));
          try (TcpSocket socket = connect(co, server)) {
            co.await(Timers.sleep(Duration.ofMillis(10)));
            sim.network().reset(sim.host(), server);
            assertThatThrownBy(() -> co.await(socket.recv(ByteBuffer.allocate(1))))
                .isInstanceOf(SocketResetException.class);
          }
          co.await(Timers.sleep(Duration.ofMillis(10)));
          assertThat(heard).containsExactly("server");
        });
  }

  @Test
  void aHalfCloseEndsOneDirectionOnly() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server =
              server(
                  sim,
                  c -> {
                    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(PORT));
                        TcpSocket socket = c.await(listener.accept())) {
                      byte[] all = c.await(new SocketReader(socket).readAll(100));
                      c.await(socket.send(bytes("got " + all.length)));
                    }
                  });
          co.await(Timers.sleep(Duration.ofMillis(1)));
          try (TcpSocket socket = connect(co, server)) {
            co.await(socket.send(bytes("12345")));
            socket.shutdownOutput();
            byte[] answer = co.await(new SocketReader(socket).readAll(100));
            assertThat(new String(answer, UTF_8)).isEqualTo("got 5");
          }
        });
  }

  @Test
  void aCrashedHostAnswersNothingUntilItIsUpAgainAndThenResets() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = echoServer(co, sim);
          try (TcpSocket socket = connect(co, server)) {
            SocketReader reader = new SocketReader(socket);
            server.crash();
            co.await(socket.send(bytes("lost\n")));
            assertThatThrownBy(() -> co.await(reader.readLine(UTF_8).within(Duration.ofMinutes(1))))
                .hasMessageContaining("timed out after PT1M");
            server.start(NetworkTest::echo);
            assertThatThrownBy(() -> co.await(reader.readLine(UTF_8)))
                .isInstanceOf(SocketResetException.class);
          }
          try (TcpSocket again = connect(co, server)) {
            co.await(again.send(bytes("up\n")));
            assertThat(co.await(new SocketReader(again).readLine(UTF_8))).isEqualTo("up");
          }
        });
  }

  @Test
  void whenNoDescriptorIsLeftAListenerPausesAndServesWhenThereIsOne() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host server = echoServer(co, sim);
          server.descriptors(2); // the listener and one client
          TcpSocket first = connect(co, server);
          co.await(first.send(bytes("1\n")));
          assertThat(co.await(new SocketReader(first).readLine(UTF_8))).isEqualTo("1");
          try (TcpSocket second = connect(co, server)) {
            co.await(second.send(bytes("2\n")));
            SocketReader reader = new SocketReader(second);
            assertThatThrownBy(() -> co.await(reader.readLine(UTF_8).within(Duration.ofMinutes(1))))
                .hasMessageContaining("timed out after PT1M");
            first.close();
            assertThat(co.await(reader.readLine(UTF_8))).isEqualTo("2");
          }
          sim.host().descriptors(0);
          assertThatThrownBy(() -> connect(co, server)).hasMessageContaining("Too many open files");
        });
  }

  @Test
  void someConnectsAreRefusedByTheSeedAndTheOthersWork() throws Exception {
    checkSomeFail(Faults.NONE.withConnects(2), "Connection refused");
  }

  @Test
  void someSocketsFindNoDescriptorByTheSeedAndTheOthersWork() throws Exception {
    checkSomeFail(Faults.NONE.withOutOfDescriptors(2), "Too many open files");
  }

  private static void checkSomeFail(Faults faults, String how) throws Exception {
    List<String> failed = new ArrayList<>();
    int tries = 30;
    TestScheduler.run(
        (co, sim) -> {
          Host server = echoServer(co, sim);
          sim.network().faults(faults);
          for (int i = 0; i < tries; i++) {
            try (TcpSocket _ = connect(co, server)) {
              co.await(Task.yield());
            } catch (IOException e) {
              failed.add(e.getMessage());
            }
          }
        });
    assertThat(failed).isNotEmpty().hasSizeLessThan(tries).allMatch(m -> m.contains(how));
  }

  @Test
  void whereSocketsComeFromIsSaidBeforeTheFirst() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          SocketProvider late = new SocketProvider(SelectorProvider.provider());
          assertThatThrownBy(() -> SocketProvider.use(sim.scheduler(), late))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("has sockets already; it is too late");
        });
  }

  @Test
  void whatIsNotSimulatedIsRefusedInOneLine() throws Exception {
    TestScheduler.run(
        co -> {
          assertThatThrownBy(() -> UdpSocket.bind(new InetSocketAddress(0)))
              .hasMessageContaining("the simulated network has no UDP, TCP only");
          assertThatThrownBy(() -> TcpListener.bind(UnixDomainSocketAddress.of("/tmp/none")))
              .hasMessageContaining("the simulated network has no Unix-domain sockets, TCP only");
        });
  }

  @Test
  void whenAllHostsWaitForEachOtherItIsADeadlock() {
    assertThatThrownBy(
            () ->
                TestScheduler.run(
                    (co, sim) -> {
                      Host server =
                          server(
                              sim,
                              c -> {
                                try (TcpListener all =
                                        TcpListener.bind(new InetSocketAddress(PORT));
                                    TcpSocket socket = c.await(all.accept())) {
                                  int _ = c.await(socket.recv(ByteBuffer.allocate(1)));
                                }
                              });
                      co.await(Timers.sleep(Duration.ofMillis(1)));
                      try (TcpSocket socket = connect(co, server)) {
                        int _ = co.await(socket.recv(ByteBuffer.allocate(1)));
                      }
                    }))
        .isInstanceOf(DeadlockException.class);
  }

  @Test
  void whatTheBodyOfAHostThrowsFailsTheTest() {
    assertThatThrownBy(
            () ->
                TestScheduler.run(
                    (co, sim) -> {
                      Host _ =
                          server(
                              sim,
                              c -> {
                                c.await(Timers.sleep(Duration.ofSeconds(1)));
                                throw new IOException("by the server");
                              });
                      co.await(Timers.sleep(Duration.ofHours(1)));
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("by the server")
        .satisfies(e -> assertThat(e.getSuppressed()[0].toString()).contains("PT1S", "'test'"));
  }
}
