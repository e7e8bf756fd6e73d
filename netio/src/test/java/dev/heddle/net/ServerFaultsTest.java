package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Until;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Awaiter;
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
          .contains("Too many open files")
          .doesNotContainPattern("pauses accepting.*listener on");
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
        List<FileInputStream> all = allDescriptors();
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

  private static List<FileInputStream> allDescriptors() {
    List<FileInputStream> all = new ArrayList<>();
    try {
      while (true) {
        all.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      return all; // there are no more
    }
  }

  /** Fault 1: a server that a user writes in three lines, as the README does. */
  @Test
  void anAcceptLoopOfAUserIsAsSafeWithoutDescriptors() throws Exception {
    ForkedJvm run = ForkedJvm.run(AcceptLoop.class);
    assertThat(run.output())
        .contains("established: GOT:still", "new: GOT:hello")
        .contains("a class that was loaded late")
        .contains("pauses accepting for 5 ms", "Too many open files")
        .doesNotContainPattern("pauses accepting.*listener on")
        .doesNotContain("NoClassDefFoundError");
    assertThat(run.exitCode()).isZero();
  }

  static final class AcceptLoop {
    public static void main(String[] args) throws Exception {
      TcpListener listener = TcpListener.bind(ANY_PORT);
      Thread clients = Thread.ofPlatform().start(() -> useUp(listener));
      Scheduler.run(
          co -> {
            while (clients.isAlive()) {
              Scheduler.current().spawn(EchoServer.handler(co.await(listener.accept())));
            }
          });
    }

    private static void useUp(TcpListener listener) {
      try {
        SocketChannel established = SocketChannel.open(listener.localAddress());
        String _ = ask(established, "hello");
        SocketChannel fresh = SocketChannel.open();
        SocketChannel last = SocketChannel.open();
        List<FileInputStream> all = allDescriptors();
        fresh.connect(listener.localAddress());
        while (listener.acceptFailures() < 3) {
          Thread.onSpinWait();
        }
        String still = ask(established, "still");
        Late.tell();
        for (FileInputStream one : all) {
          one.close();
        }
        System.out.println("established: " + still);
        System.out.println("new: " + ask(fresh, "hello"));
        Thread ends = Thread.currentThread();
        Thread.ofPlatform().start(() -> connectAfter(ends, last, listener));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** The accept loop looks whether it goes on when a client has come. */
    private static void connectAfter(Thread end, SocketChannel last, TcpListener listener) {
      try {
        end.join();
        last.connect(listener.localAddress());
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Is loaded from a folder, by a descriptor, when clients and files have used up all others. */
  private static final class Late {
    static void tell() {
      System.out.println("a class that was loaded late");
    }
  }

  /** What the end needs is loaded when there is nothing left to load it with. */
  @Test
  void aSchedulerEndsAlsoWithoutDescriptors() throws Exception {
    ForkedJvm run = ForkedJvm.run(EndWithoutDescriptors.class);
    assertThat(run.output()).contains("ended").doesNotContain("Error");
    assertThat(run.exitCode()).isZero();
  }

  static final class EndWithoutDescriptors {
    public static void main(String[] args) throws Exception {
      Scheduler scheduler = Scheduler.create();
      EchoServer server =
          EchoServer.open(scheduler, ANY_PORT, EchoServer.Style.COROUTINE, ServerLimits.DEFAULT);
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      SocketChannel client = SocketChannel.open(server.localAddress());
      String _ = ask(client, "hello");
      List<FileInputStream> _ = allDescriptors();
      scheduler.close();
      loop.join();
      System.out.println("ended");
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
    for (String style : List.of("coroutine", "thread")) {
      ForkedJvm run = ForkedJvm.run(Spinning.class, "-Dstyle=" + style);
      assertThat(run.output())
          .contains("server 'server' has not stopped PT2.1S after its shutdown")
          .contains("task 'server, connection from");
      if (style.equals("coroutine")) { // of the other the thread is not looked into from outside
        assertThat(run.output()).contains("ServerFaultsTest$Spinning.spin");
      }
      assertThat(run.exitCode()).isEqualTo(1);
    }
  }

  static final class Spinning {
    private static volatile boolean spins;

    public static void main(String[] args) throws Exception {
      try (Scheduler scheduler = Scheduler.create()) {
        boolean onThread = System.getProperty("style").equals("thread");
        Server server =
            Server.on(
                    scheduler,
                    connection ->
                        onThread
                            ? Server.threadBodyOf(connection, Spinning::serve)
                            : Server.bodyOf(connection, Spinning::serve))
                .limits(ServerLimits.DEFAULT.withDrainTimeout(Duration.ofMillis(100)))
                .bind(List.of(ANY_PORT));
        Signals.onTerminate(server::shutdown);
        Thread client = Thread.ofPlatform().start(() -> ask(server.localAddress()));
        scheduler.run();
        client.join();
      }
    }

    private static void serve(Awaiter co, Connection connection) throws IOException {
      boolean _ = co.await(connection.reader().hasLine());
      spin();
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
