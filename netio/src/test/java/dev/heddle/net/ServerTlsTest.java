package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.PatientTime;
import dev.heddle.fixtures.Until;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Row 18: a server that encrypts, in each style of its handlers, with clients of the JDK's. */
@ParameterizedClass
@EnumSource(EchoServer.Style.class)
class ServerTlsTest {
  @TempDir private static Path folder;
  private static SSLContext context;
  private static SSLContext trusting;

  @Parameter EchoServer.Style style;

  @BeforeAll
  static void makeCertificates() throws IOException {
    Certificates certificates = new Certificates(folder);
    context = certificates.server("alpha");
    trusting = certificates.trusting("nobody", "alpha");
  }

  private static TlsOptions options() {
    return TlsOptions.forServer(context);
  }

  /** An echo server on a thread of its own. */
  private static final class Running implements AutoCloseable {
    /** Clients take their time: they make their handshakes one after the other. */
    private final Scheduler scheduler = Scheduler.builder().clock(new PatientTime()).build();

    private final LogRecords log = new LogRecords("dev.heddle.net.echo");
    private final Server server;
    private final Thread thread;

    Running(EchoServer.Style style, EchoServer.Mode mode, TlsOptions tls, ServerLimits limits)
        throws IOException {
      server =
          EchoServer.on(scheduler, style, mode)
              .tls(tls)
              .limits(limits)
              .bind(List.of(Connections.ANY_PORT));
      thread = Thread.ofPlatform().start(scheduler::run);
    }

    Socket connectPlain() throws IOException {
      return new Socket("127.0.0.1", server.localAddress().getPort());
    }

    Client connect() throws IOException {
      return new Client(connectPlain());
    }

    void awaitEnd() throws InterruptedException {
      thread.join();
    }

    @Override
    public void close() throws InterruptedException {
      server.shutdown();
      awaitEnd();
      scheduler.close();
      log.close();
    }
  }

  private Running start(ServerLimits limits) throws IOException {
    return new Running(style, EchoServer.Mode.GOT, options(), limits);
  }

  private static final class Client implements AutoCloseable {
    private final Socket plain;
    private final Socket socket;
    private final BufferedReader in;

    Client(Socket plain) throws IOException {
      this.plain = plain;
      socket = trusting.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    }

    void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    String ask(String line) throws IOException {
      send(line + "\n");
      return in.readLine();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void eachStyleServesManyClientsWhoseConnectionsEndInAnOrderlyWay() throws Exception {
    try (Running running = start(ServerLimits.DEFAULT)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        clients.add(running.connect());
      }
      for (Client client : clients) {
        assertThat(client.ask("hello")).isEqualTo("GOT:hello");
        String longest = "x".repeat(64 * 1024);
        assertThat(client.ask(longest)).isEqualTo("GOT:" + longest);
        client.close();
      }
      Until.true_("all have ended", () -> running.server.stats().open() == 0);
      assertThat(running.server.stats()).isEqualTo(new ServerStats(10, 0, 0, 10, 0, 0, 0, 0, 0));
      assertThat(running.log.atLeast(Level.INFO)).isEmpty();
    }
  }

  @Test
  void inModeRfc862WhatComesGoesBack() throws Exception {
    try (Running running =
            new Running(style, EchoServer.Mode.RFC862, options(), ServerLimits.DEFAULT);
        Client client = running.connect()) {
      client.send("no line");
      assertThat(client.socket.getInputStream().readNBytes(7)).asString().isEqualTo("no line");
    }
  }

