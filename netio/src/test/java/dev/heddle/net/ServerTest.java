package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.DeadPort;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server of a user's own protocol, written with plain helper methods.
 *
 * <p>This file is long because all that a server does for its handlers is in it, beside one server
 * and one client.
 */
class ServerTest {
  /** Echoes lines, by a helper method; "fail" and "spin" do what they say. */
  private static void echo(Awaiter co, Connection connection) throws IOException {
    SocketReader in = connection.reader();
    for (String line = read(co, in); line != null; line = read(co, in)) {
      if (line.equals("fail")) {
        throw new IllegalStateException("as asked");
      }
      co.await(connection.writer().writeLine("GOT:" + line));
      co.await(connection.writer().flush());
    }
  }

  private static String read(Awaiter co, SocketReader in) throws IOException {
    return co.await(in.readLine(US_ASCII));
  }

  /** A scheduler on a thread of its own, and a server in it. */
  private static final class Running implements AutoCloseable {
    private final Scheduler scheduler = Scheduler.create();
    private final Server server;
    private final Thread thread;

    Running(ServerLimits limits) throws IOException {
      this(limits, ServerTest::echo, List.of(Connections.ANY_PORT));
    }

    Running(ServerLimits limits, ConnectionHandler handler, List<SocketAddress> addresses)
        throws IOException {
      server = Server.on(scheduler, handler).limits(limits).bind(addresses);
      thread = Thread.ofPlatform().start(scheduler::run);
    }

    Client connect() throws IOException {
      return new Client(server.localAddress());
    }

    @Override
    public void close() throws InterruptedException {
      server.shutdown();
      thread.join();
      scheduler.close();
    }
  }

  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Client(InetSocketAddress address) throws IOException {
      socket = new Socket(address.getAddress(), address.getPort());
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    }

