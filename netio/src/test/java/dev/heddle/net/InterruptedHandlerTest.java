package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Row 28, fault 22: a handler that interrupts the thread it runs on concerns nobody else. */
@ParameterizedClass
@MethodSource("engines")
class InterruptedHandlerTest {
  @Parameter Engine engine;

  static Stream<Engine> engines() {
    return Kind.engines().stream();
  }

  /** Answers each line, and interrupts itself before; "file" sends a file while interrupted. */
  private static void serve(Awaiter co, Connection connection, Path file) throws IOException {
    SocketReader in = connection.reader();
    String line = co.await(in.readLine(US_ASCII));
    while (line != null) {
      Thread.currentThread().interrupt();
      if (line.equals("file")) {
        try (FileChannel channel = FileChannel.open(file)) {
          TcpSocket socket = (TcpSocket) connection.socket();
          co.await(socket.sendFile(channel, 0, Files.size(file)));
        }
      } else {
        co.await(connection.writer().writeLine("GOT:" + line));
        co.await(connection.writer().flush());
      }
      line = co.await(in.readLine(US_ASCII));
    }
  }

  private static void echo(Awaiter co, Connection connection) throws IOException {
    SocketReader in = connection.reader();
    for (String line = co.await(in.readLine(US_ASCII));
        line != null;
        line = co.await(in.readLine(US_ASCII))) {
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      co.await(connection.writer().writeLine("GOT:" + line));
      co.await(connection.writer().flush());
    }
  }

  /** The same in step style, without files. */
  private static final class Interrupting extends Step<@Nullable Void> {
    private final Connection connection;
    private boolean begun;

    Interrupting(Connection connection) {
      this.connection = connection;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      Thread.currentThread().interrupt();
      if (sent instanceof String line) {
        return connection.socket().send(Connections.bytes("GOT:" + line + "\n"));
      }
      if (sent == null && begun) {
        connection.close();
        return null;
      }
      begun = true;
      return connection.reader().readLine(US_ASCII);
    }
  }

  private static String ask(Socket client, String line) throws IOException {
    client.getOutputStream().write((line + "\n").getBytes(US_ASCII));
    return new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII)).readLine();
  }

  @Holds("Y6")
  @Test
  void aHandlerThatInterruptsItsThreadIsServedOnAndNobodyElseNotices(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x".repeat(3_000_000) + "\n");
    Function<Connection, Body<?>> coroutine =
        connection -> Server.bodyOf(connection, (co, c) -> serve(co, c, file));
    Function<Connection, Body<?>> thread =
        connection -> Server.threadBodyOf(connection, (co, c) -> serve(co, c, file));
    Function<Connection, Body<?>> step = connection -> Body.step(new Interrupting(connection));
    for (Function<Connection, Body<?>> service : List.of(coroutine, thread, step)) {
      try (Scheduler scheduler = Scheduler.builder().engine(engine).build()) {
        Server server = Server.on(scheduler, service).bind(List.of(Connections.ANY_PORT));
        Server plain =
            Server.on(scheduler, InterruptedHandlerTest::echo).bind(List.of(Connections.ANY_PORT));
        Thread loop = Thread.ofPlatform().start(scheduler::run);
        try (Socket other = connect(plain);
            Socket client = connect(server)) {
          for (int i = 0; i < 100; i++) {
            assertThat(ask(client, "hello")).isEqualTo("GOT:hello");
            assertThat(ask(other, "quiet")).isEqualTo("GOT:quiet");
          }
          if (service != step) {
            assertThat(ask(client, "file")).hasSize(3_000_000);
          }
          assertThat(ask(client, "hello")).isEqualTo("GOT:hello");
          assertThat(ask(other, "quiet")).isEqualTo("GOT:quiet");
        }
        server.shutdown();
        plain.shutdown();
        loop.join();
      }
    }
  }

  private static Socket connect(Server server) throws IOException {
    return new Socket(server.localAddress().getAddress(), server.localAddress().getPort());
  }
}
