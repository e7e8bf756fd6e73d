package dev.heddle.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.TlsOptions;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.link.LinkFrame.Hello;
import dev.heddle.transport.link.LinkFrame.Numbered;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that are no links, or bad ones; and encrypted links. */
class LinkPeersTest {
  private static final Address QUEUE = Address.queue("q");
  private static final LinkOptions OPTIONS =
      LinkOptions.DEFAULT.withLimits(new TransportLimits(100, 4, 3, 100)).withMaxLinks(3);
  private static final UUID NOBODY = new UUID(0, 0);

  private static TcpListener bind() throws Exception {
    return TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
  }

  private static ByteBuffer bytes(LinkFrame... frames) {
    ByteBuffer all = ByteBuffer.allocate(10_000);
    for (LinkFrame frame : frames) {
      all.put(LinkFrame.encode(frame));
    }
    return all.flip();
  }

  private static Hello hello(UUID session) {
    return new Hello(session, UUID.randomUUID(), NOBODY, 0, 4, 100);
  }

  private static Numbered message(long number, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return new Numbered(
        number, new LinkFrame.Message(number, QUEUE, "id" + number, false, 0, body));
  }

  /** Sends bytes by hand, and reads until the other side ends the connection. */
  private static void send(Awaiter co, LinkListener links, ByteBuffer bytes) throws Exception {
    try (TcpSocket socket = co.await(TcpSocket.connect(links.localAddress()))) {
      co.await(socket.send(bytes));
      ByteBuffer in = ByteBuffer.allocate(10_000);
      while (co.await(socket.recv(in.clear())) >= 0) {}
    } catch (java.io.IOException e) {
      // reset
    }
  }

