package dev.heddle.net.echo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Until;
import dev.heddle.net.UdpSocket;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Row 19. The clients are plain, blocking sockets of the JDK. */
@ParameterizedClass
@MethodSource("engines")
class UdpEchoServerTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress(LOOPBACK, 0);

  @Parameter Engine engine;

  static Stream<Engine> engines() {
    return dev.heddle.fixtures.Kind.engines().stream();
  }

  private final class Running implements AutoCloseable {
    private final Scheduler scheduler = Scheduler.builder().engine(engine).build();
    private final UdpEchoServer server;
    private final Thread thread;

    Running(InetSocketAddress... addresses) throws IOException {
      server = UdpEchoServer.open(scheduler, List.of(addresses));
      thread = Thread.ofPlatform().start(scheduler::run);
    }

    InetSocketAddress address() {
      return server.localAddresses().getFirst();
    }

    @Override
    public void close() throws InterruptedException {
      server.shutdown();
      thread.join(); // the run ends, as no task is left
      scheduler.close();
    }
  }

  private static byte[] ask(DatagramSocket client, InetSocketAddress server, byte[] data)
      throws IOException {
    client.send(new DatagramPacket(data, data.length, server));
    DatagramPacket answer = new DatagramPacket(new byte[70_000], 70_000);
    client.receive(answer);
    return java.util.Arrays.copyOf(answer.getData(), answer.getLength());
  }

  private static DatagramSocket client() throws IOException {
    DatagramSocket client = new DatagramSocket(ANY_PORT);
    client.setSoTimeout(30_000);
    return client;
  }

  @Test
  void datagramsOfEachSizeGoBackAsTheyAreThoseWithoutBytesToo() throws Exception {
    try (Running running = new Running(ANY_PORT);
        DatagramSocket client = client()) {
      for (int size : new int[] {0, 1, 2, 1472, 1473, 9000, 0, UdpSocket.MOST_BYTES}) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        assertThat(ask(client, running.address(), data)).isEqualTo(data);
      }
      Until.true_("all are counted", () -> running.server.stats().answered() == 8);
      assertThat(running.server.stats()).isEqualTo(new UdpEchoServer.Stats(8, 8, 0, 0));
    }
  }

  @Test
  void peersThatAreGoneDisturbNobody() throws Exception {
    try (Running running = new Running(ANY_PORT);
        DatagramSocket client = client()) {
      byte[] data = "nobody hears the answer".getBytes(US_ASCII);
      for (int i = 0; i < 100; i++) {
        try (DatagramSocket gone = client()) {
          gone.send(new DatagramPacket(data, data.length, running.address()));
        }
        if (i % 10 == 0) {
          assertThat(ask(client, running.address(), data)).isEqualTo(data);
        }
      }
      Until.true_("all are answered", () -> running.server.stats().answered() == 110);
    }
  }

  /** Two echo servers would send a datagram to and fro for ever. */
  @Test
  void whatMayComeFromAnotherEchoServerIsDropped() throws Exception {
    try (Running running = new Running(ANY_PORT);
        DatagramSocket client = client();
        DatagramSocket twin =
            new DatagramSocket(new InetSocketAddress("127.0.0.2", running.address().getPort()))) {
      byte[] data = "to and fro".getBytes(US_ASCII);
      twin.send(new DatagramPacket(data, data.length, running.address()));
      assertThat(ask(client, running.address(), data)).isEqualTo(data);
      Until.true_("both are counted", () -> running.server.stats().answered() == 1);
      assertThat(running.server.stats()).isEqualTo(new UdpEchoServer.Stats(2, 1, 1, 0));
    }
  }

  @Test
  void oneServerAnswersAtSeveralAddresses() throws Exception {
    try (Running running = new Running(ANY_PORT, ANY_PORT);
        DatagramSocket client = client()) {
      byte[] data = "hello".getBytes(US_ASCII);
      for (InetSocketAddress address : running.server.localAddresses()) {
        assertThat(ask(client, address, data)).isEqualTo(data);
      }
    }
  }

  @Test
  void ifOneAddressCannotBeHadNoneIsOpen() throws Exception {
    try (Scheduler scheduler = Scheduler.builder().engine(engine).build();
        DatagramSocket taken = client()) {
      InetSocketAddress used = new InetSocketAddress(LOOPBACK, taken.getLocalPort());
      int free;
      try (DatagramSocket probe = client()) {
        free = probe.getLocalPort();
      }
      InetSocketAddress first = new InetSocketAddress(LOOPBACK, free);
      assertThatThrownBy(() -> UdpEchoServer.open(scheduler, List.of(first, used)))
          .isInstanceOf(BindException.class)
          .hasMessageStartingWith("cannot bind UDP socket to 127.0.0.1:" + used.getPort() + ": ");
      new DatagramSocket(first).close();
      assertThatThrownBy(() -> UdpEchoServer.open(scheduler, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no address: must be one or more");
    }
  }

  @Test
  void aTaskMayWaitForTheEndAndTheEndOfTheSchedulerIsOneToo() throws Exception {
    Scheduler.run(
        co -> {
          UdpEchoServer server = UdpEchoServer.open(Scheduler.current(), List.of(ANY_PORT));
          server.shutdown();
          server.shutdown();
          co.await(server.end());
          new DatagramSocket(server.localAddresses().getFirst()).close();
        });
    Scheduler closed = Scheduler.builder().engine(engine).build();
    UdpEchoServer server = UdpEchoServer.open(closed, List.of(ANY_PORT));
    closed.close();
    server.shutdown();
    assertThat(server.end()).isNotNull();
  }
}
