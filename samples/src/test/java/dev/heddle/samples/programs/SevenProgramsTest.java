package dev.heddle.samples.programs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.net.Lines;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.samples.programs.Web.Response;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs that a newcomer wrote from README and guide alone, each run with checked output on each
 * engine. Three more are samples, and {@code GalleryTest} checks what they print: {@code chat},
 * {@code forwarder} and {@code crawler}.
 */
@ParameterizedClass
@MethodSource("engines")
class SevenProgramsTest {
  @Parameter Engine engine;

  @TempDir Path folder;

  private final VirtualTime time = new VirtualTime();
  private final long start = time.nanoTime();
  private final List<String> reported = new ArrayList<>();

  static Stream<Engine> engines() {
    return Stream.of(Engine.values()).filter(e -> e.isAvailable() && e.runsTasks());
  }

  private Duration passed() {
    return Duration.ofNanos(time.nanoTime() - start);
  }

  private void inVirtualTime(TaskBody body) throws Exception {
    Scheduler.builder().engine(engine).clock(time).poller(time).run(body);
  }

  private void withSockets(TaskBody body) throws Exception {
    Scheduler.builder()
        .engine(engine)
        .failureReporter((task, failure) -> reported.add(failure.toString()))
        .run(body);
  }

  // A job queue.

