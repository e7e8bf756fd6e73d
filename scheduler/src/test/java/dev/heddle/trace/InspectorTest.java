package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.view.KernelView;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who is answered by the inspector, and what.
 *
 * <p>This file is long because it is one server, with all who may ask it.
 */
class InspectorTest {
  /** For a loop that need not hurry, on a machine that may be busy. */
  private static final Duration LONG = Duration.ofSeconds(30);

  private final CompletableFuture<Scheduler> made = new CompletableFuture<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private FutureTask<Void> run;

  @AfterEach
  void stop() throws Exception {
    client.shutdownNow();
    if (run != null) {
      made.get().close();
      Foreign.get(run);
    }
  }

  /** A scheduler that runs these tasks, all of which wait by now, and one more till its close. */
  private Scheduler running(Consumer<Scheduler> tasks) throws Exception {
    run =
        Foreign.start(
            "run",
            () -> {
              try (Scheduler scheduler =
                  Scheduler.builder().name("s").watchdog(Duration.ZERO).build()) {
                tasks.accept(scheduler);
                Promise<String> never = new Promise<>();
                scheduler.spawn("last", co -> co.await(never));
                made.complete(scheduler);
                scheduler.run();
              }
            });
    Scheduler scheduler = made.get();
    Until.true_("its loop sleeps", () -> KernelView.get().rounds(scheduler) == -1);
    return scheduler;
  }

  private Scheduler running() throws Exception {
    return running(scheduler -> {});
  }

  private HttpResponse<String> get(URI uri) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(URI uri) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    return client.send(
        request.POST(HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString());
  }

  /** An open page: its views, and its end. */
  private record Views(Stream<String> stream, Iterator<String> lines) implements AutoCloseable {
    Map<?, ?> next() {
      String line = lines.next();
      while (!line.startsWith("data: ")) {
        line = lines.next();
      }
      return (Map<?, ?>) JsonReader.parse(line.substring(6));
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  private Views open(Inspector inspector) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(inspector.uri().resolve("events")).build();
    HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());
    assertThat(response.statusCode()).isEqualTo(200);
    return new Views(response.body(), response.body().iterator());
  }

