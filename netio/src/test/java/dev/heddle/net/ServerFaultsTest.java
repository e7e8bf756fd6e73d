package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Until;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What uses up a whole JVM, in one of its own. */
class ServerFaultsTest {
  private static final InetSocketAddress ANY_PORT = Connections.ANY_PORT;

  /** Row 8, fault 1: nothing was logged before, and no thread was ever virtual. */
  @Test
  void withoutDescriptorsClientsAreServedOnAndNewOnesWhenThereAreSomeAgain() throws Exception {
    for (EchoServer.Style style : EchoServer.Style.values()) {
      ForkedJvm run = ForkedJvm.run(NoDescriptors.class, "-Dstyle=" + style);
      assertThat(run.output())
          .contains("established: GOT:still", "new: GOT:hello")
          .contains("pauses accepting for 5 ms")
          .contains("Too many open files");
      assertThat(run.exitCode()).isZero();
    }
  }

  static final class NoDescriptors {
    public static void main(String[] args) throws Exception {
      try (Scheduler scheduler = Scheduler.create()) {
        EchoServer.Style style = EchoServer.Style.valueOf(System.getProperty("style"));
        EchoServer server = EchoServer.open(scheduler, ANY_PORT, style, ServerLimits.DEFAULT);
        Thread loop = Thread.ofPlatform().start(scheduler::run);
        SocketChannel established = SocketChannel.open(server.localAddress());
        System.out.println("established: " + ask(established, "hello") + server.stats());
        SocketChannel fresh = SocketChannel.open();
        List<FileInputStream> all = new ArrayList<>();
        try {
          while (true) {
            all.add(new FileInputStream("/dev/null"));
          }
        } catch (IOException e) {
          // all descriptors are open
        }
        fresh.connect(server.localAddress());
        while (server.stats().acceptFailures() < 3) {
          Thread.onSpinWait();
        }
        String still = ask(established, "still");
        for (FileInputStream one : all) {
          one.close();
        }
        System.out.println("established: " + still);
        System.out.println("new: " + ask(fresh, "hello"));
        server.shutdown();
        loop.join();
      }
    }
  }

  private static String ask(SocketChannel client, String line) throws IOException {
    client.write(ByteBuffer.wrap((line + "\n").getBytes(US_ASCII)));
    ByteBuffer answer = ByteBuffer.allocate(line.length() + 5);
    while (answer.hasRemaining() && client.read(answer) >= 0) {
      // until all is there
    }
    return new String(answer.array(), 0, answer.position(), US_ASCII).strip();
  }

  /** Row 21, fault 5. */
  @Test
  void unfinishedLinesOfAThousandClientsDoNotUseUpASmallHeap() throws Exception {
    for (EchoServer.Style style : EchoServer.Style.values()) {
      ForkedJvm run = ForkedJvm.run(UnfinishedLines.class, "-Xmx48m", "-Dstyle=" + style);
      assertThat(run.output()).contains("established: GOT:still", "new: GOT:hello");
      assertThat(run.output()).doesNotContain("OutOfMemory");
      assertThat(run.exitCode()).isZero();
    }
  }

  static final class UnfinishedLines {
    public static void main(String[] args) throws Exception {
      try (Scheduler scheduler = Scheduler.create()) {
        EchoServer.Style style = EchoServer.Style.valueOf(System.getProperty("style"));
        EchoServer server = EchoServer.open(scheduler, ANY_PORT, style, ServerLimits.DEFAULT);
        Thread loop = Thread.ofPlatform().start(scheduler::run);
        SocketChannel established = SocketChannel.open(server.localAddress());
        String _ = ask(established, "hello");
        ByteBuffer half = ByteBuffer.allocateDirect(60_000);
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < 1300; i++) {
          SocketChannel client = SocketChannel.open(server.localAddress());
          client.write(half.clear());
          clients.add(client);
        }
        Until.true_("most are rejected", () -> server.stats().rejected() > 1000);
        System.out.println("established: " + ask(established, "still"));
        for (SocketChannel client : clients) {
          client.close();
        }
        System.out.println("new: " + ask(SocketChannel.open(server.localAddress()), "hello"));
        server.shutdown();
        loop.join();
      }
    }
  }

  /** Row 11, fault 12. */
  @Test
  void aSignalEndsAServerWhoseHandlerSpinsAndTheTaskIsNamed() throws Exception {
    ForkedJvm run = ForkedJvm.run(Spinning.class);
    assertThat(run.output())
        .contains("server 'server' has not stopped PT2.1S after its shutdown")
        .contains("task 'server, connection from")
        .contains("ServerFaultsTest$Spinning.spin");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  static final class Spinning {
    private static volatile boolean spins;

    public static void main(String[] args) throws Exception {
      try (Scheduler scheduler = Scheduler.create()) {
        Server server =
            Server.on(
                    scheduler,
                    (co, connection) -> {
                      boolean _ = co.await(connection.reader().hasLine());
                      spin();
                    })
                .limits(ServerLimits.DEFAULT.withDrainTimeout(Duration.ofMillis(100)))
                .bind(List.of(ANY_PORT));
        Signals.onTerminate(server::shutdown);
        Thread client = Thread.ofPlatform().start(() -> ask(server.localAddress()));
        scheduler.run();
        client.join();
      }
    }

    private static void spin() {
      spins = true;
      while (spins) {
        Thread.onSpinWait();
      }
    }

    private static void ask(InetSocketAddress address) {
      try (SocketChannel client = SocketChannel.open(address)) {
        client.write(ByteBuffer.wrap("x\n".getBytes(US_ASCII)));
        while (!spins) {
          Thread.onSpinWait();
        }
        Process _ = new ProcessBuilder("kill", "-TERM", "" + ProcessHandle.current().pid()).start();
        int _ = client.read(ByteBuffer.allocate(1));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
