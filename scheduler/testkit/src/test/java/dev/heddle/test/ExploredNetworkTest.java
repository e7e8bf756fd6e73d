package dev.heddle.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.fixtures.Holds;
import dev.heddle.net.SocketReader;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An explorer decides what goes wrong on the simulated network, too. */
class ExploredNetworkTest {
  private static final int PORT = 7;

  @TempDir Path folder;

  private Explorer explorer(ExplorerBody body) {
    return RealTime.explorer(body, folder).runs(2_000);
  }

  private static ScheduleFailure failureOf(Explorer explorer) {
    ScheduleFailure failure = catchThrowableOfType(ScheduleFailure.class, explorer::check);
    assertThat(failure).as("it is found").isNotNull();
    return failure;
  }

  /** Answers one line of each connection. */
  private static TaskBody echo(boolean twice) {
    return co -> {
      try (TcpListener listener = listener(co)) {
        while (true) {
          TcpSocket client = accepted(co, listener);
          Scheduler.current().spawn("answer", c -> answer(c, client, twice));
        }
      }
    };
  }

  private static TcpListener listener(Awaiter co) {
    while (true) {
      try {
        return TcpListener.bind(new InetSocketAddress(PORT));
      } catch (IOException e) {
        co.await(Timers.sleep(Duration.ofMillis(10)));
      }
    }
  }

  private static TcpSocket accepted(Awaiter co, TcpListener listener) {
    while (true) {
      try {
        return co.await(listener.accept());
      } catch (IOException e) {
        co.await(Timers.sleep(Duration.ofMillis(10)));
      }
    }
  }

  private static void answer(Awaiter co, TcpSocket client, boolean twice) {
    try (client) {
      String line = co.await(new SocketReader(client).readLine(UTF_8));
      if (line != null) {
        ByteBuffer answer = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
        int _ = co.await(client.sendSome(answer));
        if (answer.hasRemaining()) {
          co.await(client.send(twice ? answer.rewind() : answer)); // the bug
        }
      }
    } catch (IOException e) {
      // the client is gone
    }
  }

  /** Asks once; null if that failed. */
  private static @Nullable String ask(Awaiter co, Host server, String line) {
    try (TcpSocket socket = co.await(TcpSocket.connect(server.address(PORT)))) {
      co.await(socket.send(ByteBuffer.wrap((line + "\n").getBytes(UTF_8))));
      return co.await(new SocketReader(socket).readLine(UTF_8).within(Duration.ofMinutes(1)));
    } catch (IOException | TimeoutException e) {
      return null;
    }
  }

  private static void talk(Simulation sim, Faults faults, boolean twice) throws Exception {
    sim.network().faults(faults);
    Host server = sim.network().host("server");
    server.start(echo(twice));
    sim.scheduler()
        .spawn(
            "client",
            co -> {
              String answer = ask(co, server, "hello");
              sim.sometimes(answer != null, "the client is answered");
              sim.sometimes(answer == null, "the client is not answered");
              assertThat(answer == null ? "hello" : answer).isEqualTo("hello");
            });
    sim.run();
  }

  @ParameterizedTest
  @CsvSource({
    "short write, 1, 0, 0",
    "reset, 0, 1, 0",
    "refusal, 0, 0, 1",
    "no descriptor, 0, 0, 0",
  })
  void eachFaultThatTheNetworkDrawsIsAChoiceOfTheExplorer(
      String fault, int pieces, int resets, int connects) {
    Faults faults =
        Faults.NONE
            .withPieces(4 * pieces)
            .withResets(4 * resets)
            .withConnects(4 * connects)
            .withOutOfDescriptors(pieces + resets + connects == 0 ? 4 : 0);
    ScheduleFailure failure =
        failureOf(
            explorer(
                sim -> {
                  Host server = sim.network().host("server");
                  sim.network().faults(faults);
                  server.start(echo(pieces == 1));
                  sim.scheduler()
                      .spawn(
                          "client",
                          co -> {
                            co.await(Timers.sleep(Duration.ofMillis(1)));
                            assertThat(ask(co, server, "hello")).isEqualTo("hello");
                          });
                }));
    assertThat(failure.getMessage()).contains("fails if").contains(fault);
    assertThat(failure.deviations()).isLessThanOrEqualTo(2);
  }

  @Test
  void aBugThatNeedsAShortWriteIsFoundShrunkAndReplayed() throws Exception {
    ExplorerBody body = sim -> talk(sim, Faults.ROUGH, true);
    ScheduleFailure failure = failureOf(explorer(body));
    assertThat(failure.getMessage()).contains("short write: server of connection 1");
    assertThat(failure.deviations()).isLessThanOrEqualTo(2);
    Path trace = failure.trace();
    assertThat(trace).isNotNull();
    assertThat(Files.readString(trace)).contains("short-write 1/2");
    assertThatThrownBy(() -> Explorer.replay(trace, body))
        .isInstanceOf(ScheduleFailure.class)
        .hasMessageContaining("short write")
        .hasMessageNotContaining("diverged");
  }

  private static final Faults NO_LOGS = Faults.ROUGH.withOutOfDescriptors(0);

  @Test
  void aServerThatIsRightIsRightUnderAllFaultsAndOrders() {
    Explorer.Report report = explorer(sim -> talk(sim, NO_LOGS, false)).runs(100).check();
    assertThat(report.schedules()).isGreaterThan(40);
  }