  @Test
  void oneServerHasEncryptedAndPlainClientsUnderOneSetOfLimits() throws Exception {
    try (Scheduler scheduler = Scheduler.create()) {
      TcpListener inside = TcpListener.bind(Connections.ANY_PORT);
      TcpListener outside = TcpListener.bind(Connections.ANY_PORT);
      ServerBuilder builder =
          EchoServer.on(scheduler, style, EchoServer.Mode.GOT)
              .tls(options(), List.of(outside))
              .limits(ServerLimits.DEFAULT.withMaxConnections(2));
      assertThatThrownBy(() -> builder.serve(List.of(inside)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("TLS at [" + outside + "], of [" + inside + "]");
      assertThatThrownBy(() -> builder.tls(options(), List.of()))
          .isInstanceOf(IllegalArgumentException.class);
      Server server = builder.serve(List.of(inside, outside));
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      try (Client encrypted =
              new Client(new Socket("127.0.0.1", outside.localAddress().getPort()));
          Socket plain = new Socket("127.0.0.1", inside.localAddress().getPort())) {
        assertThat(encrypted.ask("hello")).isEqualTo("GOT:hello");
        plain.getOutputStream().write("plain\n".getBytes(US_ASCII));
        assertThat(plain.getInputStream().readNBytes(10))
            .asString(US_ASCII)
            .isEqualTo("GOT:plain\n");
        try (Socket third = new Socket("127.0.0.1", inside.localAddress().getPort())) {
          assertThat(third.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(encrypted.ask("still")).isEqualTo("GOT:still");
      }
      server.shutdown();
      loop.join();
    }
  }

  @Test
  void aPlainClientIsClosedWithOneLineInTheLogAndTheOthersAreServed() throws Exception {
    try (Running running = start(ServerLimits.DEFAULT);
        Client other = running.connect()) {
      assertThat(other.ask("before")).isEqualTo("GOT:before");
      try (Socket plain = running.connectPlain()) {
        plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
        awaitClose(plain);
      }
      Until.true_("it is counted", () -> running.server.stats().rejected() == 1);
      assertThat(other.ask("after")).isEqualTo("GOT:after");
      assertThat(running.log.atLeast(Level.INFO)).hasSize(1);
      assertThat(running.log.atLeast(Level.INFO).getFirst().getThrown()).isNull();
      assertThat(running.log.atLeast(Level.INFO).getFirst().getMessage())
          .contains("made no handshake", "does not speak TLS");
      Until.true_("it is closed", () -> running.server.stats().open() == 1);
      assertThat(running.server.stats()).isEqualTo(new ServerStats(2, 1, 0, 0, 0, 1, 0, 0, 0));
    }
  }

  private static void awaitClose(Socket socket) throws IOException {
    try {
      byte[] _ = socket.getInputStream().readAllBytes(); // an alert
    } catch (SocketException e) {
      // closed, too
    }
  }

  /** The other client is not under the deadline, which may be short for it too. */
  @Test
  void whoMakesNoHandshakeInItsTimeIsClosedAndTheOthersAreServed() throws Exception {
    TlsOptions quick = options().withHandshakeTimeout(Duration.ofMillis(2));
    try (Running running = new Running(style, EchoServer.Mode.GOT, quick, ServerLimits.DEFAULT)) {
      CompletableFuture<Server> plain = new CompletableFuture<>();
      running.scheduler.execute(() -> plain.complete(plainServer(running.scheduler)));
      try (Socket other = new Socket("127.0.0.1", plain.join().localAddress().getPort());
          Socket silent = running.connectPlain();
          Socket half = running.connectPlain()) {
        half.getOutputStream().write(new byte[] {22, 3, 1}); // a record begins so
        awaitClose(silent);
        awaitClose(half);
        other.getOutputStream().write("after\n".getBytes(US_ASCII));
        assertThat(other.getInputStream().readNBytes(10)).asString().isEqualTo("GOT:after\n");
      }
      Until.true_("they are gone", () -> running.server.stats().open() == 0);
      ServerStats stats = running.server.stats();
      assertThat(stats.lost() + stats.rejected()).isEqualTo(2);
      assertThat(stats.failed()).isZero();
      assertThat(stats.ended()).isZero();
      plain.join().shutdown();
    }
  }

  private Server plainServer(Scheduler scheduler) {
    try {
      return EchoServer.on(scheduler, style, EchoServer.Mode.GOT)
          .bind(List.of(Connections.ANY_PORT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aShutdownEndsHandshakesThatHaveNotEnded() throws Exception {
    ServerLimits limits = ServerLimits.DEFAULT.withDrainTimeout(ChronoUnit.FOREVER.getDuration());
    try (Running running = start(limits);
        Socket silent = running.connectPlain();
        Client served = running.connect()) {
      assertThat(served.ask("hello")).isEqualTo("GOT:hello");
      Until.true_("both are open", () -> running.server.stats().open() == 2);
      running.server.shutdown();
      awaitClose(silent);
      assertThat(served.in.readLine()).isNull();
      running.awaitEnd();
      assertThat(running.server.stats().open()).isZero();
      assertThat(running.server.stats().failed()).isZero();
    }
  }

  @Test
  void theAnswerToAnOverLongLineArrives() throws Exception {
    try (Running running = start(ServerLimits.DEFAULT.withMaxLineLength(1000));
        Client client = running.connect()) {
      client.send("short\n" + "x".repeat(100_000));
      assertThat(client.in.readLine()).isEqualTo("GOT:short");
      assertThat(client.in.readLine()).isEqualTo("ERR line too long");
      client.close();
      Until.true_("it has ended", () -> running.server.stats().open() == 0);
      assertThat(running.server.stats()).isEqualTo(new ServerStats(1, 0, 0, 0, 0, 1, 0, 0, 0));
      assertThat(running.log.atLeast(Level.INFO)).isEmpty();
    }
  }

  /** As one that is killed does: a normal end, and no stack trace. */
  @Test
  void aClientThatGoesAwayWithoutAWordIsCountedAsLostAndNotLogged() throws Exception {
    try (Running running = start(ServerLimits.DEFAULT);
        Client other = running.connect()) {
      assertThat(other.ask("before")).isEqualTo("GOT:before");
      for (int i = 0; i < 20; i++) {
        Client client = running.connect();
        assertThat(client.ask("hello")).isEqualTo("GOT:hello");
        client.plain.setSoLinger(i % 2 == 0, 0); // a reset, or an end of the connection
        client.plain.close();
      }
      Until.true_("all are lost", () -> running.server.stats().lost() == 20);
      Until.true_("one is open", () -> running.server.stats().open() == 1);
      assertThat(other.ask("after")).isEqualTo("GOT:after");
      assertThat(running.log.atLeast(Level.INFO)).isEmpty();
    }
  }
}
