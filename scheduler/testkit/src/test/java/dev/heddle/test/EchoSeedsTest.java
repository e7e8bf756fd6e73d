package dev.heddle.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Holds;
import dev.heddle.net.ServerLimits;
import dev.heddle.net.SocketReader;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.echo.EchoServer;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Echo servers under the network faults of many seeds, with every answer checked. */
class EchoSeedsTest {
  private static final int SEEDS = 100;
  private static final int PORT = 7;
  private static final int CLIENTS = 2;
  private static final int LINES = 6;

  /** Of a listener without descriptors, and of connections that are reset: thousands of lines. */
  private static final List<java.util.logging.Logger> QUIET =
      List.of(
          java.util.logging.Logger.getLogger("dev.heddle.net"),
          java.util.logging.Logger.getLogger("dev.heddle"));

  @BeforeAll
  static void logNothing() {
    QUIET.forEach(logger -> logger.setLevel(java.util.logging.Level.OFF));
  }

  @AfterAll
  static void logAgain() {
    QUIET.forEach(logger -> logger.setLevel(null));
  }

  /** An echo server for ever. */
  private static TaskBody server(EchoServer.Style style) {
    return co -> {
      EchoServer _ = open(co, style);
      co.await(new Event("for ever").await());
    };
  }

  private static EchoServer open(Awaiter co, EchoServer.Style style) {
    while (true) {
      try {
        return EchoServer.open(
            Scheduler.current(), new InetSocketAddress(PORT), style, ServerLimits.DEFAULT);
      } catch (IOException e) {
        co.await(Timers.sleep(Duration.ofMillis(10))); // no descriptor was left
      }
    }
  }

  /** All lines of one client are answered, over as many connections as that takes. */
  private static void client(Awaiter co, Host server, String name) {
    int answered = 0;
    while (answered < LINES) {
      try (TcpSocket socket = co.await(TcpSocket.connect(server.address(PORT)))) {
        SocketReader reader = new SocketReader(socket);
        while (answered < LINES) {
          String line = name + " " + answered + " " + "x".repeat(10 * answered);
          co.await(socket.send(ByteBuffer.wrap((line + "\n").getBytes(UTF_8))));
          String answer = co.await(reader.readLine(UTF_8).within(Duration.ofMinutes(1)));
          if (answer == null) {
            break;
          }
          assertThat(answer).as("the answer to '%s'", line).isEqualTo("GOT:" + line);
          answered++;
        }
      } catch (IOException | TimeoutException e) {
        co.await(Timers.sleep(Duration.ofMillis(50)));
      }
    }
  }

  private static void talk(Awaiter co, Simulation sim, TaskBody body) throws Exception {
    sim.network().faults(Faults.ROUGH);
    Host server = sim.network().host("server");
    server.start(body);
    List<Task<?>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String name = "client " + i;
      clients.add(
          sim.scheduler()
              .submit(
                  name,
                  c -> {
                    client(c, server, name);
                    return true;
                  }));
    }
    for (Task<?> client : clients) {
      co.await(client.join());
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyAnswerIsRightWhateverTheNetworkDoes(EchoServer.Style style) throws Exception {
    TestScheduler.builder().seeds(SEEDS).run((co, sim) -> talk(co, sim, server(style)));
  }

  /** The bug: after a short write the whole answer is sent again. */
  private static void sendTwice(Awaiter co, TcpListener listener) throws IOException {
    while (true) {
      TcpSocket client = co.await(listener.accept());
      Scheduler.current()
          .spawn(
              c -> {
                try (client) {
                  SocketReader reader = new SocketReader(client);
                  String line;
                  while ((line = c.await(reader.readLine(UTF_8))) != null) {
                    ByteBuffer answer = ByteBuffer.wrap(("GOT:" + line + "\n").getBytes(UTF_8));
                    int _ = c.await(client.sendSome(answer));
                    if (answer.hasRemaining()) {
                      c.await(client.send(answer.rewind()));
                    }
                  }
                } catch (IOException e) {
                  // the client is gone
                }
              });
    }
  }

  @Test
  @Holds("T1")
  void anAnswerSentTwiceAfterAShortWriteIsFoundAndReplayedFromItsSeed() {
    SimulationBody body =
        (co, sim) ->
            talk(
                co,
                sim,
                c -> {
                  try (TcpListener listener = listen(c)) {
                    sendTwice(c, listener);
                  }
                });
    Throwable found = catchThrowable(() -> TestScheduler.builder().seeds(1000).run(body));
    assertThat(found).isInstanceOf(AssertionError.class).hasMessageContaining("the answer to");
    SimulationReport report = (SimulationReport) found.getSuppressed()[0];
    Throwable again = catchThrowable(() -> TestScheduler.builder().seed(report.seed()).run(body));
    assertThat(again).hasMessage(found.getMessage());
    assertThat(again.getSuppressed()[0]).hasMessage(report.getMessage());
  }

  private static TcpListener listen(Awaiter co) {
    while (true) {
      try {
        return TcpListener.bind(new InetSocketAddress(PORT));
      } catch (IOException e) {
        co.await(Timers.sleep(Duration.ofMillis(10)));
      }
    }
  }

  private static final int SEEDS_COMPARED = 50;

  /** Prints what was chosen, for some seeds. */
  static final class Hashes {
    public static void main(String[] args) throws Exception {
      logNothing();
      System.out.print("hashes " + hashes());
    }

    static List<String> hashes() throws Exception {
      List<String> all = new ArrayList<>();
      TestScheduler.builder()
          .seeds(SEEDS_COMPARED)
          .run(
              (co, sim) -> {
                talk(co, sim, server(EchoServer.Style.COROUTINE));
                all.add(sim.clock().elapsed() + " " + sim.choices());
              });
      return all;
    }
  }

  @Test
  @Holds("T1")
  void anotherProcessMakesTheSameChoicesOnTheSameSeedsOnAnotherEngineToo() throws Exception {
    String[] flags = {
      "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
      "--add-opens=java.base/java.lang=ALL-UNNAMED",
      "-Dheddle.seeds=" + Integer.getInteger("heddle.seeds", SEEDS_COMPARED)
    };
    ForkedJvm other = ForkedJvm.run(Hashes.class, flags);
    assertThat(other.output()).contains("hashes " + Hashes.hashes()); // the log may come behind
  }
}
