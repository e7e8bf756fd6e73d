package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Until;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Row 23, fault 6: input without end holds up nobody. */
class FloodTest {
  private static final int NEVER_READING = 200;

  /** What a client that never reads sends again and again. */
  private static final ByteBuffer LINES =
      ByteBuffer.wrap("a line that is answered\n".repeat(1000).getBytes(US_ASCII));

  @ParameterizedTest
  @EnumSource
  void clientsThatGoOnAfterTheErrorGetTurnsOfTheirOwnAndTheOthersToo(EchoServer.Style style)
      throws Exception {
    try (Scheduler scheduler = Scheduler.create()) {
      EchoServer server =
          EchoServer.open(scheduler, Connections.ANY_PORT, style, ServerLimits.DEFAULT);
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> floods = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        floods.add(Thread.ofPlatform().start(() -> flood(server.localAddress(), over)));
      }
      Until.true_("some are rejected", () -> server.stats().rejected() > 2);
      try (Socket other = connect(server.localAddress());
          BufferedReader in =
              new BufferedReader(new InputStreamReader(other.getInputStream(), US_ASCII))) {
        for (int i = 0; i < 300; i++) {
          other.getOutputStream().write("hello\n".getBytes(US_ASCII));
          assertThat(in.readLine()).isEqualTo("GOT:hello");
        }
      }
      over.set(true);
      for (Thread flood : floods) {
        flood.join();
      }
      server.shutdown();
      loop.join();
    }
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    return new Socket(address.getAddress(), address.getPort());
  }

  private static void flood(InetSocketAddress address, AtomicBoolean over) {
    byte[] much = new byte[1 << 20];
    while (!over.get()) {
      try (Socket socket = connect(address)) {
        while (!over.get()) {
          socket.getOutputStream().write(much);
        }
      } catch (IOException e) {
        // it is cut, and comes again
      }
    }
  }

  /** Row 2: the system's buffers fill up, and the server's do not. */
  @ParameterizedTest
  @EnumSource
  void twoHundredClientsThatSendAndNeverReadTakeLittleMemoryAndTheOthersAreServed(
      EchoServer.Style style) throws Exception {
    try (Scheduler scheduler = Scheduler.create()) {
      EchoServer server =
          EchoServer.open(scheduler, Connections.ANY_PORT, style, ServerLimits.DEFAULT);
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      List<SocketChannel> silent = new ArrayList<>();
      try (Socket other = connect(server.localAddress())) {
        for (int i = 0; i < NEVER_READING; i++) {
          silent.add(silent(server.localAddress()));
        }
        ask(other);
        long before = usedHeap();
        for (int inVain = 0; inVain < 5; ) { // the system moves on what it has taken
          long taken = 0;
          for (SocketChannel client : silent) {
            taken += sendWhatIsTaken(client);
          }
          ask(other);
          inVain = taken == 0 ? inVain + 1 : 0;
        }
        assertThat((usedHeap() - before) / NEVER_READING).isLessThan(200_000);
        ask(other);
      }
      for (SocketChannel client : silent) {
        client.close();
      }
      server.shutdown();
      loop.join();
    }
  }

  /** Row 2: who takes nothing is cut in the end. */
  @ParameterizedTest
  @EnumSource
  void clientsThatSendAndNeverReadAreCutAndTheOthersAreNot(EchoServer.Style style)
      throws Exception {
    ServerLimits limits = ServerLimits.DEFAULT.withWriteTimeout(Duration.ofMillis(100));
    try (Scheduler scheduler = Scheduler.create()) {
      EchoServer server = EchoServer.open(scheduler, Connections.ANY_PORT, style, limits);
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      AtomicBoolean over = new AtomicBoolean();
      try (Socket other = connect(server.localAddress())) {
        for (int i = 0; i < 20; i++) {
          Thread.startVirtualThread(() -> sendUntilCut(server.localAddress(), over));
        }
        Until.true_("all are cut", () -> server.stats().lost() == 20);
        ask(other);
      }
      over.set(true);
      server.shutdown();
      loop.join();
    }
  }

  private static void sendUntilCut(InetSocketAddress address, AtomicBoolean over) {
    try (Socket socket = connect(address)) {
      while (!over.get()) {
        socket.getOutputStream().write(LINES.array());
      }
    } catch (IOException e) {
      // it is cut
    }
  }

  /** With small buffers in the system, for whose memory 200 clients are many. */
  private static SocketChannel silent(InetSocketAddress address) throws IOException {
    SocketChannel client = SocketChannel.open();
    client.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 15);
    client.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 15);
    client.connect(address);
    client.configureBlocking(false);
    return client;
  }

  private static long sendWhatIsTaken(SocketChannel client) throws IOException {
    long all = 0;
    int taken = client.write(LINES.duplicate());
    while (taken == LINES.capacity()) {
      all += taken;
      taken = client.write(LINES.duplicate());
    }
    return all + taken;
  }

  private static void ask(Socket client) throws IOException {
    client.getOutputStream().write("hello\n".getBytes(US_ASCII));
    assertThat(client.getInputStream().readNBytes(10)).asString(US_ASCII).isEqualTo("GOT:hello\n");
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