  @Test
  @Holds("T6")
  void oneSeedIsOneExplorationWithHostsToo() {
    Explorer.Report first = explorer(sim -> talk(sim, NO_LOGS, false)).seed(3).runs(40).check();
    Explorer.Report again = explorer(sim -> talk(sim, NO_LOGS, false)).seed(3).runs(40).check();
    assertThat(again.hash()).isEqualTo(first.hash());
  }

  /** A client that asks until it is answered, or gives up after some times. */
  private static void askOften(Simulation sim, Host server, int most) {
    sim.scheduler()
        .spawn(
            "client",
            co -> {
              String answer = null;
              for (int i = 0; answer == null && i < most; i++) {
                co.await(Timers.sleep(Duration.ofSeconds(1)));
                answer = ask(co, server, "hello");
              }
              assertThat(answer).as("the answer").isEqualTo("hello");
            });
  }

  @Test
  void whenTwoHostsAreCutOffIsAChoiceOfTheExplorer() {
    ExplorerBody body =
        sim -> {
          Host server = sim.network().host("server");
          server.start(echo(false));
          sim.network().mayPartition(sim.host(), server);
          askOften(sim, server, 1);
        };
    ScheduleFailure failure = failureOf(explorer(body));
    assertThat(failure.getMessage()).contains("partition: test and server");
    assertThatThrownBy(() -> Explorer.replay(failure.trace(), body))
        .hasMessageContaining("partition: test and server")
        .hasMessageNotContaining("diverged");
  }

  @Test
  void whenAHostCrashesIsAChoiceOfTheExplorer() {
    ScheduleFailure failure =
        failureOf(
            explorer(
                sim -> {
                  Host server = sim.network().host("server");
                  server.start(echo(false));
                  sim.network().mayCrash(server);
                  askOften(sim, server, 1);
                }));
    assertThat(failure.getMessage()).contains("crash: server");
    assertThat(failure.deviations()).isEqualTo(1);
  }

  @Test
  void afterTheLastFaultOfTheNetworkAllTasksMustEndInTime() {
    ExplorerBody patient =
        sim -> {
          sim.network().faults(NO_LOGS.withResets(3));
          Host server = sim.network().host("server");
          server.start(echo(false));
          sim.network().mayPartition(sim.host(), server);
          askOften(sim, server, 1_000);
        };
    Explorer.Report report =
        explorer(patient)
            .runs(40)
            .faultsFor(Duration.ofMinutes(2))
            .endsWithin(Duration.ofMinutes(5))
            .check();
    assertThat(report.runs()).isEqualTo(40);
    ExplorerBody waitsForEver =
        sim -> {
          Host server = sim.network().host("server");
          server.start(echo(false));
          sim.network().mayPartition(sim.host(), server);
          sim.scheduler()
              .spawn(
                  "client",
                  co -> {
                    while (ask(co, server, "hello") == null) {
                      co.await(Timers.sleep(Duration.ofHours(1))); // the bug: far too long
                    }
                  });
        };
    ScheduleFailure failure =
        failureOf(
            explorer(waitsForEver)
                .faultsFor(Duration.ofMinutes(2))
                .endsWithin(Duration.ofMinutes(5)));
    assertThat(failure.getMessage()).contains("have not ended within PT5M", "partition", "client");
  }

  @Test
  void aDelayThatDoesNotMatterIsDroppedAndOneThatDoesIsAsShortAsItMayBe() {
    ScheduleFailure failure =
        failureOf(
            explorer(
                    sim -> {
                      Host server = sim.network().host("server");
                      server.start(echo(false));
                      sim.network().faults(Faults.NONE.withDelays(2, Duration.ofSeconds(8)));
                      sim.scheduler()
                          .spawn(
                              "client",
                              co -> {
                                co.await(Timers.sleep(Duration.ofMillis(1)));
                                Duration begin = sim.clock().elapsed();
                                TcpSocket socket =
                                    co.await(TcpSocket.connect(server.address(PORT)));
                                try (socket) {
                                  co.await(socket.send(ByteBuffer.wrap("hello\n".getBytes(UTF_8))));
                                  SocketReader reader = new SocketReader(socket);
                                  assertThat(co.await(reader.readLine(UTF_8))).isEqualTo("hello");
                                }
                                Duration took = sim.clock().elapsed().minus(begin);
                                assertThat(took).isLessThan(Duration.ofMillis(3_500));
                              });
                    })
                .byRandomWalk());
    // of the four packets and their delays of 1 to 8 s one is left, of 4 s
    assertThat(failure.getMessage()).containsOnlyOnce("fails if delay: ").contains("how long 3");
    assertThat(failure.deviations()).isEqualTo(2);
  }

  @Test
  void whatABodyOfAnotherHostThrowsIsAFailure() {
    ScheduleFailure failure =
        failureOf(
            explorer(
                sim -> {
                  sim.network().faults(Faults.NONE.withOutOfDescriptors(4));
                  Host server = sim.network().host("server");
                  server.start(
                      co -> {
                        try (TcpListener listener = TcpListener.bind(new InetSocketAddress(PORT))) {
                          co.await(Timers.sleep(Duration.ofSeconds(1)));
                        }
                      });
                  sim.scheduler()
                      .spawn("waits", co -> co.await(Timers.sleep(Duration.ofSeconds(2))));
                }));
    assertThat(failure).hasRootCauseInstanceOf(IOException.class);
    assertThat(failure.getMessage()).contains("no descriptor: server");
    assertThat(failure.deviations()).isEqualTo(1);
  }
}
