package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Row 18: clients of a TLS port that send what no client should: bytes at random, first messages
 * and records that were cut or changed, in pieces. Each gets an end of its connection, in one line
 * of the log at most, and nothing is left. {@code -Dheddle.tls.cases=1000000} for so many
 * connections of each kind of end; {@code -Dheddle.tls.seed} for others than those of the last run.
 *
 * <p>They connect to a Unix-domain socket: there are not enough ports for a million.
 *
 * <p>This file is long because it has a client and a server of its own, which do it wrong.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
class TlsFuzzTest {
  private static final int CASES = Integer.getInteger("heddle.tls.cases", 1500);
  private static final long SEED = Long.getLong("heddle.tls.seed", System.nanoTime());
  private static final int CLIENTS = 8;
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  /** How the client goes after its bytes. */
  enum End {
    /** It ends its output, and reads what comes. */
    HALF_CLOSE,
    /** It is gone. */
    CLOSE
  }

  @TempDir private static Path folder;

  private static SSLContext context;
  private static SSLContext trusting;
  private static List<byte[]> hellos;

  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger next = new AtomicInteger();

  @BeforeAll
  static void makeCertificates() throws IOException {
    ChaosTest.useOneSocket();
    Certificates certificates = new Certificates(folder);
    context = certificates.server("alpha");
    trusting = certificates.trusting("nobody", "alpha");
    hellos = List.of(hello("TLSv1.3"), hello("TLSv1.2"), hello("TLSv1.3", "TLSv1.2"));
  }

