package dev.heddle.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.net.Connect;
import dev.heddle.net.ServerLimits;
import dev.heddle.net.SocketReader;
import dev.heddle.net.SocketResetException;
import dev.heddle.net.SocketTimedOutException;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of netio's fault table whose faults come by luck, or by much effort, on real sockets: at
 * a moment that is known, each time.
 */
class SimulatedFaultsTest {
  private static final int PORT = 7;

  private static Host echo(Network network, ServerLimits limits) {
    Host server = network.host("server");
    server.start(
        co -> {
          EchoServer _ =
              EchoServer.open(
                  Scheduler.current(),
                  new InetSocketAddress(PORT),
                  EchoServer.Style.COROUTINE,
                  limits);
          co.await(new Event("for ever").await());
        });
    return server;
  }

  private static TcpSocket connect(Awaiter co, Host server) throws IOException {
    co.await(Timers.sleep(Duration.ofMillis(1)));
    return co.await(TcpSocket.connect(server.address(PORT)));
  }

  private static void ask(Awaiter co, TcpSocket socket, String line) throws IOException {
    co.await(socket.send(ByteBuffer.wrap((line + "\n").getBytes(UTF_8))));
    assertThat(co.await(new SocketReader(socket).readLine(UTF_8))).isEqualTo("GOT:" + line);
  }

  @HeddleTest
  void row1ASlowSenderIsCutAtItsTimeAndNoOther(Awaiter co, Network network, VirtualClock clock)
      throws Exception {
    Host server = echo(network, ServerLimits.DEFAULT.withIdleTimeout(Duration.ofMinutes(5)));
    try (TcpSocket slow = connect(co, server);
        TcpSocket other = connect(co, server)) {
      co.await(slow.send(ByteBuffer.wrap("unfinished".getBytes(UTF_8))));
      for (int minute = 0; minute < 6; minute++) {
        co.await(Timers.sleep(Duration.ofMinutes(1)));
        ask(co, other, "minute " + minute);
      }
      assertThat((int) co.await(slow.recv(ByteBuffer.allocate(100)))).isNegative();
      assertThat(clock.elapsed()).isLessThan(Duration.ofMinutes(7));
    }
  }

  @HeddleTest(seeds = 20)
  void row5AnyFragmentationIsPutTogether(Awaiter co, Network network) throws Exception {
    network.faults(Faults.NONE.withPieces(2).withDelays(3, Duration.ofMillis(5)));
    Host server = echo(network, ServerLimits.DEFAULT);
    try (TcpSocket socket = connect(co, server)) {
      for (int length = 0; length < 40; length += 13) {
        ask(co, socket, "x".repeat(length));
      }
    }
  }

  @HeddleTest
  void row7AResetInTheMiddleOfALineEndsThatConnectionAlone(Awaiter co, Network network, Host own)
      throws Exception {
    Host server = echo(network, ServerLimits.DEFAULT);
    Host third = network.host("third");
    try (TcpSocket socket = connect(co, server)) {
      co.await(socket.send(ByteBuffer.wrap("half a li".getBytes(UTF_8))));
      co.await(Timers.sleep(Duration.ofSeconds(1)));
      network.reset(own, third); // others
      co.await(socket.send(ByteBuffer.wrap("ne\n".getBytes(UTF_8))));
      SocketReader reader = new SocketReader(socket);
      assertThat(co.await(reader.readLine(UTF_8))).isEqualTo("GOT:half a line");
      co.await(socket.send(ByteBuffer.wrap("half".getBytes(UTF_8))));
      network.reset(own, server);
      assertThatThrownBy(() -> co.await(reader.readLine(UTF_8)))
          .isInstanceOf(SocketResetException.class);
    }
    try (TcpSocket next = connect(co, server)) {
      ask(co, next, "next");
    }
  }

  @HeddleTest
  void row8NoDescriptorAtAcceptServesTheOthersAndLaterTheNext(Awaiter co, Network network)
      throws Exception {
    Host server = echo(network, ServerLimits.DEFAULT);
    try (TcpSocket first = connect(co, server)) {
      ask(co, first, "first");
      server.descriptors(server.openSockets());
      try (TcpSocket second = connect(co, server)) {
        co.await(second.send(ByteBuffer.wrap("second\n".getBytes(UTF_8))));
        co.await(Timers.sleep(Duration.ofMinutes(1)));
        ask(co, first, "still served");
        server.descriptors(1000);
        assertThat(co.await(new SocketReader(second).readLine(UTF_8))).isEqualTo("GOT:second");
      }
    }
  }