    Client send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(US_ASCII));
      return this;
    }

    /** A line; null at the end, or when the server has reset the connection. */
    String readLine() throws IOException {
      try {
        return in.readLine();
      } catch (SocketException e) {
        return null;
      }
    }

    String ask(String line) throws IOException {
      return send(line + "\n").readLine();
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void oneServerListensOnSeveralAddressesAUnixDomainOneAmongThem(@TempDir Path folder)
      throws Exception {
    UnixDomainSocketAddress path = UnixDomainSocketAddress.of(folder.resolve("s"));
    List<SocketAddress> addresses = List.of(Connections.ANY_PORT, Connections.ANY_PORT, path);
    try (Running running = new Running(ServerLimits.DEFAULT, ServerTest::echo, addresses)) {
      for (TcpListener listener : running.server.listeners().subList(0, 2)) {
        try (Client client = new Client(listener.localAddress())) {
          assertThat(client.ask("hello")).isEqualTo("GOT:hello");
        }
      }
      try (SocketChannel client = SocketChannel.open(path)) {
        client.write(ByteBuffer.wrap("unix\n".getBytes(US_ASCII)));
        ByteBuffer answer = ByteBuffer.allocate(9);
        while (answer.hasRemaining()) {
          client.read(answer);
        }
        assertThat(new String(answer.array(), US_ASCII)).isEqualTo("GOT:unix\n");
      }
    }
    assertThat(path.getPath()).doesNotExist();
  }

  @Test
  void countsTellWhatHasBecomeOfTheConnectionsAndFailuresAreReportedAtOnce() throws Exception {
    try (LogRecords log = new LogRecords("dev.heddle.net.server");
        Running running = new Running(ServerLimits.DEFAULT.withMaxLineLength(10));
        Client stays = running.connect()) {
      assertThat(stays.ask("a")).isEqualTo("GOT:a");
      try (Client fails = running.connect()) {
        assertThat(fails.ask("fail")).isNull();
      }
      Until.true_("it is reported", () -> log.atLeast(Level.WARNING).size() == 1);
      assertThat(log.atLeast(Level.WARNING).getFirst().getThrown())
          .isInstanceOf(IllegalStateException.class);
      try (Client longLine = running.connect()) {
        assertThat(longLine.ask("12345678901")).isEqualTo("ERR line too long");
      }
      try (Client ends = running.connect()) {
        assertThat(ends.ask("b")).isEqualTo("GOT:b");
      }
      Client resets = running.connect();
      assertThat(resets.ask("c")).isEqualTo("GOT:c");
      resets.reset();
      Until.true_("one is open", () -> running.server.stats().open() == 1);
      ServerStats stats = running.server.stats();
      assertThat(stats).isEqualTo(new ServerStats(5, 1, 0, 1, 1, 1, 1, 0, 0));
      assertThat(stays.ask("d")).isEqualTo("GOT:d");
    }
  }

  /** Row 30: by a handler that wraps what it catches, too. */
  @Test
  void aThousandResetsOfAHandlerThatWrapsItsFailuresAreNoLogLines() throws Exception {
    ConnectionHandler wraps =
        (co, connection) -> {
          try {
            echo(co, connection);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    try (LogRecords log = new LogRecords("dev.heddle.net.server");
        Running running = new Running(ServerLimits.DEFAULT, wraps, List.of(Connections.ANY_PORT))) {
      for (int i = 0; i < 1000; i++) {
        running.connect().send("half a line").reset();
      }
      Until.true_("all are gone", () -> running.server.stats().open() == 0);
      assertThat(log.atLeast(Level.INFO)).isEmpty();
    }
  }

  /** Whatever wraps it: the causes are looked at. */
  @Test
  void anEndOfTheClientIsNoFailureOfTheHandlerHoweverDeepItIsWrapped() throws Exception {
    ConnectionHandler wraps =
        (co, connection) -> {
          try {
            byte[] _ = co.await(connection.reader().readExactly(1000));
          } catch (IOException e) {
            throw new IllegalStateException("cannot go on", new RuntimeException(e));
          }
        };
    try (LogRecords log = new LogRecords("dev.heddle.net.server");
        Running running = new Running(ServerLimits.DEFAULT, wraps, List.of(Connections.ANY_PORT));
        Client _ = running.connect().send("at the shutdown this is a part, too")) {
      running.connect().send("a part").reset();
      running.connect().send("a part").close();
      Until.true_("two are gone", () -> running.server.stats().lost() == 2);
      running.server.shutdown();
      Until.true_("all are gone", () -> running.server.stats().lost() == 3);
      assertThat(log.atLeast(Level.INFO)).isEmpty();
    }
  }

  /** As that of a proxy whose other side is down: nothing else would tell of it. */
  @Test
  void aFailureOfAnotherConnectionOfTheHandlersIsReported() throws Exception {
    try (DeadPort nobody = new DeadPort();
        LogRecords log = new LogRecords("dev.heddle.net.server");
        Running running =
            new Running(
                ServerLimits.DEFAULT,
                (co, connection) -> connectOn(co, connection, nobody.address()),
                List.of(Connections.ANY_PORT));
        Client client = running.connect().send("x")) {
      assertThat(client.readLine()).isNull();
      Until.true_("it has failed", () -> running.server.stats().failed() == 1);
      assertThat(running.server.stats().lost()).isZero();
      assertThat(log.atLeast(Level.WARNING).getFirst().getThrown())
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("cannot connect to 127.0.0.1:" + nobody.port());
    }
  }

  private static void connectOn(Awaiter co, Connection connection, InetSocketAddress other)
      throws IOException {
    byte[] _ = co.await(connection.reader().readExactly(1));
    try (TcpSocket socket = co.await(TcpSocket.connect(other))) {
      co.await(socket.send(ByteBuffer.allocate(1)));
    }
  }

  @Test
  void ofABurstOfFailuresTheFirstAreLoggedAndTheOthersCounted() throws Exception {
    long start = System.nanoTime();
    try (LogRecords log = new LogRecords("dev.heddle.net.server");
        Running running = new Running(ServerLimits.DEFAULT)) {
      for (int i = 0; i < 500; i++) {
        try (Client client = running.connect()) {
          assertThat(client.ask("fail")).isNull();
        }
      }
      Until.true_("all have failed", () -> running.server.stats().failed() == 500);
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + 2;
      assertThat(log.atLeast(Level.WARNING)).hasSizeBetween(10, (int) (11 * seconds));
    }
  }

  @Test
  void overTheLimitOfAnAddressAClientIsClosedAtOnceUntilAnotherEnds() throws Exception {
    ServerLimits limits = ServerLimits.DEFAULT.withMaxConnectionsPerAddress(1);
    try (LogRecords log = new LogRecords("dev.heddle.net.server");
        Running running = new Running(limits)) {
      try (Client first = running.connect()) {
        assertThat(first.ask("1")).isEqualTo("GOT:1");
        try (Client second = running.connect()) {
          assertThat(second.readLine()).isNull();
        }
        assertThat(running.server.stats().refused()).isEqualTo(1);
        assertThat(log.atLeast(Level.WARNING).getFirst().getMessage())
            .contains("is refused: over the limit of 1 connections from one address");
      }
      Until.true_("the first has ended", () -> running.server.stats().open() == 0);
      try (Client third = running.connect()) {
        assertThat(third.ask("3")).isEqualTo("GOT:3");
      }
    }
  }

  /** Row 1: bytes do not move the deadline of a line, and only that client is cut. */
  @Test
  void aLineThatIsNotFinishedInItsTimeIsCutHoweverManyBytesCome() throws Exception {
    ServerLimits limits = // of time alone: who drips is quick, and the loop may stand still
        ServerLimits.DEFAULT
            .withLineTimeout(Duration.ofMillis(50))
            .withMaxLineLength(SocketReader.MOST_LIMIT)
            .withMaxPendingInput(Long.MAX_VALUE);
    try (Running running = new Running(limits);
        Client other = running.connect();
        Client slow = running.connect()) {
      AtomicBoolean cut = new AtomicBoolean();
      Thread drips =
          Thread.startVirtualThread(
              () -> {
                try {
                  while (!cut.get()) {
                    slow.send("x");
                    Thread.onSpinWait();
                  }
                } catch (IOException e) {
                  // cut
                }
              });
      assertThat(slow.readLine()).isNull();
      cut.set(true);
      drips.join();
      assertThat(other.ask("not cut: silent between two lines")).startsWith("GOT:not cut");
    }
  }

  /** Row 2. */
  @Test
  void aClientThatTakesNothingOfWhatIsSentIsCut() throws Exception {
    ServerLimits limits = ServerLimits.DEFAULT.withWriteTimeout(Duration.ofMillis(50));
    ConnectionHandler floods =
        (co, connection) -> {
          while (true) {
            co.await(connection.writer().write(new byte[10_000]));
          }
        };
    try (Running running = new Running(limits, floods, List.of(Connections.ANY_PORT));
        Client _ = running.connect()) {
      Until.true_("it is cut", () -> running.server.stats().lost() == 1);
    }
  }

  /** Fault 5: and short lines are served meanwhile, as they need no memory that is counted. */
  @Test
  void whoSendsMoreUnfinishedInputThanAllMayIsTold() throws Exception {
    ServerLimits limits = ServerLimits.DEFAULT.withMaxPendingInput(200_000);
    try (Running running = new Running(limits);
        Client other = running.connect()) {
      List<Client> clients = new ArrayList<>();
      String half = "x".repeat(60_000);
      int told = 0;
      for (int i = 0; i < 30; i++) {
        Client client = running.connect().send(half);
        clients.add(client);
        assertThat(other.ask("still")).isEqualTo("GOT:still");
      }
      Until.true_("most are rejected", () -> running.server.stats().rejected() >= 25);
      assertThat(running.server.stats().pendingInput()).isLessThanOrEqualTo(200_000);
      for (Client client : clients) {
        client.socket.shutdownOutput();
        String answer = client.readLine();
        assertThat(answer).isIn("ERR out of memory for input", "GOT:" + half);
        told += answer.startsWith("ERR") ? 1 : 0;
        client.close();
      }
      assertThat(told).isGreaterThanOrEqualTo(25);
      Until.true_("all are gone", () -> running.server.stats().open() == 1);
      assertThat(running.server.stats().pendingInput()).isZero();
    }
  }

  /** Fault 4. */
  @Test
  void timesWithoutEndAreNoLimitsAndValuesThatCannotWorkAreRefused() throws Exception {
    Duration forever = ChronoUnit.FOREVER.getDuration();
    ServerLimits limits =
        ServerLimits.DEFAULT
            .withIdleTimeout(forever)
            .withLineTimeout(forever)
            .withWriteTimeout(forever)
            .withDrainTimeout(forever)
            .withMaxConnections(Integer.MAX_VALUE)
            .withMaxPendingInput(Long.MAX_VALUE)
            .withMaxLineLength(SocketReader.MOST_LIMIT);
    try (Running running = new Running(limits);
        Client client = running.connect()) {
      assertThat(client.ask("hi")).isEqualTo("GOT:hi");
    }
    assertThatThrownBy(() -> limits.withMaxLineLength(Integer.MAX_VALUE))
        .hasMessage("maxLineLength is 2147483647: must be 1 to 1073741824");
    assertThatThrownBy(() -> limits.withIdleTimeout(Duration.ZERO))
        .hasMessage("idleTimeout is PT0S: must be positive");
    assertThatThrownBy(() -> limits.withMaxPendingInput(0))
        .hasMessage("maxPendingInput is 0: must be 1 or more");
    assertThatThrownBy(() -> limits.withMaxConnections(0))
        .hasMessage("maxConnections is 0: must be 1 or more");
    assertThatThrownBy(() -> limits.withMaxConnectionsPerAddress(-1))
        .hasMessage("maxConnectionsPerAddress is -1: must be 1 or more");
  }

  @Test
  void whileAcceptingIsPausedClientsWaitAndOpenConnectionsAreServed() throws Exception {
    try (Running running = new Running(ServerLimits.DEFAULT);
        Client open = running.connect()) {
      assertThat(open.ask("1")).isEqualTo("GOT:1");
      running.server.pauseAccepting();
      assertThat(open.ask("2")).isEqualTo("GOT:2");
      List<Client> waiting = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        waiting.add(running.connect().send("waits\n"));
      }
      assertThat(open.ask("3")).isEqualTo("GOT:3");
      assertThat(running.server.stats().accepted()).isEqualTo(1);
      running.server.resumeAccepting();
      for (Client client : waiting) {
        assertThat(client.readLine()).isEqualTo("GOT:waits");
        client.close();
      }
      running.server.pauseAccepting(); // and it can be shut down then
    }
  }

  @Test
  void connectionsAreDealtOutToOtherSchedulersAndEndWithTheServer() throws Exception {
    AtomicInteger next = new AtomicInteger();
    List<Scheduler> others = List.of(Scheduler.create(), Scheduler.create());
    CountDownLatch seen = new CountDownLatch(4);
    CompletableFuture<String> over = new CompletableFuture<>();
    List<Thread> threads = new ArrayList<>();
    for (Scheduler other : others) {
      other.execute(
          () -> {
            try {
              Task.await(Promise.from(over));
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
    }
    try (Scheduler acceptor = Scheduler.create()) {
      Server server =
          Server.on(
                  acceptor,
                  (co, connection) -> {
                    assertThat(others).contains(co.task().scheduler());
                    seen.countDown();
                    echo(co, connection);
                  })
              .dealTo(() -> others.get(next.getAndIncrement() % 2))
              .bind(List.of(Connections.ANY_PORT));
      others.forEach(s -> threads.add(Thread.ofPlatform().start(s::run)));
      threads.add(Thread.ofPlatform().start(acceptor::run));
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        clients.add(new Client(server.localAddress()));
        assertThat(clients.get(i).ask("" + i)).isEqualTo("GOT:" + i);
      }
      Until.down(seen);
      clients.getFirst().close();
      Until.true_("three are open", () -> server.stats().open() == 3);
      server.shutdown();
      assertThat(server.awaitEnd(Duration.ofSeconds(30))).isTrue();
      assertThat(clients.getLast().readLine()).isNull();
      assertThat(server.stats().open()).isZero();
      boolean _ = over.complete("over");
      for (Thread thread : threads) {
        thread.join();
      }
      for (Client client : clients) {
        client.close();
      }
    } finally {
      others.forEach(Scheduler::close);
    }
  }

  @Test
  void aTaskMayWaitForTheEndAndAServerIsMadeInATaskToo() throws Exception {
    Scheduler.run(
        co -> {
          Server server =
              Server.serve(Connections.ANY_PORT, ServerTest::echo, ServerLimits.DEFAULT);
          try (TcpSocket client = co.await(TcpSocket.connect(server.localAddress()))) {
            co.await(client.send(Connections.bytes("x\n")));
            assertThat(co.await(new SocketReader(client).readLine(US_ASCII))).isEqualTo("GOT:x");
            server.shutdown();
            server.shutdown();
            co.await(server.end());
          }
          assertThatThrownBy(
                  () ->
                      Server.serve(
                          new InetSocketAddress("192.0.2.1", 16000),
                          ServerTest::echo,
                          ServerLimits.DEFAULT))
              .isInstanceOf(IOException.class)
              .hasMessageStartingWith("cannot listen on 192.0.2.1:16000: ");
        });
  }
}
