package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Row 30: clients that reset their connections to a handler which knows nothing of that. {@code
 * -Dheddle.resets} sets another number.
 */
@ParameterizedClass
@MethodSource("engines")
class ResetsTest {
  private static final int RESETS = Integer.getInteger("heddle.resets", 5000);

  @Parameter Engine engine;

  static Stream<Engine> engines() {
    return Kind.engines().stream();
  }

  /** Written by a user: what goes wrong is thrown. */
  private static void echo(Awaiter co, TcpSocket client) throws IOException {
    try (client) {
      ByteBuffer buffer = ByteBuffer.allocate(100);
      while (co.await(client.recv(buffer.clear())) >= 0) {
        co.await(client.send(buffer.flip()));
      }
    }
  }

  @Test
  void fiveThousandResetsLeaveNoTaskAndNoDescriptorAndFewLogLines() throws Exception {
    long start = System.nanoTime();
    try (Scheduler scheduler = Scheduler.builder().engine(engine).build();
        TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
        LogRecords log = new LogRecords("dev.heddle")) {
      scheduler.spawn(
          "acceptor",
          co -> {
            while (true) {
              TcpSocket client = co.await(listener.accept());
              scheduler.spawn(conversation -> echo(conversation, client));
            }
          });
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      InetSocketAddress at = listener.localAddress();
      try (Socket other = new Socket(at.getAddress(), at.getPort())) {
        assertThat(ask(other)).isEqualTo("hello");
        long descriptors = DescriptorsTest.sockets();
        for (int i = 0; i < RESETS; i++) {
          try (Socket client = new Socket(at.getAddress(), at.getPort())) {
            client.getOutputStream().write(1);
            client.setSoLinger(true, 0);
          }
          if (i % 500 == 0) {
            assertThat(ask(other)).isEqualTo("hello");
          }
        }
        Until.true_("only two are left", () -> tasks(scheduler) == 3);
        assertThat(ask(other)).isEqualTo("hello");
        Until.true_("all descriptors are back", () -> areBack(descriptors));
      }
      scheduler.close();
      loop.join();
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + 1;
      assertThat(log.atLeast(Level.SEVERE)).hasSizeLessThanOrEqualTo((int) (14 * seconds));
      assertThat(log.atLeast(Level.SEVERE))
          .anyMatch(r -> r.getMessage().contains("more tasks failed by a dev.heddle.net.Socket"));
    }
  }

  private static boolean areBack(long descriptors) {
    try {
      return DescriptorsTest.sockets() <= descriptors;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The task that asks is one of them. */
  private static int tasks(Scheduler scheduler) {
    try {
      return scheduler.call(() -> scheduler.tasks().size());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String ask(Socket client) throws IOException {
    client.getOutputStream().write("hello".getBytes(US_ASCII));
    return new String(client.getInputStream().readNBytes(5), US_ASCII);
  }
}