  @Test
  void aJobQueueDoesUrgentJobsFirstTriesAgainAndKeepsWhatFails() throws Exception {
    inVirtualTime(
        co -> {
          JobQueue queue = new JobQueue(SevenProgramsTest::job);
          queue.add("sweep", 1);
          queue.add("flaky", 5);
          queue.add("broken", 3);
          queue.add("endless", 2);
          queue.add("extinguish", 9);
          queue.run(co, 1);
          assertThat(queue.done).containsExactly("extinguish", "flaky", "sweep");
          assertThat(queue.failed).containsExactly("broken: no fuel", "endless: too long");
        });
    assertThat(passed()).as("three tries of the endless one").isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void theJobsOfAJobQueueAreDoneSeveralAtATime() throws Exception {
    inVirtualTime(
        co -> {
          JobQueue queue = new JobQueue((c, job) -> c.await(Timers.sleep(Duration.ofMillis(500))));
          for (int i = 0; i < 10; i++) {
            queue.add("job " + i, i);
          }
          queue.run(co, 5);
          assertThat(queue.done).hasSize(10).startsWith("job 9");
          assertThat(passed()).isEqualTo(Duration.ofSeconds(1));
        });
  }

  private static void job(Awaiter co, JobQueue.Job job) throws Exception {
    co.await(Task.yield());
    switch (job.name()) {
      case "broken" -> throw new IOException("no fuel");
      case "flaky" -> {
        if (job.tries() < 3) {
          throw new IOException("not today");
        }
      }
      case "endless" -> co.await(Timers.sleep(Duration.ofHours(1)));
      default -> {}
    }
  }

  // A pipeline of generators.

  @Test
  void aPipelineOfGeneratorsReadsFilesLineByLine() throws Exception {
    Path one = Files.writeString(folder.resolve("one"), "/ 200\n/lost 404\nnoise\n/lost 404\n");
    Path two = Files.writeString(folder.resolve("two"), "/gone 404\n");
    Logs logs = new Logs();
    assertThat(Logs.missing(Logs.hits(logs.lines(List.of(one, two)))))
        .isEqualTo(Map.of("/gone", 1, "/lost", 2));
    assertThat(logs.opened).isEqualTo(2);
    assertThat(logs.closed).isEqualTo(2);
  }

  @Test
  void aPipelineThatIsLeftEarlyHasOpenedNoFileTooManyAndClosesWhatItOpened() throws Exception {
    Path one = Files.writeString(folder.resolve("one"), "/ 200\n/a 200\n");
    Logs logs = new Logs();
    try (Generator<Logs.Hit> hits = Logs.hits(logs.lines(List.of(one, folder.resolve("none"))))) {
      for (Logs.Hit hit : hits) {
        assertThat(hit.page()).isEqualTo("/");
        break;
      }
    }
    assertThat(logs.opened).isEqualTo(1);
    assertThat(logs.closed).isEqualTo(1);
  }

  @Test
  void whatFailsDeepInAPipelineIsCaughtAroundItsLoop() throws Exception {
    Path broken = folder.resolve("broken");
    Files.write(broken, new byte[] {'/', ' ', '2', '\n', (byte) 0xff, '\n'});
    Logs logs = new Logs();
    List<String> seen = new ArrayList<>();
    try (Generator<String> lines = logs.lines(List.of(broken))) {
      for (String line : lines) {
        seen.add(line);
      }
    } catch (MalformedInputException e) {
      seen.add("malformed");
    }
    assertThat(seen).last().isEqualTo("malformed");
    assertThat(logs.closed).isEqualTo(1);
  }

  // A test of one's own code.

  @Test
  void aRetryPausesLongerEachTimeAndItsTestTakesNoTime() throws Exception {
    inVirtualTime(
        co -> {
          List<Long> at = new ArrayList<>();
          String answer =
              new Retry(4, Duration.ofSeconds(10))
                  .call(
                      co,
                      c -> {
                        at.add(passed().toSeconds());
                        c.await(Task.yield());
                        if (at.size() < 4) {
                          throw new IOException("not yet");
                        }
                        return "at last";
                      });
          assertThat(answer).isEqualTo("at last");
          assertThat(at).containsExactly(0L, 1L, 3L, 7L);
        });
  }

  @Test
  void aRetryGivesUpWithTheLastFailureAndDoesNotRetryWhatIsTooSlow() throws Exception {
    inVirtualTime(
        co -> {
          Retry retry = new Retry(2, Duration.ofSeconds(10));
          assertThatThrownBy(() -> retry.call(co, c -> down(c))).hasMessage("down");
          assertThatThrownBy(() -> retry.call(co, c -> tooSlow(c)))
              .isInstanceOf(TimeoutException.class);
        });
    assertThat(passed()).isEqualTo(Duration.ofSeconds(11));
  }

  private static String down(Awaiter co) throws IOException {
    co.await(Task.yield());
    throw new IOException("down");
  }

  private static String tooSlow(Awaiter co) {
    co.await(Timers.sleep(Duration.ofHours(1)));
    return "too late";
  }

  // A server and a client of HTTP.

  private static final Map<String, String> PAGES =
      Map.of("/", "welcome", "/long", "x".repeat(50_000));

  private void withServer(Use use) throws Exception {
    withSockets(
        co -> {
          TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
          Scheduler.current().spawn("server", server -> Web.serve(server, listener, PAGES));
          use.run(co, listener.localAddress());
        });
  }

  private interface Use {
    void run(Awaiter co, InetSocketAddress server) throws Exception;
  }

  @Test
  void anHttpServerAnswersOurClientAndManyAtATime() throws Exception {
    withServer(
        (co, server) -> {
          assertThat(Web.get(co, server, "/")).isEqualTo(new Response(200, "welcome"));
          assertThat(Web.get(co, server, "/none").status()).isEqualTo(404);
          try (var clients = TaskGroup.all()) {
            for (int i = 0; i < 50; i++) {
              clients.submit("client " + i, c -> Web.get(c, server, "/long"));
            }
            for (Task<?> client : co.await(clients.join())) {
              assertThat(client.resultNow()).isEqualTo(new Response(200, PAGES.get("/long")));
            }
          }
        });
    assertThat(reported).isEmpty();
  }

  @Test
  void anHttpServerAnswersTheClientOfTheJdk() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      withServer(
          (co, server) -> {
            URI page = URI.create("http://127.0.0.1:" + server.getPort() + "/");
            var answer =
                co.await(
                    Promise.from(
                        client.sendAsync(
                            HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("welcome");
          });
    }
  }

  @Test
  void anHttpServerToleratesClientsThatAreBrokenAndServesTheNext() throws Exception {
    withServer(
        (co, server) -> {
          assertThat(say(co, server, "POST / HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 400");
          assertThat(say(co, server, "\r\n\r\n")).startsWith("HTTP/1.0 400");
          assertThat(say(co, server, "GET /" + "x".repeat(1001))).startsWith("HTTP/1.0 400");
          assertThat(say(co, server, "GET /")).as("the end inside of a line").isEqualTo("the end");
          assertThat(Web.get(co, server, "/").status()).isEqualTo(200);
        });
    assertThat(reported)
        .containsExactly("java.io.EOFException: the peer ended in the middle of its message");
  }

  /** Says it, ends its output, and gives the first line of the answer. */
  private static String say(Awaiter co, InetSocketAddress server, String text) throws Exception {
    try (TcpSocket socket = co.await(TcpSocket.connect(server))) {
      co.await(socket.send(US_ASCII.encode(text)));
      socket.shutdownOutput();
      byte[] line = co.await(new Lines(socket).readLine());
      return line == null ? "the end" : new String(line, US_ASCII);
    }
  }
}
