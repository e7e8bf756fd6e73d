package dev.heddle.net.echo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Until;
import dev.heddle.net.Connection;
import dev.heddle.net.Server;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Row 16: connections that say nothing for long. They hold no buffer, and all answer when they
 * speak at last. {@code -Dheddle.idle=9000} for so many; each takes two descriptors of this
 * process, as both ends are here. What one of them costs is measured by {@code idle} of the bench.
 */
@ParameterizedClass
@MethodSource("dev.heddle.net.echo.ServerKind#all")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class IdleConnectionsTest {
  private static final int CONNECTIONS = Integer.getInteger("heddle.idle", 500);

  /** Of this process, without the connections. */
  private static final int OTHER_DESCRIPTORS = 500;

  /**
   * What both ends of a connection may keep alive in the heap, the test's own objects with them. A
   * buffer for each would be more.
   */
  private static final long MOST_BYTES = 12_000;

  @Parameter ServerKind kind;

  private final List<SocketChannel> clients = new ArrayList<>();

  /** From {@code /proc/self/limits}: {@code Max open files 20000 20000 files}. */
  private static void assumeDescriptors() throws IOException {
    Path limits = Path.of("/proc/self/limits");
    assumeTrue(Files.exists(limits), "only Linux shows the limits of a process");
    for (String line : Files.readAllLines(limits)) {
      if (line.startsWith("Max open files")) {
        String most = line.split(" {2,}")[1];
        int needed = 2 * CONNECTIONS + OTHER_DESCRIPTORS;
        assumeTrue(
            most.equals("unlimited") || Long.parseLong(most) >= needed,
            "this needs " + needed + " descriptors, and the limit is " + most);
      }
    }
  }

  private static long sockets() {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(IdleConnectionsTest::isSocket).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void manyIdleConnectionsOfTheEchoServerHoldNoBufferAndAllAnswerAtLast() throws Exception {
    allAreIdleAndThenAnswer(kind.style()::serve);
  }

  @Test
  void manyIdleConnectionsOfAUsersHandlerHoldNoBufferAndAllAnswerAtLast() throws Exception {
    allAreIdleAndThenAnswer(this::userBody);
  }

  private Body<?> userBody(Connection connection) {
    return switch (kind.style()) {
      case COROUTINE -> Server.bodyOf(connection, IdleConnectionsTest::talk);
      case THREAD -> Server.threadBodyOf(connection, IdleConnectionsTest::talk);
      case STEP -> Body.step(new Talk(connection));
    };
  }

  private static void talk(Awaiter co, Connection connection) throws IOException {
    byte[] line = hear(co, connection);
    while (line != null) {
      co.await(connection.socket().send(ByteBuffer.wrap(answerTo(line))));
      line = hear(co, connection);
    }
  }

  /** A method that waits for its caller, as users write them. */
  private static byte[] hear(Awaiter co, Connection connection) throws IOException {
    return co.await(connection.reader().readLine());
  }

  private static byte[] answerTo(byte[] line) {
    byte[] answer = new byte[4 + line.length];
    System.arraycopy("GOT:".getBytes(US_ASCII), 0, answer, 0, 4);
    System.arraycopy(line, 0, answer, 4, line.length);
    return answer;
  }

  /** The same as a state machine. */
  private static final class Talk extends Step<Void> {
    private final Connection connection;
    private boolean hears;

    Talk(Connection connection) {
      this.connection = connection;
    }

    @Override
    protected YieldEvent<?, ?> step(Object sent) {
      if (hears && sent == null) {
        connection.close();
        return null;
      }
      hears = !hears;
      return hears
          ? connection.reader().readLine()
          : connection.socket().send(ByteBuffer.wrap(answerTo((byte[]) sent)));
    }

    @Override
    protected YieldEvent<?, ?> failed(Throwable failure) {
      connection.failed(failure);
      connection.close();
      return null;
    }
  }

  private void allAreIdleAndThenAnswer(Function<Connection, Body<?>> service) throws Exception {
    assumeDescriptors();
    try (RunningServer server = RunningServer.serving(kind, service);
        Client other = server.connect()) {
      assertThat(other.ask("before")).isEqualTo("GOT:before"); // all is loaded, and warm
      long socketsBefore = sockets() + 1; // the JDK keeps one from the first close on
      open(server, 20);
      closeAll(server);
      Until.true_("all descriptors are back", () -> sockets() <= socketsBefore);
      System.gc();
      long heapBefore = usedHeap();
      open(server, CONNECTIONS);
      assertThat(sockets()).isGreaterThanOrEqualTo(2L * CONNECTIONS);
      Until.collected(
          "a connection keeps no more than " + MOST_BYTES + " bytes",
          () -> (usedHeap() - heapBefore) / CONNECTIONS <= MOST_BYTES);
      assertThat(other.ask("meanwhile")).isEqualTo("GOT:meanwhile");
      askAll();
      assertThat(server.connections()).isEqualTo(CONNECTIONS + 1);
      closeAll(server);
      Until.true_("all descriptors are back", () -> sockets() <= socketsBefore);
      assertThat(other.ask("after")).isEqualTo("GOT:after");
    }
  }

  /** Every other one has said something before it falls silent. */
  private void open(RunningServer server, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      clients.add(SocketChannel.open(server.address()));
      if (i % 2 == 0) {
        say(i);
        hear(i);
      }
    }
    Until.true_("all are served", () -> server.connections() == count + 1);
  }

  private void closeAll(RunningServer server) throws IOException {
    for (SocketChannel client : clients) {
      client.close();
    }
    clients.clear();
    Until.true_("one connection is left", () -> server.connections() == 1);
  }

  /** All speak before the first is heard. */
  private void askAll() throws IOException {
    for (int i = 0; i < clients.size(); i++) {
      say(i);
    }
    for (int i = 0; i < clients.size(); i++) {
      hear(i);
    }
  }

  private void say(int number) throws IOException {
    ByteBuffer line = ByteBuffer.wrap(line(number));
    while (line.hasRemaining()) {
      clients.get(number).write(line);
    }
  }

  private static byte[] line(int number) {
    return ("hello from " + number + "\n").getBytes(US_ASCII);
  }

  private void hear(int number) throws IOException {
    byte[] expected = answerTo(line(number));
    ByteBuffer heard = ByteBuffer.allocate(expected.length);
    while (heard.hasRemaining() && clients.get(number).read(heard) >= 0) {
      // more comes
    }
    assertThat(Arrays.copyOf(heard.array(), heard.position())).isEqualTo(expected);
  }
}
