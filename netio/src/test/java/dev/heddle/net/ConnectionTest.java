package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.LogRecords;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Level;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is told of a connection's beginning and of its end. */
class ConnectionTest {
  private static final String ORDERLY = "an orderly end";

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  /** What a log would have: the counts are up to date by then. */
  private void tell(Connection connection) {
    told.add("opened, open " + connection.server().stats().open());
    connection.onClose(
        why ->
            told.add(
                (why == null ? ORDERLY : why) + ", open " + connection.server().stats().open()));
    assertThatThrownBy(() -> connection.onClose(_ -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("has an action for its end already");
  }

  @ParameterizedTest
  @EnumSource(EchoServer.Style.class)
  void itIsToldOnceWhenAConnectionHasBegunAndWhyItHasEnded(EchoServer.Style style)
      throws Exception {
    try (Scheduler scheduler = Scheduler.create()) {
      Server server =
          EchoServer.on(scheduler, style, EchoServer.Mode.GOT)
              .limits(ServerLimits.DEFAULT.withMaxLineLength(10))
              .onOpen(this::tell)
              .bind(List.of(Connections.ANY_PORT));
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      try (Socket client = connect(server)) {
        assertThat(told.take()).isEqualTo("opened, open 1");
        client.shutdownOutput();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(told.take()).isEqualTo(ORDERLY + ", open 0");
      try (Socket client = connect(server)) {
        assertThat(told.take()).isEqualTo("opened, open 1");
        client.getOutputStream().write("more than ten bytes".getBytes(US_ASCII));
        client.shutdownOutput();
        assertThat(client.getInputStream().readAllBytes()).asString().startsWith("ERR line");
      }
      assertThat(told.take()).contains("line").endsWith("open 0").doesNotContain(ORDERLY);
      Socket resets = connect(server);
      assertThat(told.take()).isEqualTo("opened, open 1");
      resets.setSoLinger(true, 0);
      resets.close();
      assertThat(told.take()).contains("reset").endsWith("open 0");
      server.shutdown();
      loop.join();
      assertThat(told).isEmpty();
      assertThat(server.stats()).isEqualTo(new ServerStats(3, 0, 0, 1, 1, 1, 0, 0, 0));
    }
  }

  @ParameterizedTest
  @EnumSource(EchoServer.Style.class)
  void anActionThatFailsClosesItsConnectionAndIsReported(EchoServer.Style style) throws Exception {
    try (LogRecords log = new LogRecords("dev.heddle.net.echo");
        Scheduler scheduler = Scheduler.create()) {
      Server server =
          EchoServer.on(scheduler, style, EchoServer.Mode.GOT)
              .onOpen(
                  _ -> {
                    throw new IllegalStateException("as told");
                  })
              .bind(List.of(Connections.ANY_PORT));
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      try (Socket client = connect(server)) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      server.shutdown();
      loop.join();
      assertThat(log.atLeast(Level.WARNING)).hasSize(1);
      assertThat(server.stats().failed()).isEqualTo(1);
    }
  }

  private static Socket connect(Server server) throws IOException {
    return new Socket("127.0.0.1", server.localAddress().getPort());
  }
}
