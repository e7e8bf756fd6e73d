package dev.heddle.net;

import static dev.heddle.net.Connections.ANY_PORT;
import static dev.heddle.net.Connections.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class UdpSocketTest {
  @Parameter Kind kind;

  private interface Two {
    void use(Awaiter co, UdpSocket a, UdpSocket b) throws Exception;
  }

  private void withTwo(Two test) throws IOException {
    try (Scheduler scheduler = kind.scheduler();
        UdpSocket a = UdpSocket.bind(ANY_PORT);
        UdpSocket b = UdpSocket.bind(ANY_PORT)) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            test.use(co, a, b);
            a.close();
            b.close();
          });
      scheduler.run();
      Waits.assertNoneIsLeft(kind, scheduler);
    }
  }

  private static String text(Datagram datagram) {
    return StandardCharsets.US_ASCII.decode(datagram.data()).toString();
  }

  @Test
  @Holds("U1")
  void aDatagramComesWithItsSendersAddressAndTheAnswerGoesBackThere() throws Exception {
    withTwo(
        (co, a, b) -> {
          assertThat(co.await(a.send(bytes("hello"), b.localAddress()))).isEqualTo(5);
          Datagram request = co.await(b.recv());
          assertThat(request.address()).isEqualTo(a.localAddress());
          assertThat(text(request)).isEqualTo("hello");
          co.await(b.send(new Datagram(request.address(), bytes("back"))));
          assertThat(text(co.await(a.recv()))).isEqualTo("back");
        });
  }

  @Test
  @Holds("U1")
  void aDatagramWithoutBytesIsSentAndReceivedLikeAnyOther() throws Exception {
    withTwo(
        (co, a, b) -> {
          assertThat(co.await(a.send(bytes(""), b.localAddress()))).isEqualTo(0);
          assertThat(co.await(b.recv()).data().remaining()).isEqualTo(0);
          co.await(a.send(bytes(""), b.localAddress()));
          var received = co.await(b.recv(ByteBuffer.allocate(0)));
          assertThat(received).isEqualTo(new UdpSocket.Received(a.localAddress(), 0, 0));
          assertThat(received.isTruncated()).isFalse();
        });
  }

  @Test
  void theLargestDatagramArrivesWholeAndALargerOneIsRefusedByAnErrorThatNamesItsSize()
      throws Exception {
    withTwo(
        (co, a, b) -> {
          a.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 18);
          ByteBuffer largest = ByteBuffer.allocate(UdpSocket.MOST_BYTES).put(65_506, (byte) 7);
          co.await(a.send(largest, b.localAddress()));
          Datagram received = co.await(b.recv());
          assertThat(received.data()).isEqualTo(largest.rewind());
          ByteBuffer larger = ByteBuffer.allocate(UdpSocket.MOST_BYTES + 1);
          assertThatThrownBy(() -> co.await(a.send(larger, b.localAddress())))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("cannot send 65508 bytes to 127.0.0.1:");
          assertThat(larger.position()).isEqualTo(0);
          co.await(a.send(bytes("goes on"), b.localAddress()));
          assertThat(text(co.await(b.recv()))).isEqualTo("goes on");
        });
  }

  @Test
  @Holds("U1")
  void aDatagramThatDoesNotFitIntoTheBufferIsCutAndSaysSo() throws Exception {
    withTwo(
        (co, a, b) -> {
          co.await(a.send(bytes("too long"), b.localAddress()));
          ByteBuffer buffer = ByteBuffer.allocate(3);
          var received = co.await(b.recv(buffer));
          assertThat(received.isTruncated()).isTrue();
          assertThat(received.size()).isEqualTo(8);
          assertThat(Connections.text(buffer)).isEqualTo("too");
          co.await(a.send(bytes("abc"), b.localAddress()));
          assertThat(co.await(b.recv(buffer.clear())).isTruncated()).isFalse();
        });
  }

  @Test
  @Holds("U2")
  void whatNobodyListensForIsToldToAConnectedSocketWhichWorksOn() throws Exception {
    withTwo(
        (co, a, b) -> {
          InetSocketAddress gone = b.localAddress();
          try (UdpSocket connected = UdpSocket.connect(gone)) {
            b.close();
            co.await(connected.send(bytes("anybody?")));
            assertThatThrownBy(() -> co.await(connected.recv()))
                .isInstanceOf(PortUnreachableException.class)
                .hasMessageContaining(gone.getPort() + ": nobody listens there");
            UdpSocket again = UdpSocket.bind(gone);
            co.await(connected.send(bytes("now?")));
            Datagram request = co.await(again.recv());
            assertThat(text(request)).isEqualTo("now?");
            co.await(again.send(new Datagram(request.address(), bytes("yes"))));
            assertThat(text(co.await(connected.recv()))).isEqualTo("yes");
            again.close();
          }
        });
  }

  @Test
  @Holds("U2")
  void aServerHearsNothingOfClientsThatHaveGone() throws Exception {
    withTwo(
        (co, a, b) -> {
          InetSocketAddress gone = a.localAddress();
          a.close();
          for (int i = 0; i < 10; i++) {
            co.await(b.send(bytes("answer"), gone));
          }
          try (UdpSocket client = UdpSocket.connect(b.localAddress())) {
            co.await(client.send(bytes("hello")));
            assertThat(text(co.await(b.recv()))).isEqualTo("hello");
          }
        });
  }

  @Test
  void aBatchGivesAllThatHasArrivedInOrderAndWaitsForTheFirstOnly() throws Exception {
    withTwo(
        (co, a, b) -> {
          Task<List<Datagram>> reader =
              kind.submit(co.task().scheduler(), "reader", r -> r.await(b.recvBatch(100)));
          co.await(Task.yield());
          List<Datagram> sent = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            sent.add(new Datagram(b.localAddress(), bytes("n" + i)));
          }
          assertThat(co.await(a.sendBatch(sent))).isEqualTo(290);
          List<String> got = new ArrayList<>();
          co.await(reader.join()).forEach(datagram -> got.add(text(datagram)));
          while (got.size() < 100) {
            co.await(b.recvBatch(7)).forEach(datagram -> got.add(text(datagram)));
          }
          assertThat(got).startsWith("n0", "n1").hasSize(100).endsWith("n98", "n99");
        });
  }

  @Test
  void anEventThatIsAwaitedAgainSendsTheSameDatagramAgain() throws Exception {
    withTwo(
        (co, a, b) -> {
          ByteBuffer data = bytes("twice");
          var send = a.send(data, b.localAddress());
          co.await(send);
          assertThat(data.hasRemaining()).isFalse();
          co.await(send);
          var recv = b.recv();
          assertThat(text(co.await(recv))).isEqualTo("twice");
          assertThat(text(co.await(recv))).isEqualTo("twice");
        });
  }

  @Test
  void tryRecvDoesNotWait() throws Exception {
    withTwo(
        (co, a, b) -> {
          assertThat(b.tryRecv()).isNull();
          co.await(a.send(bytes("x"), b.localAddress()));
          Datagram datagram = b.tryRecv();
          while (datagram == null) { // it is on its way
            co.await(Task.yield());
            datagram = b.tryRecv();
          }
          assertThat(text(datagram)).isEqualTo("x");
          assertThat(b.tryRecv()).isNull();
        });
  }

  /** S7. */
  @Test
  @Holds("S7")
  void aSecondReceiverGetsAnErrorThatNamesTheFirst() throws Exception {
    withTwo(
        (co, a, b) -> {
          Scheduler scheduler = co.task().scheduler();
          Task<Datagram> first = kind.submit(scheduler, "first", s -> s.await(b.recv()));
          co.await(Task.yield());
          assertThatThrownBy(() -> co.await(b.recv(ByteBuffer.allocate(9))))
              .isInstanceOf(SocketException.class)
              .hasMessageContaining("task 'first' waits already for a datagram at UDP socket");
          assertThatThrownBy(b::tryRecv).hasMessageContaining("task 'first' waits already");
          co.await(a.send(bytes("still"), b.localAddress()));
          assertThat(text(co.await(first.join()))).isEqualTo("still");
        });
  }

  @Test
  void closingTellsWhoWaitsAndACancelledReceiverHasLostNothing() throws Exception {
    withTwo(
        (co, a, b) -> {
          assertThatThrownBy(() -> co.await(b.recv().within(Duration.ofNanos(1))))
              .isInstanceOf(TimeoutException.class);
          co.await(a.send(bytes("kept"), b.localAddress()));
          assertThat(text(co.await(b.recv()))).isEqualTo("kept");
          Task<Datagram> waiting =
              kind.submit(co.task().scheduler(), "waiting", s -> s.await(b.recv()));
          co.await(Task.yield());
          b.close("not needed");
          assertThatThrownBy(() -> co.await(waiting.join()))
              .isInstanceOf(SocketClosedException.class)
              .hasMessageEndingWith("is closed: not needed");
          assertThatThrownBy(() -> co.await(b.recv())).isInstanceOf(SocketClosedException.class);
          assertThatThrownBy(() -> b.setOption(StandardSocketOptions.SO_RCVBUF, 1))
              .isInstanceOf(SocketClosedException.class);
        });
  }

  @Test
  void aDeadlineClosesTheSocket() throws Exception {
    withTwo(
        (co, a, b) -> {
          Scheduler scheduler = co.task().scheduler();
          scheduler.setDeadline(b, scheduler.nanoTime() + 1);
          assertThatThrownBy(() -> co.await(b.recv())).isInstanceOf(SocketTimedOutException.class);
        });
  }

  @Test
  void theEndOfTheSchedulerClosesTheSocketsThatItsTasksHaveUsed() throws Exception {
    UdpSocket used = UdpSocket.bind(ANY_PORT);
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "user",
          co -> {
            var pending = used.recv().within(Duration.ofNanos(1));
            assertThatThrownBy(() -> co.await(pending)).isInstanceOf(TimeoutException.class);
          });
      scheduler.run();
    }
    try (UdpSocket next = UdpSocket.bind(used.localAddress())) {
      assertThat(next.isOpen()).isTrue();
    }
    used.close();
  }

  @Test
  void aConnectedSocketReceivesFromItsPeerOnly() throws Exception {
    withTwo(
        (co, a, b) -> {
          try (UdpSocket connected = UdpSocket.connect(ANY_PORT, a.localAddress())) {
            co.await(b.send(bytes("stranger"), connected.localAddress()));
            co.await(a.send(bytes("peer"), connected.localAddress()));
            assertThat(text(co.await(connected.recv()))).isEqualTo("peer");
            assertThat(connected.tryRecv()).isNull();
            assertThatThrownBy(() -> connected.send(bytes("x"), b.localAddress()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is connected: cannot send to 127.0.0.1:");
          }
          assertThatThrownBy(() -> a.send(bytes("x")))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("is not connected");
        });
  }

  @Test
  void badAddressesGetAnErrorOfOneLine() throws Exception {
    var unknown = InetSocketAddress.createUnresolved("no.such.host.invalid", 9);
    assertThatThrownBy(() -> UdpSocket.bind(unknown))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("no.such.host.invalid");
    assertThatThrownBy(() -> UdpSocket.connect(unknown)).isInstanceOf(UnknownHostException.class);
    assertThatThrownBy(() -> UdpSocket.connect(ANY_PORT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port must be 1 to 65535");
    withTwo(
        (co, a, b) -> {
          assertThatThrownBy(() -> UdpSocket.bind(a.localAddress()))
              .isInstanceOf(BindException.class)
              .hasMessageContaining("cannot bind UDP socket to 127.0.0.1:");
          assertThatThrownBy(() -> a.send(bytes("x"), ANY_PORT))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("port must be 1 to 65535");
          assertThatThrownBy(() -> a.send(bytes("x"), unknown))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("was not looked up");
          assertThatThrownBy(
                  () -> a.send(bytes("x"), new InetSocketAddress(InetAddress.getByName("::1"), 9)))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining(":9: the socket is one for IPv4");
          assertThatThrownBy(() -> a.recvBatch(0)).hasMessageContaining("must be 1 to 1024");
          assertThatThrownBy(() -> a.recvBatch(1025)).hasMessageContaining("must be 1 to 1024");
        });
  }

  @Test
  void aFloodLeavesTheOthersTheirTurns() throws Exception {
    withTwo(
        (co, a, b) -> {
          a.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
          int[] counted = {0};
          kind.spawn(
              co.task().scheduler(),
              "counts",
              c -> {
                while (a.isOpen()) {
                  counted[0]++;
                  c.await(Task.yield());
                }
              });
          for (int i = 0; i < 1_000; i++) { // each is there before the next wait
            co.await(a.send(bytes("x"), a.localAddress()));
            co.await(a.recv());
          }
          assertThat(counted[0]).isGreaterThan(10);
        });
  }

  @Test
  void whatIsSentToAGroupReachesThoseWhoHaveJoinedUntilTheyLeave() throws Exception {
    NetworkInterface loopback = NetworkInterface.getByInetAddress(ANY_PORT.getAddress());
    InetAddress group = InetAddress.getByName("239.77.77.77");
    try (Scheduler scheduler = kind.scheduler();
        UdpSocket first = UdpSocket.bindMulticast(new InetSocketAddress("0.0.0.0", 0));
        UdpSocket second =
            UdpSocket.bindMulticast(
                new InetSocketAddress("0.0.0.0", first.localAddress().getPort()));
        UdpSocket sender = UdpSocket.bind(ANY_PORT)) {
      try {
        first.join(group, loopback);
        first.join(group, loopback); // once more is no mistake
        second.join(group, loopback);
        sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
        sender.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
      } catch (IOException e) {
        Assumptions.abort("no multicast on loopback here: " + e.getMessage());
      }
      InetSocketAddress all = new InetSocketAddress(group, first.localAddress().getPort());
      kind.spawn(
          scheduler,
          "test",
          co -> {
            co.await(sender.send(bytes("to all"), all));
            assertThat(text(co.await(first.recv()))).isEqualTo("to all");
            assertThat(text(co.await(second.recv()))).isEqualTo("to all");
            first.leave(group, loopback);
            co.await(sender.send(bytes("again"), all));
            assertThat(text(co.await(second.recv()))).isEqualTo("again");
            assertThatThrownBy(() -> first.leave(group, loopback))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has not joined 239.77.77.77 by " + loopback.getName());
            assertThatThrownBy(() -> first.join(ANY_PORT.getAddress(), loopback))
                .hasMessageContaining("127.0.0.1 is no multicast address");
            assertThatThrownBy(() -> first.join(InetAddress.getByName("ff02::1"), loopback))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is for IPv4: it cannot join ff02");
          });
      scheduler.run();
    }
  }
}
