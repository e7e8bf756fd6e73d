package dev.heddle.transport.zmtp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.FreePort;
import dev.heddle.net.TcpListener;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.TransportContract;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** The contract, as far as ZeroMQ keeps it, and JeroMQ as the peer. */
class ZmtpTransportTest extends TransportContract {
  private static final Address JOBS = Address.queue("jobs");
  private static final Address NEWS = Address.topic("news");
  private static final int COUNT = 2_000;

  private static TcpListener bind() throws IOException {
    return TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
  }

  private static void couple(
      ZmtpTransport from, ZmtpTransport to, Address address, ZmtpRole sends, ZmtpRole receives)
      throws IOException {
    TcpListener listener = bind();
    to.bind(address, receives, listener);
    from.connect(address, sends, listener.localAddress());
  }

  @Override
  protected Ends open(Awaiter co) throws Exception {
    ZmtpTransport here = ZmtpTransport.open(scheduler, LIMITS);
    ZmtpTransport there = ZmtpTransport.open(scheduler, LIMITS);
    couple(here, there, KIT_QUEUE, ZmtpRole.PUSH, ZmtpRole.PULL);
    couple(here, there, KIT_QUEUE, ZmtpRole.REQ, ZmtpRole.REP);
    couple(here, there, KIT_TOPIC, ZmtpRole.PUB, ZmtpRole.SUB);
    while (here.peers() < 3 || here.subscriptions() < 1) {
      co.await(Task.sleep(Duration.ofMillis(1)));
    }
    return new Ends(here, there, () -> {});
  }

  /** Runs with a transport and a context of JeroMQ. */
  private interface WithPeer {
    void run(Awaiter co, ZmtpTransport zmtp, ZContext peer) throws Exception;
  }

  private void withPeer(WithPeer test) {
    play(
        (co, ends) -> {
          ZmtpTransport zmtp = ZmtpTransport.open(scheduler, LIMITS);
          try (ZContext peer = new ZContext()) {
            test.run(co, zmtp, peer);
          } finally {
            zmtp.close();
          }
        });
  }

  /** A socket of the peer, that listens. */
  private static ZMQ.Socket listening(ZContext peer, SocketType type) {
    ZMQ.Socket socket = peer.createSocket(type);
    socket.setReceiveTimeOut(50_000);
    int _ = socket.bindToRandomPort("tcp://127.0.0.1");
    return socket;
  }

  private static InetSocketAddress addressOf(ZMQ.Socket socket) {
    String last = socket.getLastEndpoint();
    return new InetSocketAddress("127.0.0.1", Integer.parseInt(last.replaceAll(".*:", "")));
  }

  private static List<String> numbers() {
    return IntStream.range(0, COUNT).mapToObj(i -> "m" + i).toList();
  }

  @Test
  void whatIsPushedToJeroMqArrivesInOrder() {
    withPeer(
        (co, zmtp, peer) -> {
          ZMQ.Socket pull = listening(peer, SocketType.PULL);
          zmtp.connect(JOBS, ZmtpRole.PUSH, addressOf(pull));
          CompletableFuture<List<String>> got =
              CompletableFuture.supplyAsync(
                  () -> IntStream.range(0, COUNT).mapToObj(i -> pull.recvStr()).toList());
          for (String message : numbers()) {
            co.await(zmtp.put(JOBS, bytes(message)));
          }
          assertThat(co.await(Promise.from(got))).isEqualTo(numbers());
        });
  }

  @Test
  void whatJeroMqPushesArrivesInOrder() {
    withPeer(
        (co, zmtp, peer) -> {
          ZMQ.Socket push = listening(peer, SocketType.PUSH);
          zmtp.connect(JOBS, ZmtpRole.PULL, addressOf(push));
          Thread sender = Thread.ofPlatform().start(() -> numbers().forEach(push::send));
          try (MessageReceiver receiver = zmtp.receiver(JOBS, 10)) {
            assertThat(take(co, receiver, COUNT)).isEqualTo(numbers());
          }
          sender.join();
        });
  }

