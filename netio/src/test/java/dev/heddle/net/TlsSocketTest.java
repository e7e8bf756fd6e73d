package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static dev.heddle.net.Connections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.PatientTime;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** This file is long because each way in which a connection can go wrong is a test of its own. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TlsSocketTest {
  @TempDir static Path dir;

  private static Certificates certificates;
  private static TlsOptions server;
  private static TlsOptions client;

  @Parameter Kind kind;

  @BeforeAll
  static void makeCertificates() throws IOException {
    certificates = new Certificates(dir);
    Duration noLimit = Duration.ofMinutes(5); // on a machine that stands still for seconds
    server = TlsOptions.forServer(certificates.server("alpha")).withHandshakeTimeout(noLimit);
    client =
        TlsOptions.forClient(certificates.trusting("nobody", "alpha"), "alpha")
            .withHandshakeTimeout(noLimit);
  }

  private interface Two {
    void use(Awaiter co, TlsSocket near, TlsSocket far) throws Exception;
  }

  private static TlsOptions version(TlsOptions options, String version) {
    return options.withParameters(p -> p.setProtocols(new String[] {version}));
  }

  private Task<TlsSocket> serving(Awaiter co, TcpSocket far, TlsOptions options) {
    return kind.submit(
        co.task().scheduler(), "server", s -> s.await(TlsSocket.server(far, options)));
  }

  private void withTls(TlsOptions asClient, TlsOptions asServer, Two test) throws IOException {
    withTls(kind.scheduler(), asClient, asServer, test);
  }

  private void withTls(Scheduler own, TlsOptions asClient, TlsOptions asServer, Two test)
      throws IOException {
    Connections.withOne(
        kind,
        own,
        (co, near, far) -> {
          Task<TlsSocket> served = serving(co, far, asServer);
          TlsSocket encrypted = co.await(TlsSocket.client(near, asClient));
          TlsSocket other = co.await(served.join());
          test.use(co, encrypted, other);
          encrypted.close();
          other.close();
        });
  }

  private void withTls(Two test) throws IOException {
    withTls(client, server, test);
  }

  @Test
  @Holds("U3")
  void whatOneEndSendsTheOtherReceivesAndThenTheEnd() throws Exception {
    for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
      withTls(
          version(client, version),
          server,
          (co, near, far) -> {
            assertThat(near.session().getProtocol()).isEqualTo(version);
            assertThat(co.await(near.send(bytes("hello")))).isEqualTo(5);
            ByteBuffer buffer = ByteBuffer.allocate(100);
            assertThat(co.await(far.recv(buffer))).isEqualTo(5);
            assertThat(text(buffer)).isEqualTo("hello");
            assertThat(co.await(far.send(64, out -> out.put(bytes("back"))))).isEqualTo(4);
            assertThat(co.await(near.recv(buffer.clear()))).isEqualTo(4);
            assertThat(text(buffer)).isEqualTo("back");
            near.shutdownOutput();
            assertThat(co.await(far.recv(buffer.clear()))).isEqualTo(-1);
            assertThat(co.await(far.recv(buffer.clear()))).isEqualTo(-1);
            assertThatThrownBy(() -> co.await(near.send(bytes("x"))))
                .isInstanceOf(SocketClosedException.class)
                .hasMessageContaining("this side has ended its output");
          });
    }
  }

  @Test
  void afterTheEndOfItsOutputASideStillReceives() throws Exception {
    withTls(
        (co, near, far) -> {
          near.shutdownOutput();
          ByteBuffer buffer = ByteBuffer.allocate(100);
          assertThat(co.await(far.recv(buffer))).isEqualTo(-1);
          co.await(far.send(bytes("the answer")));
          far.close();
          assertThat(co.await(near.recv(buffer.clear()))).isEqualTo(10);
          assertThat(co.await(near.recv(buffer.clear()))).isEqualTo(-1);
        });
  }

  @Test
  void manyBytesComeWholeInBothDirectionsAndTheEndBehindThem() throws Exception {
    withTls(
        (co, near, far) -> {
          int size = 5 << 20;
          byte[] sent = new byte[size];
          new Random(7).nextBytes(sent);
          Scheduler scheduler = co.task().scheduler();
          for (TlsSocket end : new TlsSocket[] {near, far}) {
            kind.spawn(
                scheduler,
                "sender",
                s -> {
                  assertThat(s.await(end.send(ByteBuffer.wrap(sent)))).isEqualTo(size);
                  end.shutdownOutput(); // there may be no room for it now
                });
          }
          Task<byte[]> back = kind.submit(scheduler, "reader", s -> all(s, near, 1000));
          assertThat(all(co, far, 100_000)).isEqualTo(sent);
          assertThat(co.await(back.join())).isEqualTo(sent);
        });
  }

  /** The close has two seconds for what is left, and the reader may take longer. */
  @Test
  void aCloseBehindManyBytesLosesNoneAndIsHeardAsACleanEnd() throws Exception {
    withTls(
        kind.builder().clock(new PatientTime()).build(),
        client,
        server,
        (co, near, far) -> {
          byte[] sent = new byte[5 << 20];
          kind.spawn(
              co.task().scheduler(),
              "sender",
              s -> {
                s.await(near.send(ByteBuffer.wrap(sent)));
                near.close();
                assertThat(near.isOpen()).isFalse();
              });
          assertThat(all(co, far, 50_000)).hasSize(sent.length);
        });
  }

  private static byte[] all(Awaiter co, StreamSocket socket, int size) throws Exception {
    var received = new java.io.ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (co.await(socket.recv(buffer.clear())) >= 0) {
      received.write(buffer.array(), 0, buffer.position());
    }
    return received.toByteArray();
  }

  /** The socket is not readable any more when its last record was read. */
  @Test
  void whatIsLeftInTheBuffersIsReceivedAlthoughTheSocketHasNothingMore() throws Exception {
    withTls(
        (co, near, far) -> {
          co.await(near.send(bytes("abcdef"))); // one record
          co.await(near.send(bytes("ghi"))); // and another, in the same read
          ByteBuffer one = ByteBuffer.allocate(1);
          StringBuilder got = new StringBuilder();
          for (int i = 0; i < 9; i++) {
            co.await(far.recv(one.clear()));
            got.append(text(one));
          }
          assertThat(got).hasToString("abcdefghi");
        });
  }

  @Test
  void readersAndWritersWorkOverIt() throws Exception {
    withTls(
        (co, near, far) -> {
          SocketWriter writer = new SocketWriter(near);
          co.await(writer.writeLine("Content-Length: 5"));
          co.await(writer.write(new byte[200_000]));
          co.await(writer.writeLine("x"));
          co.await(writer.flush());
          SocketReader reader = new SocketReader(far);
          assertThat(co.await(reader.readLine(StandardCharsets.US_ASCII)))
              .isEqualTo("Content-Length: 5");
          assertThat(co.await(reader.readExactly(200_000))).hasSize(200_000);
          assertThat(co.await(reader.readLine(StandardCharsets.US_ASCII))).isEqualTo("x");
          near.close();
          assertThat(co.await(reader.readLine())).isNull();
        });
  }

  @Test
  @Holds("U3")
  void aConnectionThatIsCutIsToldApartFromACleanEnd() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Task<TlsSocket> served = serving(co, far, server);
          TlsSocket encrypted = co.await(TlsSocket.client(near, client));
          TlsSocket other = co.await(served.join());
          co.await(encrypted.send(bytes("a part")));
          near.close(); // beneath the encryption
          ByteBuffer buffer = ByteBuffer.allocate(100);
          assertThat(co.await(other.recv(buffer))).isEqualTo(6);
          assertThatThrownBy(() -> co.await(other.recv(buffer)))
              .isInstanceOf(TlsTruncatedException.class)
              .hasMessageContaining("was cut: the peer has not said that it ends");
          assertThatThrownBy(() -> co.await(other.recv(buffer)))
              .isInstanceOf(TlsTruncatedException.class);
        });
  }

  @Test
  void bytesThatWereChangedOnTheWayAreAnError() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Task<TlsSocket> served = serving(co, far, server);
          TlsSocket encrypted = co.await(TlsSocket.client(near, client));
          TlsSocket other = co.await(served.join());
          co.await(
              near.send(
                  ByteBuffer.wrap(
                      new byte[] {
                        23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
                        18, 19, 20
                      })));
          assertThatThrownBy(() -> co.await(other.recv(ByteBuffer.allocate(100))))
              .isInstanceOf(SSLException.class)
              .hasMessageStartingWith("connection from 127.0.0.1:");
          assertThat(encrypted.isOpen()).isTrue();
        });
  }

  private void handshakeFails(
      TlsOptions asClient, TlsOptions asServer, String clientSays, String serverSays)
      throws IOException {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Task<TlsSocket> served = serving(co, far, asServer);
          assertThatThrownBy(
                  () -> {
                    TlsSocket made = co.await(TlsSocket.client(near, asClient));
                    int _ = co.await(made.recv(ByteBuffer.allocate(1)));
                  })
              .isInstanceOf(SSLException.class)
              .hasMessageContaining(clientSays);
          assertThatThrownBy(() -> co.await(served.join()))
              .isInstanceOf(SSLHandshakeException.class)
              .hasMessageStartingWith("TLS handshake with connection from 127.0.0.1:")
              .hasMessageContaining(serverSays);
          assertThat(far.isOpen()).isFalse();
        });
  }

  @Test
  @Holds("U4")
  void aCertificateThatIsNotTrustedEndsTheConnectionAndBothAreTold() throws Exception {
    SSLContext other = certificates.trusting("nobody", "beta");
    handshakeFails(
        TlsOptions.forClient(other, "alpha"),
        server,
        "unable to find valid",
        "certificate_unknown");
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() throws Exception {
    SSLContext trusts = certificates.trusting("nobody", "alpha");
    handshakeFails(TlsOptions.forClient(trusts, "gamma"), server, "gamma", "certificate_unknown");
  }

  @Test
  void protocolsAreAgreedOnAndNoneInCommonIsRefused() throws Exception {
    withTls(
        client.withApplicationProtocols("http/1.1", "h2"),
        server.withApplicationProtocols("h2", "http/1.1"),
        (co, near, far) -> {
          assertThat(near.applicationProtocol()).isEqualTo("h2");
          assertThat(far.applicationProtocol()).isEqualTo("h2");
        });
    withTls((co, near, far) -> assertThat(near.applicationProtocol()).isEmpty());
    handshakeFails(
        client.withApplicationProtocols("spdy"),
        server.withApplicationProtocols("h2"),
        "no_application_protocol",
        "No matching application layer protocol");
  }

  private static String peerOf(TlsSocket socket) throws SSLPeerUnverifiedException {
    var certificate = (X509Certificate) socket.session().getPeerCertificates()[0];
    return certificate.getSubjectX500Principal().getName();
  }

  @Test
  void aServerHasACertificateForEachNameThatClientsAskFor() throws Exception {
    SSLContext beta = certificates.server("beta");
    SSLContext trusts = certificates.trusting("nobody", "alpha", "beta");
    TlsOptions both = server.withContextsByName(name -> name.equals("beta") ? beta : null);
    for (String name : new String[] {"alpha", "beta"}) {
      withTls(
          TlsOptions.forClient(trusts, name),
          both,
          (co, near, far) -> assertThat(peerOf(near)).isEqualTo("CN=" + name));
    }
    withTls(
        TlsOptions.forClient(trusts, "127.0.0.1"), // an address is not told as a name
        both,
        (co, near, far) -> assertThat(peerOf(near)).isEqualTo("CN=alpha"));
  }

  @Test
  void aServerAsksForClientCertificates() throws Exception {
    SSLContext knowsBeta = certificates.trusting("alpha", "beta");
    TlsOptions asks = TlsOptions.forServer(knowsBeta).withClientAuth(TlsOptions.ClientAuth.WANT);
    TlsOptions needs = asks.withClientAuth(TlsOptions.ClientAuth.NEED);
    TlsOptions beta = TlsOptions.forClient(certificates.trusting("beta", "alpha"), "alpha");
    withTls(beta, needs, (co, near, far) -> assertThat(peerOf(far)).isEqualTo("CN=beta"));
    withTls(
        client,
        asks,
        (co, near, far) ->
            assertThatThrownBy(() -> peerOf(far)).isInstanceOf(SSLPeerUnverifiedException.class));
    handshakeFails(client, needs, "certificate_required", "Empty client certificate chain");
  }

  @Test
  void aNewCertificateIsUsedFromTheNextConnectionOn() throws Exception {
    SSLContext trusts = certificates.trusting("nobody", "alpha", "beta");
    TlsOptions any = TlsOptions.forClient(trusts, "localhost");
    AtomicReference<SSLContext> current = new AtomicReference<>(certificates.server("alpha"));
    TlsOptions reloads = TlsOptions.forServer(current::get);
    withTls(any, reloads, (co, near, far) -> assertThat(peerOf(near)).isEqualTo("CN=alpha"));
    current.set(certificates.server("beta"));
    withTls(any, reloads, (co, near, far) -> assertThat(peerOf(near)).isEqualTo("CN=beta"));
  }

  @Test
  @Holds("U4")
  void plainTextOnTheTlsPortEndsThatConnectionWithOneLine() throws Exception {
    for (TlsOptions options : new TlsOptions[] {server, server.withContextsByName(name -> null)}) {
      Connections.withOne(
          kind,
          (co, near, far) -> {
            co.await(near.send(bytes("GET / HTTP/1.1\r\n\r\n")));
            assertThatThrownBy(() -> co.await(TlsSocket.server(far, options)))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageMatching(
                    "TLS handshake with connection from \\S+ failed: the peer does not speak TLS");
            assertThat(far.isOpen()).isFalse();
          });
    }
  }

  @Test
  @Holds("U4")
  void aPeerThatVanishesInTheHandshakeEndsThatConnection() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Task<TlsSocket> served = serving(co, far, server);
          co.await(near.send(ByteBuffer.wrap(new byte[] {22, 3, 1, 2, 0, 1})));
          co.await(Task.yield());
          near.close();
          assertThatThrownBy(() -> co.await(served.join()))
              .isInstanceOf(SSLHandshakeException.class)
              .hasMessageEndingWith("failed: the peer has ended the connection");
        });
  }

  @Test
  @Holds("U4")
  void aPeerThatIsSilentInTheHandshakeIsCutAtTheDeadline() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          TlsOptions hasty = server.withHandshakeTimeout(Duration.ofNanos(1));
          assertThatThrownBy(() -> co.await(TlsSocket.server(far, hasty)))
              .isInstanceOf(SocketTimedOutException.class)
              .hasMessageContaining("TLS handshake with connection from")
              .hasMessageEndingWith("was not over after PT0.000000001S");
          assertThat(far.isOpen()).isFalse();
          assertThat(co.await(near.recv(ByteBuffer.allocate(1)))).isEqualTo(-1);
        });
  }

  @Test
  void aCancelledHandshakeClosesTheConnectionAndNobodyElseReadsMeanwhile() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Task<TlsSocket> served = serving(co, far, server);
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(far.recv(ByteBuffer.allocate(1))))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'server' waits already for the TLS handshake with");
          served.cancel("enough");
          co.await(Task.yield());
          co.await(Task.yield());
          assertThat(far.isOpen()).isFalse();
        });
  }

  @Test
  void closingTheConnectionEndsAHandshakeThatWaits() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Task<TlsSocket> served = serving(co, far, server);
          co.await(Task.yield());
          far.close("the server shuts down");
          assertThatThrownBy(() -> co.await(served.join()))
              .isInstanceOf(SocketClosedException.class)
              .hasMessageEndingWith("is closed: the server shuts down");
        });
  }

  /** S7. */
  @Test
  @Holds("S7")
  void aSecondReaderGetsAnErrorThatNamesTheFirstAndACloseTellsTheFirst() throws Exception {
    withTls(
        (co, near, far) -> {
          Task<Integer> first =
              kind.submit(
                  co.task().scheduler(), "first", s -> s.await(far.recv(ByteBuffer.allocate(9))));
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(far.recv(ByteBuffer.allocate(9))))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'first' waits already for bytes from");
          far.close("not needed");
          assertThatThrownBy(() -> co.await(first.join()))
              .isInstanceOf(SocketClosedException.class)
              .hasMessageEndingWith("is closed: not needed");
        });
  }

  @Test
  void finishReadingGivesWhatHasArrivedAndThenTheEnd() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Task<TlsSocket> served = serving(co, far, server);
          TlsSocket encrypted = co.await(TlsSocket.client(near, client));
          TlsSocket other = co.await(served.join());
          co.await(encrypted.send(bytes("last")));
          co.await(far.readable()); // beneath the encryption: so it has arrived, and was not read
          other.finishReading();
          ByteBuffer buffer = ByteBuffer.allocate(10);
          assertThat(co.await(other.recv(buffer))).isEqualTo(4);
          assertThat(co.await(other.recv(buffer))).isEqualTo(-1);
          encrypted.close();
          other.close();
        });
  }

  /** Whatever comes, the handshake ends with an error of the connection. */
  @Test
  void randomBytesOnTheTlsPortEndThatConnectionOnly() throws Exception {
    TlsOptions byName = server.withContextsByName(name -> null);
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      byte[] junk = new byte[1 + random.nextInt(600)];
      random.nextBytes(junk);
      if (seed % 3 != 0) { // the beginning of a real one
        byte[] start = {22, 3, 1, 1, (byte) random.nextInt(8), 1, 0, (byte) random.nextInt(3)};
        System.arraycopy(start, 0, junk, 0, Math.min(start.length, junk.length));
      }
      TlsOptions options = seed % 2 == 0 ? server : byName;
      Connections.withOne(
          kind,
          (co, near, far) -> {
            co.await(near.send(ByteBuffer.wrap(junk)));
            near.shutdownOutput();
            assertThatThrownBy(() -> co.await(TlsSocket.server(far, options)))
                .isInstanceOf(SSLHandshakeException.class);
            assertThat(far.isOpen()).isFalse();
          });
    }
  }

  @Test
  void mistakesInTheOptionsGetAnErrorOfOneLine() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          assertThatThrownBy(() -> TlsSocket.client(near, server))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage("TLS for a server, and it is to be a client");
          var again = TlsSocket.server(far, server.withHandshakeTimeout(Duration.ofNanos(1)));
          assertThatThrownBy(() -> co.await(again)).isInstanceOf(SocketTimedOutException.class);
          assertThatThrownBy(() -> co.await(again)).hasMessageContaining("was begun already");
        });
    assertThatThrownBy(() -> client.withClientAuth(TlsOptions.ClientAuth.NEED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("client certificates are for servers to ask for");
    assertThatThrownBy(() -> server.withHandshakeTimeout(Duration.ZERO))
        .hasMessage("handshake timeout PT0S: must be positive");
    assertThatThrownBy(() -> server.withApplicationProtocols(""))
        .hasMessage("application protocol '': must have 1 to 255 bytes");
    Path none = dir.resolve("none.p12");
    assertThatThrownBy(() -> TlsOptions.contextOf(none, Certificates.PASSWORD))
        .isInstanceOf(IOException.class)
        .hasMessage("key store " + none + ": there is no such file");
    Path store = certificates.keyStore("alpha");
    assertThatThrownBy(() -> TlsOptions.contextOf(store, "wrong".toCharArray()))
        .hasMessageStartingWith("key store " + store + ": the password is wrong");
    Path junk = Files.writeString(dir.resolve("junk.p12"), "no key store at all");
    assertThatThrownBy(() -> TlsOptions.contextOf(junk, Certificates.PASSWORD))
        .hasMessage(
            "key store " + junk + ": it is damaged, or no key store of the format PKCS12 or JKS");
  }

  @Test
  void opensslTalksToIt() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "no openssl here");
    try (Scheduler scheduler = kind.scheduler();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      Process process =
          new ProcessBuilder(
                  "/usr/bin/openssl",
                  "s_client",
                  "-quiet",
                  "-no_ign_eof",
                  "-servername",
                  "alpha",
                  "-connect",
                  "127.0.0.1:" + listener.localAddress().getPort())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().write("a line from openssl\n".getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      kind.spawn(
          scheduler,
          "server",
          co -> {
            TcpSocket plain = co.await(listener.accept());
            TlsOptions byName = server.withContextsByName(name -> null);
            TlsSocket socket = co.await(TlsSocket.server(plain, byName));
            byte[] line = Objects.requireNonNull(co.await(new SocketReader(socket).readLine()));
            co.await(socket.send(ByteBuffer.wrap(line)));
            socket.close();
          });
      scheduler.run();
      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("a line from openssl\n");
      assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
    }
  }
}