  @HeddleTest
  void row9AStormOfConnectsIsServedWhole(Awaiter co, Network network, Scheduler scheduler)
      throws Exception {
    Host server = echo(network, ServerLimits.DEFAULT);
    co.await(Timers.sleep(Duration.ofMillis(1)));
    List<Task<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String line = "client " + i;
      all.add(
          scheduler.submit(
              line,
              c -> {
                try (TcpSocket socket = c.await(TcpSocket.connect(server.address(PORT)))) {
                  ask(c, socket, line);
                }
                return true;
              }));
    }
    for (Task<Boolean> each : all) {
      assertThat(co.await(each.join())).isTrue();
    }
  }

  @HeddleTest
  void row10AnAddressThatCannotBeHadIsNamed(Awaiter co, Host own) throws Exception {
    try (TcpListener _ = TcpListener.bind(new InetSocketAddress(PORT))) {
      co.await(Task.yield());
      assertThatThrownBy(() -> TcpListener.bind(new InetSocketAddress(PORT)))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("Address already in use");
      assertThatThrownBy(() -> TcpListener.bind(new InetSocketAddress("10.0.0.99", PORT)))
          .hasMessageContaining("Cannot assign requested address");
    }
    assertThat(own.openSockets()).isZero();
  }

  @HeddleTest
  void row22DataInTimeCountsAlthoughTheLoopWasHeldUp(Awaiter co, Network network, Simulation sim)
      throws Exception {
    Host server = echo(network, ServerLimits.DEFAULT);
    network.latency(Duration.ofMillis(30));
    try (TcpSocket socket = connect(co, server)) {
      co.await(socket.send(ByteBuffer.wrap("early\n".getBytes(UTF_8))));
      Task<String> reader =
          sim.scheduler()
              .submit(
                  "reader",
                  c ->
                      String.valueOf(
                          c.await(
                              new SocketReader(socket)
                                  .readLine(UTF_8)
                                  .within(Duration.ofSeconds(1)))));
      co.await(Timers.sleep(Duration.ofMillis(45))); // the answer is on its way
      sim.clock().advance(Duration.ofMinutes(1)); // a turn of a minute
      assertThat(co.await(reader.join())).isEqualTo("GOT:early");
    }
  }

  @HeddleTest
  void row27ACloseWithUnreadInputLosesNothingThatWasSent(Awaiter co, Network network)
      throws Exception {
    Host server = network.host("server");
    server.start(
        c -> {
          try (TcpListener listener = TcpListener.bind(new InetSocketAddress(PORT))) {
            try (TcpSocket socket = c.await(listener.accept())) {
              answerEarly(c, socket);
            }
            c.await(new Event("for ever").await());
          }
        });
    try (TcpSocket socket = connect(co, server)) {
      co.await(socket.send(ByteBuffer.wrap(new byte[50_000])));
      assertThat(co.await(new SocketReader(socket).readLine(UTF_8))).isEqualTo("enough");
    }
  }

  /** Answers before it has read all. */
  private static void answerEarly(Awaiter co, TcpSocket socket) throws IOException {
    int _ = co.await(socket.recv(ByteBuffer.allocate(10)));
    co.await(socket.send(ByteBuffer.wrap("enough\n".getBytes(UTF_8))));
  }

  @HeddleTest
  void row29ADeadAddressIsPassedOverAndADeadHostTimesOut(
      Awaiter co, Network network, Host own, VirtualClock clock) throws Exception {
    Host server = echo(network, ServerLimits.DEFAULT);
    Host dead = network.host("dead");
    network.partition(own, dead);
    co.await(Timers.sleep(Duration.ofMillis(1)));
    Duration begin = clock.elapsed();
    List<InetAddress> both =
        List.of(dead.address(PORT).getAddress(), server.address(PORT).getAddress());
    try (TcpSocket socket = co.await(Connect.to("both", PORT).resolver(_ -> both))) {
      ask(co, socket, "by the second");
    }
    assertThat(clock.elapsed().minus(begin)).isLessThan(Duration.ofSeconds(1));
    assertThatThrownBy(() -> co.await(TcpSocket.connect(dead.address(PORT))))
        .isInstanceOf(SocketTimedOutException.class);
  }
}
