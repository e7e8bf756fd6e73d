package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.net.Server;
import dev.heddle.net.ServerLimits;
import dev.heddle.scheduler.Scheduler;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The HTTP sample, by bytes on a plain socket, and by curl. {@code -Dheddle.http.cases=1000000} for
 * so many requests at random.
 */
class HttpTest {
  private static final int CASES = Integer.getInteger("heddle.http.cases", 500);
  private static final int MOST_OF_BODY = 1000;
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String GET = "GET /a.txt HTTP/1.1\r\nHost: h\r\n";

  @TempDir private Path outside;
  private Path folder;
  private Scheduler scheduler;
  private Server server;
  private Thread loop;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(outside.resolve("www"));
    Files.writeString(outside.resolve("secret"), "nobody shall see this");
    Files.writeString(folder.resolve("a.txt"), "the file a\n");
    Files.write(folder.resolve("big"), new byte[300_000]);
    Files.createDirectory(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/index.html"), "<p>sub</p>");
    Files.createSymbolicLink(folder.resolve("link"), outside.resolve("secret"));
    Files.createSymbolicLink(folder.resolve("inside"), folder.resolve("a.txt"));
    start(LONG, LONG);
  }

  private void start(Duration headLimit, Duration bodyLimit) throws IOException {
    WebServer web = new WebServer(new WebFolder(folder), headLimit, bodyLimit, MOST_OF_BODY);
    scheduler = Scheduler.create();
    server =
        Server.on(scheduler, web::serve)
            .name("http")
            .limits(ServerLimits.DEFAULT)
            .answers(_ -> null)
            .bind(List.of(new InetSocketAddress("127.0.0.1", 0)));
    loop = Thread.ofPlatform().start(scheduler::run);
  }

  @AfterEach
  void end() throws InterruptedException {
    server.shutdown();
    loop.join();
    scheduler.close();
    assertThat(server.stats().failed()).as("handlers that failed").isZero();
  }

  /** All that comes back for these bytes and the end of the output, without the dates. */
  private String answerTo(byte[]... pieces) throws IOException {
    try (Socket client = new Socket("127.0.0.1", server.localAddress().getPort())) {
      client.setTcpNoDelay(true);
      try {
        for (byte[] piece : pieces) {
          client.getOutputStream().write(piece);
        }
        client.shutdownOutput();
      } catch (SocketException e) {
        // it has answered and closed before it had all
      }
      return new String(client.getInputStream().readAllBytes(), ISO_8859_1)
          .replaceAll("Date: [^\r]*\r\n", "");
    }
  }

