package dev.heddle.net.echo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import dev.heddle.net.Connection;
import dev.heddle.net.ServerLimits;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.heddle.net.echo.ServerKind#all")
class EchoServerFaultTest {
  private static final int RESETS = 10_000;

  @Parameter ServerKind kind;

  /** Row 7. */
  @Test
  void tenThousandResetsEndOnlyTheirTasksAndLeaveNoDescriptorAndNoStackTrace() throws Exception {
    try (LogRecords log = new LogRecords("dev.heddle.net.echo");
        RunningServer server = RunningServer.start(kind);
        Client other = server.connect()) {
      assertThat(other.ask("before")).isEqualTo("GOT:before");
      long descriptors = descriptors();
      for (int i = 0; i < RESETS; i++) {
        Client client = server.connect();
        if (i % 2 == 0) {
          client.send("half a line"); // reset while the server reads
        } else {
          client.send("a line\n".repeat(50)); // reset while the server writes
        }
        client.reset();
        if (i % 1000 == 0) {
          assertThat(other.ask("during " + i)).isEqualTo("GOT:during " + i);
        }
      }
      Until.true_("one connection is left", () -> server.connections() == 1);
      assertThat(other.ask("after")).isEqualTo("GOT:after");
      Until.true_("all descriptors are back", () -> descriptors() <= descriptors);
      assertThat(log.atLeast(Level.INFO)).isEmpty();
    }
  }

  private static long descriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Row 12. */
  @Test
  void aHandlerThatFailsClosesItsConnectionAndIsReportedOnceAndTheLoopLives() throws Exception {
    assertContained(
        IllegalStateException.class,
        () -> {
          throw new IllegalStateException("boom");
        });
    assertContained(
        OutOfMemoryError.class,
        () -> {
          throw new OutOfMemoryError("not really");
        });
    assertContained(StackOverflowError.class, EchoServerFaultTest::overflow);
  }

  @SuppressWarnings("InfiniteRecursion") // that is the fault
  private static void overflow() {
    overflow();
    overflow();
  }

  private void assertContained(Class<? extends Throwable> failure, Runnable fault)
      throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    try (LogRecords log = new LogRecords("dev.heddle.net.echo");
        RunningServer server = RunningServer.serving(kind, c -> serve(c, fails, fault));
        Client other = server.connect()) {
      assertThat(other.ask("before")).isEqualTo("GOT:before");
      fails.set(true);
      try (Client client = server.connect()) {
        assertThat(client.send("x\n").readToEnd()).isEmpty();
      }
      assertThat(other.ask("after")).isEqualTo("GOT:after");
      Until.true_("one connection is left", () -> server.connections() == 1);
      assertThat(log.atLeast(Level.INFO)).hasSize(1);
      assertThat(log.atLeast(Level.INFO).getFirst().getThrown()).isInstanceOf(failure);
    }
  }

  /** Serves as it should be, or with a fault when a line was heard. */
  private Body<?> serve(Connection connection, AtomicBoolean fails, Runnable fault) {
    if (!fails.get()) {
      return kind.style().serve(connection);
    }
    return kind.style() == EchoServer.Style.STEP
        ? Body.step(new FaultyStep(connection, fault))
        : kind.style()
            .serve(
                connection,
                (co, c) -> {
                  assertThat(co.await(c.reader().hasLine())).isTrue();
                  fault.run();
                });
  }

  /** The fault comes where the conversation would make it: inside of a step. */
  private static final class FaultyStep extends Step<Void> {
    private final EchoStep step;
    private final Runnable fault;
    private int steps;

    FaultyStep(Connection connection, Runnable fault) {
      this.step = new EchoStep(connection, EchoServer.Mode.GOT);
      this.fault = fault;
    }

    @Override
    protected YieldEvent<?, ?> step(Object sent) {
      if (steps++ == 0) {
        return step.step(sent);
      }
      try {
        fault.run();
        throw new AssertionError("no fault");
      } catch (Throwable thrown) {
        return step.failed(thrown);
      }
    }
  }

  /** Row 11. */
  @Test
  void aShutdownAnswersWhatHasArrivedThenEndsEachConnectionAndTheRun() throws Exception {
    try (RunningServer server = RunningServer.start(kind);
        Client idle = server.connect();
        Client busy = server.connect()) {
      assertThat(idle.ask("hello")).isEqualTo("GOT:hello");
      assertThat(busy.ask("hello")).isEqualTo("GOT:hello");
      busy.send("in flight\n");
      server.shutdown();
      assertThat(busy.readLine()).isEqualTo("GOT:in flight");
      assertThat(busy.readToEnd()).isEmpty();
      assertThat(idle.readToEnd()).isEmpty();
      server.awaitEnd();
      assertThatThrownBy(server::connect).isInstanceOf(IOException.class);
    }
  }

  /** Row 11: the drain is bounded. */
  @Test
  void aConnectionThatDoesNotDrainIsCutAfterTheDrainTimeout() throws Exception {
    ServerLimits limits = ServerLimits.DEFAULT.withDrainTimeout(Duration.ofMillis(50));
    try (RunningServer server = RunningServer.start(kind, limits);
        Client stuck = server.connect()) {
      assertThat(stuck.ask("hello")).isEqualTo("GOT:hello");
      byte[] lines = "never read by its sender\n".repeat(1000).getBytes(UTF_8);
      Thread sender = Thread.startVirtualThread(() -> sendForEver(stuck, lines));
      long before = server.polls();
      Until.true_("the server polls", () -> server.polls() > before + 10);
      server.shutdown();
      server.awaitEnd();
      sender.join();
    }
  }

  private static void sendForEver(Client client, byte[] lines) {
    try {
      while (true) {
        client.send(lines);
      }
    } catch (IOException e) {
      // the server has cut the connection
    }
  }

  /** Row 10. */
  @Test
  void anAddressThatCannotBeHadGivesOneLineThatNamesIt() throws Exception {
    try (RunningServer server = RunningServer.start(kind);
        Scheduler scheduler = Scheduler.builder().engine(kind.engine()).build()) {
      int port = server.address().getPort();
      assertThatThrownBy(() -> open(scheduler, new InetSocketAddress("127.0.0.1", port)))
          .isInstanceOf(BindException.class)
          .hasMessage("cannot listen on 127.0.0.1:" + port + ": Address already in use");
      assertThatThrownBy(() -> open(scheduler, InetSocketAddress.createUnresolved("no.such.", 1)))
          .isInstanceOf(UnknownHostException.class)
          .hasMessage("unknown host: no.such.");
      assertThatThrownBy(() -> open(scheduler, new InetSocketAddress("192.0.2.1", 16000)))
          .isInstanceOf(BindException.class)
          .hasMessageStartingWith("cannot listen on 192.0.2.1:16000: ");
      assertThatThrownBy(() -> new InetSocketAddress("127.0.0.1", 65536))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("65536");
    }
  }

  private void open(Scheduler scheduler, InetSocketAddress address) throws IOException {
    EchoServer _ = EchoServer.open(scheduler, address, kind.style(), ServerLimits.DEFAULT);
  }
}