  private static SSLEngine client(String... versions) {
    SSLEngine engine = trusting.createSSLEngine("alpha", 0);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(versions);
    parameters.setServerNames(List.of(new SNIHostName("alpha")));
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** The first record of a client. */
  private static byte[] hello(String... versions) throws IOException {
    SSLEngine engine = client(versions);
    engine.beginHandshake();
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    assertThat(engine.wrap(NONE, out).bytesProduced()).isPositive();
    return Arrays.copyOf(out.array(), out.position());
  }

  // What is sent.

  private static byte[] bytes(Random random) {
    byte[] hello = hellos.get(random.nextInt(hellos.size()));
    return switch (random.nextInt(8)) {
      case 0 -> random(random, 1 + random.nextInt(600));
      case 1 -> record(random.nextInt(30), random(random, random.nextInt(600)));
      case 2 -> record(20 + random.nextInt(5), random(random, random.nextInt(40)));
      case 3 -> Arrays.copyOf(hello, random.nextInt(hello.length));
      case 4 -> inRecords(hello, random);
      case 5 -> joined(changed(hello, random), random(random, random.nextInt(100)));
      default -> changed(hello, random);
    };
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] record(int type, byte[] content) {
    byte[] head = {(byte) type, 3, 3, (byte) (content.length >> 8), (byte) content.length};
    return joined(head, content);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** The same message in several records, which may be cut or changed. */
  private static byte[] inRecords(byte[] hello, Random random) {
    byte[] all = {};
    for (int at = 5; at < hello.length; ) {
      int length = Math.min(hello.length - at, random.nextInt(hello.length));
      all = joined(all, record(22, Arrays.copyOfRange(hello, at, at + length)));
      at += Math.max(1, length);
    }
    return random.nextBoolean() ? changed(all, random) : all;
  }

  private static byte[] changed(byte[] bytes, Random random) {
    byte[] changed = bytes.clone();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(changed.length);
      changed[at] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) (changed[at] ^ (1 << random.nextInt(8)));
            case 1 -> 0;
            case 2 -> -1;
            default -> (byte) random.nextInt(256);
          };
    }
    return changed;
  }

  // The clients.

  private static void send(SocketChannel to, byte[] bytes, Random random) throws IOException {
    int pieces = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
    ByteBuffer left = ByteBuffer.wrap(bytes);
    for (; pieces > 0 && left.hasRemaining(); pieces--) {
      left.limit(left.position() + random.nextInt(left.remaining() + 1));
      while (left.hasRemaining()) {
        to.write(left);
      }
      left.limit(bytes.length);
    }
    while (left.hasRemaining()) {
      to.write(left);
    }
  }

  /** Returns how many bytes came before the end. */
  private static int readToEnd(SocketChannel from) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    int all = 0;
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer.clear())) {
      all += count;
    }
    return all;
  }

  private void play(Server server, UnixDomainSocketAddress address, End end) {
    for (int i = next.getAndIncrement(); i < CASES; i = next.getAndIncrement()) {
      if (i % 64 == 0) { // those who do not wait for their end are quicker than any server
        Until.true_("the server keeps up", () -> server.stats().open() < 1000);
      }
      Random random = new Random(SEED + i);
      byte[] bytes = i < hellos.getFirst().length ? truncated(i) : bytes(random);
      try (SocketChannel channel = SocketChannel.open(address)) {
        send(channel, bytes, random);
        if (end == End.HALF_CLOSE) {
          channel.shutdownOutput();
          int _ = readToEnd(channel); // for ever, if it is forgotten
        }
      } catch (IOException e) {
        // it is cut, as it deserves
      } catch (Throwable thrown) {
        failure.compareAndSet(null, new AssertionError("seed " + SEED + ", case " + i, thrown));
        return;
      }
    }
  }

  /** None may be forgotten: the test would wait for ever for its end. */
  private void awaitEnd(Thread client) throws InterruptedException {
    int before;
    do {
      before = next.get();
    } while (!client.join(Duration.ofSeconds(30)) && next.get() != before);
    assertThat(client.isAlive()).as("seed %s: no connection ends", SEED).isFalse();
  }

  /** The first cases end at every point of a first message. */
  private static byte[] truncated(int length) {
    return Arrays.copyOf(hellos.getFirst(), length);
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void whateverIsSentToATlsPortEndsThatConnectionAndNothingIsLeft(End end) throws Exception {
    withServer(
        (server, address) -> {
          List<Thread> clients = new ArrayList<>();
          for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofPlatform().start(() -> play(server, address, end)));
          }
          for (Thread client : clients) {
            awaitEnd(client);
          }
          return CASES;
        });
  }

  /** Records that are cut or changed after a handshake which was right. */
  @Test
  void whateverIsSentAfterAHandshakeEndsThatConnectionAndNothingIsLeft() throws Exception {
    int cases = Math.max(60, CASES / 100);
    withServer(
        (server, address) -> {
          Thread client = Thread.ofPlatform().start(() -> playAfterHandshakes(address, cases));
          awaitEnd(client);
          return cases;
        });
  }

  private void playAfterHandshakes(UnixDomainSocketAddress address, int cases) {
    for (int i = next.getAndIncrement(); i < cases; i = next.getAndIncrement()) {
      Random random = new Random(SEED + i);
      try (SocketChannel channel = SocketChannel.open(address)) {
        SSLEngine engine = client(i % 2 == 0 ? "TLSv1.3" : "TLSv1.2");
        shakeHands(engine, channel, bytes -> bytes);
        send(channel, afterHandshake(engine, random), random);
        channel.shutdownOutput();
        int _ = readToEnd(channel);
      } catch (IOException e) {
        // it is cut, as it deserves
      } catch (Throwable thrown) {
        failure.compareAndSet(null, new AssertionError("seed " + SEED + ", case " + i, thrown));
        return;
      }
    }
  }

  private static byte[] afterHandshake(SSLEngine engine, Random random) throws IOException {
    byte[] line = wrapped(engine, "hello\n".getBytes(US_ASCII));
    byte[] other = wrapped(engine, random(random, 1 + random.nextInt(2000))); // none wraps to none
    return switch (random.nextInt(6)) {
      case 0 -> joined(line, changed(other, random));
      case 1 -> joined(line, Arrays.copyOf(other, random.nextInt(other.length)));
      case 2 -> joined(other, line); // in the wrong order
      case 3 -> joined(line, line); // again
      case 4 -> joined(line, record(20 + random.nextInt(5), random(random, random.nextInt(300))));
      default -> joined(line, random(random, random.nextInt(300)));
    };
  }

  private static byte[] wrapped(SSLEngine engine, byte[] content) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    assertThat(engine.wrap(ByteBuffer.wrap(content), out).getStatus())
        .isEqualTo(SSLEngineResult.Status.OK);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** What is done to bytes on their way; it may throw, and the connection ends. */
  private interface Spoiler {
    byte[] apply(byte[] bytes) throws IOException;
  }

  private static void shakeHands(SSLEngine engine, SocketChannel channel, Spoiler spoiler)
      throws IOException {
    ByteBuffer in = ByteBuffer.allocate(40_000).flip();
    ByteBuffer out = ByteBuffer.allocate(40_000);
    engine.beginHandshake();
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> {
          assertThat(engine.wrap(NONE, out.clear()).bytesProduced()).isPositive();
          byte[] spoiled = spoiler.apply(Arrays.copyOf(out.array(), out.position()));
          send(channel, spoiled, new Random(1));
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (engine.unwrap(in, out.clear()).getStatus()
              == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
            in.compact();
            int count = channel.read(in);
            in.flip();
            if (count < 0) {
              throw new EOFException();
            }
          }
        }
        case NOT_HANDSHAKING, FINISHED -> {
          return;
        }
      }
    }
  }

  /** A server that spoils what it says, once, and goes. */
  private static void serveBadly(ServerSocketChannel listener, Random random) throws IOException {
    try (SocketChannel channel = listener.accept()) {
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(false);
      shakeHands(
          engine,
          channel,
          bytes -> {
            if (random.nextInt(6) == 0) {
              int most = random.nextInt(bytes.length);
              send(
                  channel,
                  random.nextBoolean() ? changed(bytes, random) : cut(bytes, most),
                  random);
              throw new EOFException("spoiled");
            }
            return bytes;
          });
      send(channel, afterHandshake(engine, random), random);
    } catch (EOFException | SSLException e) {
      // it has, or its client has found out
    }
  }

  private static byte[] cut(byte[] bytes, int most) {
    return Arrays.copyOf(bytes, most);
  }

  private static void talkTo(Awaiter co, UnixDomainSocketAddress address, TlsOptions options)
      throws TimeoutException {
    try (TcpSocket plain = co.await(TcpSocket.connect(address));
        TlsSocket socket = co.await(TlsSocket.client(plain, options))) {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      while (co.await(socket.recv(buffer.clear()).within(Duration.ofSeconds(30))) >= 0) {
        co.await(socket.send(ByteBuffer.wrap(new byte[10])));
      }
    } catch (IOException e) {
      // as it must be
    }
  }

  @Test
  void whateverAServerSaysEndsTheClientsConnectionAndNothingIsLeft() throws Exception {
    int cases = Math.max(150, CASES / 100);
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("bad"));
    TlsOptions options = TlsOptions.forClient(trusting, "alpha");
    long sockets = DescriptorsTest.sockets();
    try (ServerSocketChannel listener =
            ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        Scheduler scheduler = Scheduler.create()) {
      Thread server = Thread.ofPlatform().start(() -> serveAll(listener, cases));
      AtomicInteger ended = new AtomicInteger();
      scheduler.spawn(
          co -> {
            for (int i = 0; i < cases; i++) {
              talkTo(co, address, options);
              ended.incrementAndGet();
            }
          });
      scheduler.run();
      server.join();
      assertThat(failure.get()).isNull();
      assertThat(ended.get()).isEqualTo(cases);
    }
    assertThat(DescriptorsTest.sockets()).isLessThanOrEqualTo(sockets);
  }

  private void serveAll(ServerSocketChannel listener, int cases) {
    for (int i = 0; i < cases; i++) {
      try {
        serveBadly(listener, new Random(SEED + i));
      } catch (IOException e) {
        // the client has gone
      } catch (Throwable thrown) {
        failure.compareAndSet(null, new AssertionError("seed " + SEED + ", case " + i, thrown));
      }
    }
  }

  /** Only the engine judges: what looks for the name in front of it takes all bytes as they are. */
  @Test
  void theNameInAFirstMessageIsReadOrThereIsNoneWhateverTheBytes() {
    SSLEngine engine = client("TLSv1.3");
    AtomicReference<String> name = new AtomicReference<>();
    for (byte[] hello : hellos) {
      for (int length = 0; length < hello.length; length++) {
        ByteBuffer part = ByteBuffer.wrap(hello, 0, length);
        assertThat(ClientHello.engineFor(part, found -> engine)).as("%s bytes", length).isNull();
      }
      assertThat(ClientHello.engineFor(ByteBuffer.wrap(hello), found -> noted(name, found, engine)))
          .isSameAs(engine);
      assertThat(name.get()).isEqualTo("alpha");
    }
    for (int i = 0; i < 20 * CASES; i++) {
      byte[] bytes = bytes(new Random(SEED + i));
      ByteBuffer received = ByteBuffer.wrap(bytes);
      name.set(null);
      try {
        SSLEngine _ = ClientHello.engineFor(received, found -> noted(name, found, engine));
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + SEED + ", case " + i, e);
      }
      assertThat(received.remaining()).isEqualTo(bytes.length);
      assertThat(name.get() == null ? -1 : name.get().length()).isLessThan(bytes.length);
    }
  }

  private static SSLEngine noted(AtomicReference<String> name, String found, SSLEngine engine) {
    name.set(found);
    return engine;
  }

  // The server.

  private interface Use {
    /** Returns how many have connected. */
    int by(Server server, UnixDomainSocketAddress address) throws Exception;
  }

  private void withServer(Use clients) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("tls"));
    long sockets = DescriptorsTest.sockets();
    try (LogRecords log = new LogRecords("dev.heddle");
        Scheduler scheduler = Scheduler.create()) {
      Server server =
          EchoServer.on(scheduler, EchoServer.Style.COROUTINE, EchoServer.Mode.GOT)
              .tls(
                  TlsOptions.forServer(context)
                      .withContextsByName(name -> context)
                      .withHandshakeTimeout(Duration.ofHours(1))) // it must not need that
              .bind(List.of(address));
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      int connected = clients.by(server, address);
      assertThat(failure.get()).isNull();
      Until.true_(
          "all have ended: " + server.stats(), () -> server.stats().accepted() == connected);
      Until.true_("all have ended: " + server.stats(), () -> server.stats().open() == 0);
      ServerStats stats = server.stats();
      assertThat(stats.failed()).as("seed %s: %s", SEED, stats).isZero();
      assertThat(stats.pendingInput()).isZero();
      assertThat(log.atLeast(Level.INFO)).allMatch(r -> r.getThrown() == null);
      assertOnlyTheAcceptorIsLeft(scheduler);
      assertQuiet(scheduler);
      System.out.println("TLS: seed " + SEED + ", " + connected + " connections, " + stats);
      server.shutdown();
      loop.join();
    }
    assertThat(DescriptorsTest.sockets()).isLessThanOrEqualTo(sockets);
  }

  /** And the task that asks. */
  private static void assertOnlyTheAcceptorIsLeft(Scheduler scheduler) throws Exception {
    assertThat(scheduler.call(() -> scheduler.tasks().size())).isEqualTo(2);
  }

  /** A loop that spins for one that is gone polls much more often than it is asked. */
  private void assertQuiet(Scheduler scheduler) throws Exception {
    long before = polls(scheduler);
    long after = before;
    for (int i = 0; i < 50; i++) {
      after = polls(scheduler);
    }
    assertThat(after - before).isLessThan(1000);
  }

  private static long polls(Scheduler scheduler) throws Exception {
    String text = scheduler.call(() -> Reactor.of(scheduler).toString());
    Matcher polls = Pattern.compile("(\\d+) polls").matcher(text);
    assertThat(polls.find()).isTrue();
    return Long.parseLong(polls.group(1));
  }
}