  @Test
  void whatIsPublishedReachesASubscriberOfJeroMqAndTheOtherWayRound() {
    withPeer(
        (co, zmtp, peer) -> {
          ZMQ.Socket sub = listening(peer, SocketType.SUB);
          sub.subscribe("news");
          zmtp.connect(NEWS, ZmtpRole.PUB, addressOf(sub));
          CompletableFuture<String> got =
              CompletableFuture.supplyAsync(() -> sub.recvStr() + " " + sub.recvStr());
          while (zmtp.subscriptions() < 1) { // the peer subscribes when it receives
            co.await(Task.sleep(Duration.ofMillis(1)));
          }
          co.await(zmtp.put(NEWS, bytes("one")));
          assertThat(co.await(Promise.from(got))).isEqualTo("news one");

          ZMQ.Socket pub = listening(peer, SocketType.XPUB);
          zmtp.connect(NEWS, ZmtpRole.SUB, addressOf(pub));
          try (MessageReceiver receiver = zmtp.receiver(NEWS, 4)) {
            CompletableFuture<byte[]> subscription = CompletableFuture.supplyAsync(pub::recv);
            assertThat(co.await(Promise.from(subscription)))
                .isEqualTo("\u0001news".getBytes(UTF_8));
            pub.sendMore("newspaper");
            pub.send("not this"); // the topic of this name is another one
            pub.sendMore("news");
            pub.send("two");
            assertThat(take(co, receiver, 1)).containsExactly("two");
          }
        });
  }

  @Test
  void questionsAndAnswersGoBothWaysWithJeroMq() {
    withPeer(
        (co, zmtp, peer) -> {
          ZMQ.Socket rep = listening(peer, SocketType.REP);
          zmtp.connect(JOBS, ZmtpRole.REQ, addressOf(rep));
          Thread answers =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        for (int i = 0; i < 100; i++) {
                          rep.send("to " + rep.recvStr());
                        }
                      });
          for (int i = 0; i < 100; i++) {
            byte[] answer = co.await(zmtp.request(JOBS, bytes("q" + i), LONG));
            assertThat(new String(answer, UTF_8)).isEqualTo("to q" + i);
          }
          answers.join();

          ZMQ.Socket req = listening(peer, SocketType.REQ);
          zmtp.connect(Address.queue("asked"), ZmtpRole.REP, addressOf(req));
          CompletableFuture<String> got =
              CompletableFuture.supplyAsync(
                  () -> {
                    req.send("why");
                    return req.recvStr();
                  });
          try (MessageReceiver receiver = zmtp.receiver(Address.queue("asked"), 1)) {
            Delivery question = next(co, receiver);
            assertThat(text(question)).isEqualTo("why");
            question.reply(bytes("because"));
            assertThat(co.await(Promise.from(got))).isEqualTo("because");
          }
        });
  }

  @Test
  void aPeerThatComesAgainGetsWhatWasNotTaken() {
    withPeer(
        (co, zmtp, peer) -> {
          InetSocketAddress address = new InetSocketAddress("127.0.0.1", FreePort.find());
          zmtp.connect(JOBS, ZmtpRole.PUSH, address);
          for (int i = 0; i < LIMITS.window(); i++) {
            assertThat(zmtp.offer(JOBS, bytes("m" + i))).isTrue();
          }
          assertThat(zmtp.offer(JOBS, bytes("no room"))).isFalse();
          ZmtpTransport late = ZmtpTransport.open(scheduler, LIMITS);
          late.bind(JOBS, ZmtpRole.PULL, TcpListener.bind(address));
          try (MessageReceiver receiver = late.receiver(JOBS, 4)) {
            assertThat(take(co, receiver, LIMITS.window())).last().isEqualTo("m15");
          }
          late.close();
        });
  }

  @Test
  void aRoleThatIsNotForTheAddressAndAnAddressWithoutASocketAreRefused() {
    withPeer(
        (co, zmtp, peer) -> {
          assertThatThrownBy(() -> zmtp.connect(NEWS, ZmtpRole.PUSH, new InetSocketAddress(1)))
              .hasMessage("PUSH at topic 'news': must be a queue");
          assertThatThrownBy(() -> co.await(zmtp.put(JOBS, bytes("m"))))
              .isInstanceOf(IOException.class)
              .hasMessage("no socket of ZMTP sends to queue 'jobs'");
        });
  }
}
