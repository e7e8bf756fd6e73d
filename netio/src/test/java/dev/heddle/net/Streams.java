package dev.heddle.net;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Connections over TCP, over Unix-domain sockets and over TLS, with both ends in one scheduler: the
 * parameter of suites about what all of these have.
 *
 * @param kind of the tasks
 * @param carrier what carries the bytes
 */
record Streams(Kind kind, Carrier carrier) {
  enum Carrier {
    TCP,
    UNIX,
    TLS
  }

  /** The two ends of one connection; what is sent at the one is received at the other. */
  record Pair(StreamSocket near, StreamSocket far) {}

  /** What a test does with the two ends of a connection. */
  interface One {
    void use(Awaiter co, StreamSocket near, StreamSocket far) throws Exception;
  }

  /** What a test does with two connections. */
  interface Two {
    void use(Awaiter co, Pair a, Pair b) throws Exception;
  }

  /** Each carrier, with each kind of tasks. */
  static Stream<Streams> all() {
    return Arrays.stream(Carrier.values())
        .flatMap(carrier -> Kind.all().map(kind -> new Streams(kind, carrier)));
  }

  /** On a machine that stands still for seconds. */
  private static final Duration NO_LIMIT = Duration.ofMinutes(5);

  /** Of TLS; made once for all suites, as the JDK's keytool takes its time. */
  private static TlsOptions @Nullable [] options;

  static synchronized TlsOptions[] options() throws IOException {
    TlsOptions[] made = options;
    if (made == null) {
      Path folder = Files.createTempDirectory("certificates");
      try {
        Certificates certificates = new Certificates(folder);
        made =
            new TlsOptions[] {
              TlsOptions.forClient(certificates.trusting("nobody", "alpha"), "alpha")
                  .withHandshakeTimeout(NO_LIMIT),
              TlsOptions.forServer(certificates.server("alpha")).withHandshakeTimeout(NO_LIMIT)
            };
      } finally {
        delete(folder);
      }
      options = made;
    }
    return made;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Runs the test in a task named {@code test}; after it nobody may be left waiting. */
  void withOne(One test) throws IOException {
    withOne(kind.scheduler(), test);
  }

  /** In a scheduler of the test's own, which is closed then. */
  void withOne(Scheduler own, One test) throws IOException {
    run(
        own,
        (co, connector) -> {
          Pair pair = connector.open(co);
          test.use(co, pair.near, pair.far);
          close(pair);
        });
  }

  void withTwo(Two test) throws IOException {
    run(
        kind.scheduler(),
        (co, connector) -> {
          Pair a = connector.open(co);
          Pair b = connector.open(co);
          test.use(co, a, b);
          close(a);
          close(b);
        });
  }

  private interface Connector {
    Pair open(Awaiter co) throws Exception;
  }

  private interface Connecting {
    void use(Awaiter co, Connector connector) throws Exception;
  }

  private void run(Scheduler own, Connecting test) throws IOException {
    TlsOptions[] _ = options();
    Path folder = Files.createTempDirectory("s");
    UnixDomainSocketAddress path = UnixDomainSocketAddress.of(folder.resolve("s"));
    boolean isUnix = carrier == Carrier.UNIX;
    try (Scheduler scheduler = own;
        TcpListener listener =
            isUnix ? TcpListener.bind(path) : TcpListener.bind(Connections.ANY_PORT)) {
      SocketAddress bound = isUnix ? path : listener.localAddress();
      kind.spawn(scheduler, "test", co -> test.use(co, opener -> connect(opener, listener, bound)));
      scheduler.run();
      Waits.assertNoneIsLeft(kind, scheduler);
    } finally {
      delete(folder);
    }
  }

  private Pair connect(Awaiter co, TcpListener listener, SocketAddress address) throws Exception {
    TcpSocket near = co.await(TcpSocket.connect(address));
    TcpSocket far = co.await(listener.accept());
    for (TcpSocket end : List.of(near, far)) { // so that little is sent before there is no room
      end.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 16);
      end.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 18); // less, and loopback stands still
      end.setLinger(NO_LIMIT);
    }
    return carrier == Carrier.TLS ? secured(co, near, far) : new Pair(near, far);
  }

  /** TLS over the two ends of a connection. */
  Pair secured(Awaiter co, TcpSocket near, TcpSocket far) throws Exception {
    Task<TlsSocket> accepts =
        kind.submit(
            co.task().scheduler(), "server", s -> s.await(TlsSocket.server(far, options()[1])));
    TlsSocket client = co.await(TlsSocket.client(near, options()[0]));
    return new Pair(client, co.await(accepts.join()));
  }

  private static void close(Pair pair) {
    for (StreamSocket end : List.of(pair.near, pair.far)) {
      end.close();
    }
  }

  @Override
  public String toString() {
    return carrier + ", " + kind;
  }
}
