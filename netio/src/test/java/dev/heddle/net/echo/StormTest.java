package dev.heddle.net.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import dev.heddle.net.ServerLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Rows 9 and 15: clients that come, or come and go, faster than they can be served. {@code
 * -Dheddle.connects=100000} for so many.
 */
@Timeout(600)
class StormTest {
  private static final int CONNECTS = Integer.getInteger("heddle.connects", 10_000);

  /** As many as wait in the system's queue of a listener. */
  private static final int WAVE = 1000;

  private static final int LIMIT = 100;

  private final ServerKind kind =
      new ServerKind(EchoServer.Style.COROUTINE, Kind.engines().iterator().next());

  private static long descriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aStormOfConnectsOverTheLimitIsRefusedToTheLastWhileTheOthersAreServed() throws Exception {
    ServerLimits limits = ServerLimits.DEFAULT.withMaxConnections(LIMIT);
    try (LogRecords log = new LogRecords("dev.heddle");
        RunningServer server = RunningServer.start(kind, limits)) {
      List<Client> inside = new ArrayList<>();
      for (int i = 0; i < LIMIT; i++) {
        inside.add(server.connect());
        assertThat(inside.get(i).ask("hello")).isEqualTo("GOT:hello");
      }
      for (int done = 0; done < CONNECTS; done += WAVE) {
        List<Client> wave = new ArrayList<>();
        for (int i = 0; i < WAVE; i++) {
          wave.add(server.connect());
          if (i % 100 == 0) {
            assertThat(inside.get(i / 100).ask("still")).isEqualTo("GOT:still");
          }
        }
        for (Client refused : wave) {
          assertThat(refused.readToEnd()).isEmpty();
          refused.close();
        }
      }
      inside.removeLast().close();
      Until.true_("there is room for one", () -> server.connections() == LIMIT - 1);
      inside.add(server.connect());
      assertThat(inside.getLast().ask("new")).isEqualTo("GOT:new");
      assertThat(log.atLeast(Level.WARNING)).hasSizeLessThan(CONNECTS / 10);
      for (Client client : inside) {
        client.close();
      }
    }
  }

  @Test
  void afterManyConnectsAndClosesDescriptorsAndKeysAndTasksAreBackToTheStart() throws Exception {
    try (RunningServer server = RunningServer.start(kind);
        Client other = server.connect()) {
      assertThat(other.ask("before")).isEqualTo("GOT:before");
      long descriptors = descriptors();
      for (int i = 0; i < CONNECTS; i++) {
        try (Client client = server.connect()) {
          if (i % 2 == 0) {
            assertThat(client.ask("hello")).isEqualTo("GOT:hello");
          }
        }
        if (i % 1000 == 0) {
          assertThat(other.ask("during " + i)).isEqualTo("GOT:during " + i);
        }
      }
      Until.true_("one connection is left", () -> server.connections() == 1);
      Until.true_("one key is left", () -> server.ask(s -> s.stats().io().connections()) == 1);
      Until.true_("all descriptors are back", () -> descriptors() <= descriptors);
      assertThat(other.ask("after")).isEqualTo("GOT:after");
    }
  }
}