  @Test
  void whoIsNoLinkIsRefusedInOneLineAndTheOthersDoNotNotice() throws Exception {
    Scheduler.run(
        co -> {
          LinkListener links = LinkListener.open(Scheduler.current(), bind(), OPTIONS);
          LinkTransport good =
              LinkTransport.connect(Scheduler.current(), links.localAddress(), OPTIONS);
          LinkTransport there = co.await(links.accept());
          MessageReceiver receiver = there.receiver(QUEUE, 1);

          send(
              co,
              links,
              ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
          assertThat(links.lastRefusal())
              .isEqualTo("a frame of a link has 1195725856 bytes: must be 1 to 5000");
          send(co, links, ByteBuffer.wrap(new byte[] {0, 0, 0, 0}));
          assertThat(links.lastRefusal()).endsWith("has 0 bytes: must be 1 to 5000");
          send(co, links, bytes(new LinkFrame.Received(1)));
          assertThat(links.lastRefusal()).endsWith("did not say hello first");
          send(
              co, links, bytes(new Hello(UUID.randomUUID(), UUID.randomUUID(), NOBODY, 0, 5, 100)));
          assertThat(links.lastRefusal())
              .isEqualTo(
                  "the peer has a window of 5 and messages of 100 bytes: must be 4 and 100, as"
                      + " here");
          assertThat(links.refused()).isEqualTo(4);

          co.await(good.put(QUEUE, new byte[1]));
          assertThat(co.await(receiver.receive())).isInstanceOf(Delivery.class);
          links.close();
          good.close();
        });
  }

  @Test
  void aPeerThatSendsMoreThanTheWindowOrAFrameTwiceLosesItsConnection() throws Exception {
    Scheduler.run(
        co -> {
          LinkListener links = LinkListener.open(Scheduler.current(), bind(), OPTIONS);
          LinkFrame[] frames = new LinkFrame[6];
          frames[0] = hello(UUID.randomUUID());
          for (int i = 1; i < frames.length; i++) {
            frames[i] = message(i, "m");
          }
          send(co, links, bytes(frames));
          LinkTransport link = co.await(links.accept());
          assertThat(link.stats().lastFailure())
              .isEqualTo("5 messages to queue 'q' are under way: must be 0 to 4");
          assertThat(link.stats().held()).isEqualTo(4);

          send(co, links, bytes(hello(UUID.randomUUID()), message(2, "m")));
          assertThat(co.await(links.accept()).stats().lastFailure())
              .isEqualTo("a frame has the number 2: must be 1 or less");
          Hello again = hello(UUID.randomUUID());
          send(co, links, bytes(again, again));
          assertThat(co.await(links.accept()).stats().lastFailure()).endsWith("said hello twice");
          send(co, links, bytes(hello(UUID.randomUUID())));
          assertThat(links.lastRefusal()).isEqualTo("a new link is one too many: 3 of 3");
          links.close();
        });
  }

  @Test
  void framesArriveInWhateverPiecesTheyCome() throws Exception {
    byte[] whole = new byte[bytes(hello(NOBODY), message(1, "one"), message(2, "two")).limit()];
    Scheduler.run(
        co -> {
          LinkOptions many = OPTIONS.withMaxLinks(1000);
          LinkListener links = LinkListener.open(Scheduler.current(), bind(), many);
          for (int split = 1; split < whole.length; split++) {
            bytes(hello(UUID.randomUUID()), message(1, "one"), message(2, "two")).get(whole);
            try (TcpSocket socket = co.await(TcpSocket.connect(links.localAddress()))) {
              co.await(socket.send(ByteBuffer.wrap(whole, 0, split)));
              co.await(Task.yield());
              co.await(Task.yield());
              co.await(socket.send(ByteBuffer.wrap(whole, split, whole.length - split)));
              LinkTransport link = co.await(links.accept());
              MessageReceiver receiver = link.receiver(QUEUE, 2);
              for (String expected : new String[] {"one", "two"}) {
                Delivery delivery = co.await(receiver.receive());
                assertThat(new String(delivery.body(), StandardCharsets.UTF_8))
                    .as("split at %s", split)
                    .isEqualTo(expected);
              }
              link.close();
            }
          }
          links.close();
        });
  }

  @Test
  void aPeerThatSaysNothingIsCutAfterThreeHeartbeats() throws Exception {
    Scheduler.run(
        co -> {
          LinkOptions quick = OPTIONS.withHeartbeat(Duration.ofMillis(20));
          LinkListener links = LinkListener.open(Scheduler.current(), bind(), quick);
          send(co, links, bytes(hello(UUID.randomUUID())));
          assertThat(co.await(links.accept()).stats().lastFailure())
              .endsWith("was silent for PT0.06S");
          links.close();
        });
  }

  @Test
  void anEncryptedLinkIsCutAndGoesOn(@TempDir Path folder) throws Exception {
    Path keys = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "link",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-keystore",
                keys.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret")
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    char[] password = "secret".toCharArray();
    SSLContext context = TlsOptions.contextOf(keys, password);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "link", KeyStore.getInstance(keys.toFile(), password).getCertificate("link"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(null, trust.getTrustManagers(), null);
    Scheduler.run(
        co -> {
          LinkListener links =
              LinkListener.open(
                  Scheduler.current(), bind(), OPTIONS.withTls(TlsOptions.forServer(context)));
          LinkTransport here =
              LinkTransport.connect(
                  Scheduler.current(),
                  links.localAddress(),
                  OPTIONS.withTls(TlsOptions.forClient(client, "localhost")));
          LinkTransport there = co.await(links.accept());
          MessageReceiver receiver = there.receiver(QUEUE, 1);
          for (int i = 0; i < 10; i++) {
            byte[] body = {(byte) i};
            co.await(here.put(QUEUE, body));
            Delivery delivery = co.await(receiver.receive());
            assertThat(delivery.body()).isEqualTo(body);
            delivery.acknowledge();
            if (i % 3 == 0) {
              here.cut();
            }
          }
          here.close();
          links.close();
        });
  }
}