  private String answerTo(String request) throws IOException {
    return answerTo(request.getBytes(ISO_8859_1));
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  @Test
  void aFileIsServedAndItsHeadToWhoAsksForThatOnly() throws Exception {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 11\r\n";
    assertThat(answerTo(GET + "\r\n"))
        .isEqualTo(head + "Connection: keep-alive\r\n\r\nthe file a\n");
    assertThat(answerTo(GET + "Connection: close\r\n\r\n"))
        .isEqualTo(head + "Connection: close\r\n\r\nthe file a\n");
    assertThat(answerTo("HEAD /a.txt HTTP/1.1\r\nHost: h\r\n\r\n"))
        .isEqualTo(head + "Connection: keep-alive\r\n\r\n");
    assertThat(answerTo("GET http://h/a.txt?q HTTP/1.0\r\n\r\n"))
        .isEqualTo(head + "Connection: close\r\n\r\nthe file a\n");
    assertThat(answerTo("GET /a.txt HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"))
        .isEqualTo(head + "Connection: keep-alive\r\n\r\nthe file a\n");
    assertThat(answerTo("GET /big HTTP/1.1\r\nHost: h\r\n\r\n")).endsWith("\0".repeat(300_000));
    assertThat(answerTo("GET /sub HTTP/1.1\r\nHost: h\r\n\r\n"))
        .contains("text/html")
        .endsWith("<p>sub</p>");
    assertThat(answerTo("GET /inside HTTP/1.1\r\nHost: h\r\n\r\n")).endsWith("the file a\n");
  }

  @Test
  void aFolderIsListedInChunksAndForOldClientsUpToTheEnd() throws Exception {
    assertThat(answerTo("GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
        .contains("Transfer-Encoding: chunked\r\n", "\r\n\r\n6\r\na.txt\n\r\n", "5\r\nsub/\n\r\n")
        .endsWith("\r\n0\r\n\r\n");
    assertThat(answerTo("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
        .contains("Connection: close\r\n\r\na.txt\nbig\n")
        .doesNotContain("chunked");
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {
        "/../secret",
        "/sub/../../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/%2E%2E%2Fsecret",
        "/sub/..%5c..%5csecret",
        "/%252e%252e/secret",
        "/link",
        "//../secret",
        "/./../secret",
        "/%ff%fe",
        "/none"
      })
  void nothingOutsideOfTheFolderIsServed(String path) throws Exception {
    assertThat(answerTo("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"))
        .startsWith("HTTP/1.1 404 Not Found\r\n")
        .doesNotContain("nobody shall see");
  }

  @Test
  void bodiesComeBackCountedOrInChunksAsTheyWereSent() throws Exception {
    assertThat(answerTo("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"))
        .contains("\r\nContent-Length: 5\r\n")
        .endsWith("\r\n\r\nhello");
    assertThat(
            answerTo(
                lines("PUT /echo HTTP/1.1", "Host: h", "Transfer-Encoding: Chunked", "")
                    + lines("5;a=b", "hello", "00A", "0123456789", "0", "Trailer: x", "")))
        .contains("\r\nTransfer-Encoding: chunked\r\n")
        .endsWith("\r\n\r\n5\r\nhello\r\na\r\n0123456789\r\n0\r\n\r\n");
    assertThat(answerTo("POST /echo HTTP/1.1\r\nHost: h\r\n\r\n"))
        .contains("\r\nContent-Length: 0\r\n");
  }

  @Test
  void requestsThatComeTogetherAreAnsweredInTheirOrder() throws Exception {
    String body =
        "POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 30\r\n\r\n" + "x".repeat(30);
    String echo = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi";
    String all = answerTo(GET + "\r\n" + body + "\r\n" + echo + GET + "Connection: close\r\n\r\n");
    assertThat(all.split("HTTP/1.1 ", -1))
        .hasSize(5)
        .satisfies(
            answers -> {
              assertThat(answers[1]).startsWith("200").endsWith("the file a\n");
              assertThat(answers[2]).startsWith("405").contains("Allow: GET, HEAD");
              assertThat(answers[3]).startsWith("200").endsWith("\r\n\r\nhi");
              assertThat(answers[4]).startsWith("200").contains("Connection: close");
            });
  }

  @Test
  void aClientThatWaitsIsToldToSendItsBodyOrThatItNeedNot() throws Exception {
    String head = " HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: ";
    assertThat(answerTo("POST /echo" + head + "2\r\n\r\nhi"))
        .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
        .endsWith("hi");
    assertThat(answerTo("POST /echo" + head + "1001\r\n\r\n"))
        .startsWith("HTTP/1.1 413 Content Too Large\r\n");
    assertThat(answerTo("POST /none" + head + "2\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ")
        .contains("Connection: close");
  }

  static List<Arguments> refused() {
    String post = "POST /echo HTTP/1.1\r\nHost: h\r\n";
    String chunked = post + "Transfer-Encoding: chunked\r\n";
    return List.of(
        refused(400, "GET\r\n\r\n"),
        refused(400, "GET /\r\n\r\n"),
        refused(400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
        refused(400, "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"),
        refused(400, "G@T / HTTP/1.1\r\nHost: h\r\n\r\n"),
        refused(400, "GET a HTTP/1.1\r\nHost: h\r\n\r\n"),
        refused(400, "GET /\u00e9 HTTP/1.1\r\nHost: h\r\n\r\n"),
        refused(400, "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"),
        refused(400, "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"),
        refused(400, "GET / HTTP/11\r\nHost: h\r\n\r\n"),
        refused(400, "GET / http/1.1\r\nHost: h\r\n\r\n"),
        refused(505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"),
        refused(501, "SPIN / HTTP/1.1\r\nHost: h\r\n\r\n"),
        refused(400, "GET / HTTP/1.1\r\n\r\n"), // no host
        refused(400, "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"),
        refused(400, "GET / HTTP/1.1\nHost: h\n\n"), // newlines alone
        refused(400, "GET / HTTP/1.1\r\nHost: h\n\r\n"),
        refused(400, GET + "A: b\rc\r\n\r\n"), // a bare carriage return
        refused(400, GET + "A: b\0c\r\n\r\n"),
        refused(400, GET + "A: b\r\n c\r\n\r\n"), // folded
        refused(400, GET + "A : b\r\n\r\n"),
        refused(400, GET + ": b\r\n\r\n"),
        refused(400, GET + "no colon\r\n\r\n"),
        refused(400, "\r\n\r\n\r\n\r\n\r\n\r\n"),
        refused(431, GET + "A: " + "x".repeat(17_000) + "\r\n\r\n"),
        refused(431, GET + "A: b\r\n".repeat(100) + "\r\n"),
        refused(431, "GET /" + "x".repeat(17_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"),
        refused(417, GET + "Expect: wonders\r\n\r\n"),
        refused(413, post + "Content-Length: 1001\r\n\r\n"),
        refused(400, post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        refused(400, post + "Content-Length: 5, 5\r\n\r\nhello"),
        refused(400, post + "Content-Length: +5\r\n\r\nhello"),
        refused(400, post + "Content-Length: -5\r\n\r\nhello"),
        refused(400, post + "Content-Length: 0x5\r\n\r\nhello"),
        refused(400, post + "Content-Length:\r\n\r\nhello"),
        refused(400, post + "Content-Length: 9999999999999999999999\r\n\r\nhello"),
        refused(400, chunked + "Content-Length: 5\r\n\r\n0\r\n\r\n"),
        refused(400, chunked + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        refused(400, post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        refused(400, post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
        refused(501, post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        refused(400, post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        refused(400, post + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n"),
        refused(400, post.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        refused(413, chunked + "\r\n3e9\r\n"),
        refused(413, chunked + "\r\nffffffff\r\n"),
        refused(400, chunked + "\r\n100000000\r\n"),
        refused(400, chunked + "\r\n-1\r\n"),
        refused(400, chunked + "\r\n0x5\r\nhello\r\n"),
        refused(400, chunked + "\r\n5 \r\nhello\r\n"),
        refused(400, chunked + "\r\n\r\n"),
        refused(400, chunked + "\r\n5\nhello\r\n"),
        refused(400, chunked + "\r\n5;" + "x".repeat(300) + "\r\nhello\r\n"));
  }

  private static Arguments refused(int status, String request) {
    return Arguments.of(status, request);
  }

  /** And what comes behind such a request is taken for no other one. */
  @ParameterizedTest
  @MethodSource("refused")
  void aRequestThatCanBeReadInTwoWaysOrInNoneIsRefusedAndTheConnectionClosed(
      int status, String request) throws Exception {
    String answer = answerTo(request + (status == 501 ? "" : GET + "\r\n"));
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer.split("HTTP/1.1 ", -1)).as(answer).hasSize(2);
  }

  @Test
  void aChunkThatIsLongerThanItSaysLeavesItsAnswerUnfinished() throws Exception {
    String answer =
        answerTo(
            lines("POST /echo HTTP/1.1", "Host: h", "Transfer-Encoding: chunked", "")
                + lines("2", "ab", "2", "abcd", "0", ""));
    assertThat(answer).startsWith("HTTP/1.1 200 OK").doesNotContain("0\r\n\r\n");
  }

  @Test
  void aHeadThatIsNotThereInItsTimeIsToldOfHoweverManyBytesCome() throws Exception {
    end();
    start(Duration.ofMillis(50), LONG);
    try (Socket slow = new Socket("127.0.0.1", server.localAddress().getPort())) {
      slow.getOutputStream().write("GET / HTTP".getBytes(ISO_8859_1));
      assertThat(slow.getInputStream().readAllBytes())
          .asString()
          .startsWith("HTTP/1.1 408 Request Timeout\r\n");
    }
  }

  /** Each byte is in time, and the whole would take for ever. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
        "POST /a.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n",
        "PUT /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n",
        "PUT /a.txt HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n0",
        "GET /a.txt HTTP/1.1\r\nX: "
      })
  void aRequestThatDripsInIsCutAndOthersAreServedMeanwhile(String begin) throws Exception {
    end();
    start(Duration.ofMillis(50), Duration.ofMillis(50));
    try (Socket slow = new Socket("127.0.0.1", server.localAddress().getPort())) {
      slow.getOutputStream().write(begin.getBytes(ISO_8859_1));
      Thread ends = Thread.ofPlatform().start(() -> readAll(slow));
      int drops = 0;
      while (ends.isAlive() && drops < MOST_OF_BODY / 2) {
        for (int i = 0; i < 10; i++) {
          assertThat(answerTo(GET + "Connection: close\r\n\r\n")).contains("the file a");
        }
        try {
          slow.getOutputStream().write('0');
          drops++;
        } catch (SocketException e) {
          break; // it is cut
        }
      }
      assertThat(drops).isLessThan(MOST_OF_BODY / 2);
    }
  }

  private static void readAll(Socket socket) {
    try {
      byte[] _ = socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      // that is an end, too
    }
  }

  private static final String PIPELINE =
      GET
          + "\r\nPOST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "3\r\nabc\r\n0\r\nT: t\r\n\r\nPUT /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
          + "Content-Length: 4\r\n\r\nwxyzHEAD / HTTP/1.1\r\nHost: h\r\n\r\n";

  /** Chunks that are cut in two come back as two. */
  private static String withoutChunks(String answer) {
    return answer.replaceAll("\r\n[0-9a-f]+\r\n([^\r]*)(?=\r\n)", "$1");
  }

  @Test
  void whereverTheBytesAreCutTheAnswersAreTheSame() throws Exception {
    byte[] bytes = PIPELINE.getBytes(ISO_8859_1);
    String whole = withoutChunks(answerTo(bytes));
    assertThat(whole.split("HTTP/1.1 ", -1)).hasSize(6);
    for (int at = 1; at < bytes.length; at++) {
      byte[] front = Arrays.copyOf(bytes, at);
      byte[] back = Arrays.copyOfRange(bytes, at, bytes.length);
      assertThat(withoutChunks(answerTo(front, back))).as("cut at %s", at).isEqualTo(whole);
    }
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void randomBytesAndChangedRequestsAreAnsweredOrClosedAndTheServerLivesOn() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < CASES; i++) {
      byte[] bytes = PIPELINE.getBytes(ISO_8859_1);
      if (i % 5 == 0) {
        random.nextBytes(bytes);
      }
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) "\r\n :;0\0a\u00ff".charAt(random.nextInt(9));
      }
      String answer = answerTo(bytes);
      assertThat(answer)
          .as("seed %s, run %s", seed, i)
          .satisfies(a -> assertThat(a.isEmpty() || a.startsWith("HTTP/1.1 ")).isTrue());
    }
    assertThat(answerTo(GET + "\r\n")).endsWith("the file a\n");
  }

  @Test
  void curlKeepsOneConnectionForTwoRequestsAndSendsChunksAndWaitsForAContinue() throws Exception {
    assumeTrue(isThere("curl"), "there is no curl");
    try (var http = HeddleProcess.start("http", "--listen=127.0.0.1:0", "--folder=" + folder)) {
      String url = "http://127.0.0.1:" + http.port();
      assertThat(curl(url + "/a.txt", url + "/sub/"))
          .contains("the file a\n", "<p>sub</p>")
          .containsPattern("(?i)re-us(ing|e).* connection");
      assertThat(curl("-H", "Transfer-Encoding: chunked", "--data-binary", "hello", url + "/echo"))
          .contains("< Transfer-Encoding: chunked", "hello");
      assertThat(curl("-H", "Expect: 100-continue", "--data-binary", "hello", url + "/echo"))
          .contains("< HTTP/1.1 100 Continue", "< HTTP/1.1 200 OK", "hello");
      assertThat(curl("-I", url + "/big")).contains("Content-Length: 300000");
      assertThat(curl("--path-as-is", url + "/../secret")).contains("< HTTP/1.1 404 Not Found");
      Path big = folder.resolve("big");
      Path copy = outside.resolve("copy");
      String _ = curl("-T", big.toString(), "-o", copy.toString(), url + "/echo");
      assertThat(Files.mismatch(big, copy)).isEqualTo(-1);
      http.signal("TERM");
      assertThat(http.exitCode()).isZero();
    }
  }

  /** Forty connections at once, each with one request after the other. */
  @Test
  void wrkGetsAnAnswerToEachRequest() throws Exception {
    assumeTrue(isThere("wrk"), "there is no wrk");
    String url = "http://127.0.0.1:" + server.localAddress().getPort();
    for (String file : List.of("/a.txt", "/big")) {
      String said;
      do { // in a second a busy machine may answer nothing
        said = said(List.of("wrk", "-t1", "-c40", "-d1", "--timeout", "60", url + file));
        assertThat(said).contains(" requests in ").doesNotContain("Socket errors", "Non-2xx");
      } while (said.contains(" 0 requests in "));
    }
    assertThat(answerTo(GET + "\r\n")).contains("the file a");
  }

  private static String curl(String... args) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("curl", "-sv", "-m", "30"));
    command.addAll(List.of(args));
    return said(command);
  }

  private static String said(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  @Test
  void aFolderThatIsNotThereIsOneLineAndExitCodeOne() {
    CommandLineRun run = CommandLineRun.of("http", "--folder=/no/such", "--listen=127.0.0.1:0");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("heddle http: /no/such is not a folder\n");
  }
}