  @Test
  void thePageAndTheViewsAreGivenToWhoKnowsTheToken() throws Exception {
    try (Inspector inspector = Inspector.start(running(), 0)) {
      assertThat(inspector.uri().toString()).matches("http://127\\.0\\.0\\.1:\\d+/[0-9a-f]{32}/");
      HttpResponse<String> page = get(inspector.uri());
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
      assertThat(page.body()).startsWith("<!doctype html>").doesNotContain("NONCE", "src=\"http");
      String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
      Matcher nonce = Pattern.compile("script-src 'nonce-([0-9a-f]{32})'").matcher(policy);
      assertThat(nonce.find()).isTrue();
      assertThat(policy).contains("default-src 'none'", "connect-src 'self'");
      assertThat(page.body()).contains("<script nonce=\"" + nonce.group(1) + "\">");
      assertThat(get(inspector.uri()).body())
          .as("a new one each time")
          .doesNotContain(nonce.group(1));
      try (Views views = open(inspector)) {
        Map<?, ?> view = views.next();
        assertThat(view.get("scheduler")).isEqualTo("s");
        assertThat(view.toString()).contains("name=last");
        assertThat(views.next().get("running")).isEqualTo(true);
      }
      assertThat(get(inspector.uri().resolve("dump")).body()).contains("'last' waits");
      assertThat(get(inspector.uri().resolve("nothing")).statusCode()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "events", "dump", "task?id=1", "nothing"})
  void aWrongTokenIsRefusedWhateverIsAskedFor(String what) throws Exception {
    try (Inspector inspector = Inspector.start(running(), 0)) {
      String right = inspector.uri().getPath().substring(1, 33);
      String other = (right.startsWith("0") ? "1" : "0") + right.substring(1);
      for (String token : List.of(other + "/", right.substring(1) + "/", right + "0/", "", "x/")) {
        HttpResponse<String> refused = get(inspector.uri().resolve("/" + token + what));
        assertThat(refused.statusCode()).as(token).isEqualTo(403);
        assertThat(refused.body()).isEqualTo("the token is missing or wrong");
      }
    }
  }

  private static String raw(URI uri, String request) throws IOException {
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:7070",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "",
      })
  void aHostHeaderThatIsNoAddressIsRefusedAsItsNameMayHaveBeenLedHere(String host)
      throws Exception {
    try (Inspector inspector = Inspector.start(running(), 0)) {
      String path = inspector.uri().getPath();
      String head = "GET " + path + " HTTP/1.1\r\nConnection: close\r\nHost: ";
      assertThat(raw(inspector.uri(), head + host + "\r\n\r\n"))
          .startsWith("HTTP/1.1 403")
          .endsWith("the Host header must be an address or localhost");
      for (String own : List.of("localhost:1", "127.0.0.1", "[::1]:80")) {
        assertThat(raw(inspector.uri(), head + own + "\r\n\r\n")).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void aPortInUseIsToldInOneLine() throws Exception {
    Scheduler scheduler = running();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> Inspector.start(scheduler, port))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "the inspector cannot listen on 127.0.0.1:" + port + ": Address already in use");
    }
    assertThatThrownBy(() -> Inspector.start(scheduler, 65_536))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("port 65536: must be 0 to 65535");
    InetAddress all = new InetSocketAddress(0).getAddress();
    assertThatThrownBy(() -> Inspector.builder(scheduler).address(all).withoutToken().start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must have a token");
  }

  @Test
  void aSchedulerThatBeginsAndEndsLaterIsNamedWhileItRuns() throws Exception {
    CompletableFuture<Scheduler> second = new CompletableFuture<>();
    try (Inspector inspector = Inspector.start(running(), 0);
        Views own = open(inspector)) {
      assertThat(own.next().get("loop")).isEqualTo(0L);
      var other = Foreign.start("other", () -> runUntilClosed(second));
      Map<?, ?> found = next(own, view -> numberOf(view, "other") > 0);
      long number = numberOf(found, "other");
      URI events = inspector.uri().resolve("events?loop=" + number);
      HttpRequest request = HttpRequest.newBuilder(events).build();
      HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());
      try (Views views = new Views(response.body(), response.body().iterator())) {
        Map<?, ?> view = next(views, each -> each.get("rows").toString().contains("turns="));
        assertThat(view.get("scheduler")).isEqualTo("other");
        assertThat(get(inspector.uri().resolve("task?id=1&loop=" + number)).body())
            .contains("\"name\":\"other's\"");
        assertThat(get(inspector.uri().resolve("dump?loop=" + number)).body()).contains("'other");
        second.get().close();
        Foreign.get(other);
        while (views.lines.hasNext()) { // and then the page ends
          String _ = views.lines.next();
        }
      }
      Map<?, ?> _ = next(own, view -> numberOf(view, "other") < 0);
      HttpResponse<String> gone = get(inspector.uri().resolve("dump?loop=" + number));
      assertThat(gone.statusCode()).isEqualTo(404);
      assertThat(gone.body()).isEqualTo("loop '" + number + "': there is none, or it has ended");
      assertThat(get(inspector.uri().resolve("task?id=1&loop=x")).statusCode()).isEqualTo(404);
    }
  }

  private static void runUntilClosed(CompletableFuture<Scheduler> second) {
    try (Scheduler scheduler = Scheduler.builder().name("other").build()) {
      scheduler.spawn(
          "other's",
          co -> {
            while (true) {
              co.await(Timers.sleep(Duration.ofMillis(1)));
            }
          });
      second.complete(scheduler);
      scheduler.run();
    }
  }

  private static Map<?, ?> next(Views views, Predicate<Map<?, ?>> wanted) {
    Map<?, ?> view = views.next();
    while (!wanted.test(view)) {
      view = views.next();
    }
    return view;
  }

  /** What the page calls a scheduler; -1 if it does not know it. */
  private static long numberOf(Map<?, ?> view, String name) {
    for (Object each : (List<?>) view.get("loops")) {
      if (((Map<?, ?>) each).get("name").equals(name)) {
        return (Long) ((Map<?, ?>) each).get("number");
      }
    }
    return -1;
  }

  @Test
  void withoutATokenThePathIsShort() throws Exception {
    try (Inspector inspector = Inspector.builder(running()).withoutToken().start()) {
      assertThat(inspector.uri().getPath()).isEqualTo("/");
      assertThat(get(inspector.uri().resolve("/dump")).body()).contains("'last'");
    }
  }

  @Test
  void aNinthPageIsRefusedUntilOneIsClosed() throws Exception {
    try (Inspector inspector = Inspector.start(running(), 0)) {
      List<Views> pages = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        pages.add(open(inspector));
      }
      pages.forEach(each -> assertThat(each.next().get("rows")).isNotNull());
      HttpResponse<String> refused = get(inspector.uri().resolve("events"));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).isEqualTo("8 pages are open already");
      pages.removeLast().close();
      Until.true_("the place is free again", () -> isFree(inspector));
      pages.forEach(Views::close);
    }
  }

  private boolean isFree(Inspector inspector) {
    try {
      open(inspector).close();
      return true;
    } catch (AssertionError stillTaken) {
      return false;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /**
   * From before the first piece until after the last one: between two of them nothing is written.
   */
  private static boolean someAnswerIsUnderWay() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each -> each.getKey().getName().startsWith("heddle-inspector-http"))
        .anyMatch(
            each ->
                Stream.of(each.getValue())
                    .anyMatch(frame -> frame.getClassName().equals(InspectorHttp.class.getName())));
  }

  @Test
  void aBrowserThatDoesNotReadIsDroppedAndHoldsUpNobody() throws Exception {
    String longName = "x".repeat(400);
    Scheduler scheduler =
        running(
            some -> {
              Promise<String> never = new Promise<>();
              for (int i = 0; i < 20_000; i++) {
                some.spawn(longName, co -> co.await(never));
              }
            });
    Until.true_("all wait", () -> scheduler.stats().tasks().waiting() == 20_001);
    try (Inspector inspector =
            Inspector.builder(scheduler).patience(Duration.ofMillis(200)).start();
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(inspector.uri().getHost(), inspector.uri().getPort()));
      String request =
          "GET " + inspector.uri().getPath() + "dump HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      byte[] begin = in.readNBytes(400); // the answer has begun
      Matcher length =
          Pattern.compile("Content-length: (\\d+)")
              .matcher(new String(begin, StandardCharsets.ISO_8859_1));
      assertThat(length.find()).isTrue();
      Until.true_("it is dropped", () -> !someAnswerIsUnderWay());
      assertThat(restOf(in)).isLessThan(Integer.parseInt(length.group(1)) - 400);
      assertThat(get(inspector.uri()).statusCode()).isEqualTo(200);
    }
  }

  /** How many bytes come still; the end may be a reset. */
  private static long restOf(InputStream in) {
    long rest = 0;
    try {
      byte[] piece = new byte[1 << 16];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        rest += n;
      }
    } catch (IOException reset) {
      // as good
    }
    return rest;
  }

  /** More of them than there are threads, and than may wait for one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "G",
        "GET / HTTP/1.1\r\nHost: local",
        "GET PATHdump HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf",
      })
  void halfARequestIsDroppedAndHoldsUpNobody(String half) throws Exception {
    try (Inspector inspector =
        Inspector.builder(running()).patience(Duration.ofMillis(50)).start()) {
      URI uri = inspector.uri();
      List<Socket> open = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        open.add(socket);
        String request = half.replace("PATH", uri.getPath());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      }
      for (Socket socket : open) {
        assertThat(restOf(socket.getInputStream())).as("then the end").isNotNegative();
      }
      Until.true_("a whole one is answered", () -> isAnswered(uri.resolve("dump")));
    }
  }

  /** A patience of a millisecond may be over for a whole request, too. */
  private boolean isAnswered(URI uri) {
    try {
      return get(uri).statusCode() == 200;
    } catch (IOException dropped) {
      return false;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void itEndsWithTheSchedulerAndByClose() throws Exception {
    Scheduler scheduler = running();
    Inspector first = Inspector.start(scheduler, 0);
    Inspector second = Inspector.start(scheduler, 0);
    Views open = open(second);
    first.close();
    first.close();
    assertThatThrownBy(() -> get(first.uri())).isInstanceOf(ConnectException.class);
    assertThat(get(second.uri()).statusCode()).isEqualTo(200);
    scheduler.close();
    Until.true_("the second one has ended", () -> isRefused(second.uri()));
    open.close();
  }

  private boolean isRefused(URI uri) {
    try {
      return get(uri).statusCode() == 0;
    } catch (IOException refused) {
      return true;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noThreadOfItKeepsTheProgramFromItsEnd() throws Exception {
    try (Inspector inspector = Inspector.start(running(), 0);
        Views views = open(inspector)) {
      assertThat(views.next()).isNotEmpty();
      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(each -> each.getName().matches("heddle-inspector.*|HTTP-Dispatcher"))
          .hasSizeGreaterThanOrEqualTo(3)
          .allMatch(Thread::isDaemon);
    }
  }

  static final class Program {
    private Program() {}

    static void main() throws IOException {
      try (Scheduler scheduler = Scheduler.create()) {
        Inspector.start(scheduler, 0).close();
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void aJvmWithoutAnHttpServerSaysWhichModuleItNeeds() throws Exception {
    assertThat(ForkedJvm.run(Program.class, "--limit-modules=java.base,java.logging").output())
        .contains(
            "the inspector needs the module jdk.httpserver; start java with --add-modules"
                + " jdk.httpserver");
  }

  @Test
  void cancelIsOffUnlessItWasAllowed() throws Exception {
    try (Inspector inspector = Inspector.start(running(), 0)) {
      HttpResponse<String> refused = post(inspector.uri().resolve("cancel?id=1"));
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).startsWith("cancel is switched off");
    }
  }

  @Test
  void cancelAsksTwiceAndTakesAnAnswerOnce() throws Exception {
    Task<?>[] task = new Task<?>[1];
    Scheduler scheduler =
        running(some -> task[0] = some.spawn("victim", co -> co.await(new Promise<String>())));
    try (Inspector inspector =
        Inspector.builder(scheduler).allowCancel(true).loopPatience(LONG).start()) {
      URI cancel = inspector.uri().resolve("cancel?id=" + task[0].id());
      assertThat(get(cancel).statusCode()).as("by GET").isEqualTo(405);
      Map<?, ?> asked = (Map<?, ?>) JsonReader.parse(post(cancel).body());
      assertThat(asked.get("text")).isEqualTo("cancel task 'victim' (#1)?");
      assertThat(task[0].isDone()).isFalse();
      URI wrong = URI.create(cancel + "&code=0");
      assertThat(post(wrong).statusCode()).isEqualTo(403);
      URI late = URI.create(cancel + "&code=" + asked.get("code"));
      assertThat(post(late).body()).contains("ask again");
      asked = (Map<?, ?>) JsonReader.parse(post(cancel).body());
      URI sure = URI.create(cancel + "&code=" + asked.get("code"));
      assertThat(post(sure).body()).contains("task 'victim' (#1) is cancelled");
      Until.true_("it has ended", () -> task[0].isDone());
      assertThat(post(sure).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void anotherSitesScriptIsRefusedEvenIfItKnewTheToken() throws Exception {
    try (Inspector inspector = Inspector.builder(running()).allowCancel(true).start()) {
      String path = inspector.uri().getPath();
      String head =
          "POST "
              + path
              + "cancel?id=1 HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\n"
              + "Content-Length: 0\r\nOrigin: ";
      assertThat(raw(inspector.uri(), head + "http://evil.example\r\n\r\n"))
          .startsWith("HTTP/1.1 403");
      assertThat(raw(inspector.uri(), head + "http://localhost\r\n\r\n"))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void whileTheLoopIsStuckTheViewSaysWhoHoldsItAndATaskIsShownFromOutside() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    Scheduler scheduler = running();
    try (Inspector inspector = Inspector.start(scheduler, 0);
        Views views = open(inspector)) {
      boolean _ =
          scheduler.runInside(
              () -> {
                scheduler.spawn("hog", co -> Until.down(held));
                scheduler.spawn("starved", co -> {});
              });
      // A busy machine may hold up the loop before the hog does.
      Map<?, ?> view = next(views, each -> ("" + each.get("stall")).contains("Until.down"));
      Map<?, ?> stall = (Map<?, ?>) view.get("stall");
      assertThat(stall.get("task")).isEqualTo("hog");
      assertThat(stall.get("victims")).isEqualTo(List.of("starved"));
      assertThat(get(inspector.uri().resolve("task?id=1")).body())
          .contains("\"caution\":\"the loop does not answer: it is held up\"");
      held.countDown();
      Map<?, ?> _ = next(views, each -> each.get("stall") == null);
    }
  }

  @Test
  void twentyThousandTasksAreShownInPartAndWhatIsLeftOutIsSaid() throws Exception {
    Scheduler scheduler =
        running(
            some -> {
              Promise<String> never = new Promise<>();
              for (int i = 0; i < 20_000; i++) {
                some.spawn("t", co -> co.await(never));
              }
            });
    try (Inspector inspector = Inspector.builder(scheduler).loopPatience(LONG).start();
        Views views = open(inspector)) {
      Map<?, ?> view = views.next();
      assertThat((List<?>) view.get("rows")).hasSize(200);
      assertThat(view.get("total")).isEqualTo(20_001L);
      assertThat(view.get("fitting")).isEqualTo(20_001L);
      assertThat(view.get("shown")).isEqualTo(200L);
      HttpResponse<String> dump = get(inspector.uri().resolve("dump"));
      assertThat(dump.body()).contains("of 20001 tasks the loop tells some at a time");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "task",
        "task?id=",
        "task?id=x",
        "task?id=-1",
        "task?id=99",
        "task?id=9999999999999999999"
      })
  void aTaskThatIsNotThereIsNotFound(String what) throws Exception {
    try (Inspector inspector = Inspector.start(running(), 0)) {
      HttpResponse<String> answer = get(inspector.uri().resolve(what));
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).contains("there is none, or it has ended");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"events?state=x", "events?filter=%s"})
  void aFilterThatIsTooLongOrNoStateIsRefused(String what) throws Exception {
    try (Inspector inspector = Inspector.start(running(), 0)) {
      URI uri = inspector.uri().resolve(what.formatted("a".repeat(101)));
      assertThat(get(uri).statusCode()).isEqualTo(400);
    }
  }
}
