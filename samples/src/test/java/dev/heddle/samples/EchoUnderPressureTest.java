package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The echo command where the machine does not give it what it asks for. */
class EchoUnderPressureTest {
  /** Until the pipe takes no more. */
  private static final String FILL_ERRORS =
      "dd if=/dev/zero of=/dev/fd/3 oflag=nonblock bs=4096 3>&2 2>/dev/null; ";

  private static final int ANSWER_WITHIN_MILLIS = 30_000;

  private static Socket connect(int port) throws IOException {
    Socket client = new Socket("127.0.0.1", port);
    client.setSoTimeout(ANSWER_WITHIN_MILLIS);
    return client;
  }

  private static void ask(Socket client) throws IOException {
    client.getOutputStream().write("hello\n".getBytes(ISO_8859_1));
    assertThat(client.getInputStream().readNBytes(10)).asString().isEqualTo("GOT:hello\n");
  }

  /** A terminal that was stopped by Ctrl-S, a pager, a pipe to somebody who was stopped. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoDoesNotReadWhatItTellsHoldsUpNoClientAndNotItsEnd(boolean readsAgain) throws Exception {
    try (var echo = HeddleProcess.start("echo", "--port=0", "--verbose", "--stats=1")) {
      int port = echo.port();
      for (int i = 0; i < 2500; i++) { // two lines each: more than the pipe and the server keep
        try (Socket client = connect(port)) {
          ask(client);
        }
      }
      Queue<String> told = new ConcurrentLinkedQueue<>();
      if (readsAgain) {
        Thread reader =
            Thread.ofPlatform()
                .start(() -> echo.process().inputReader().lines().forEach(told::add));
        Until.true_(
            "it tells how much is missing",
            () ->
                told.stream().anyMatch(line -> line.matches("\\(\\d+ lines were dropped here.*")));
        try (Socket client = connect(port)) {
          ask(client);
          String address = "127.0.0.1:" + client.getLocalPort();
          Until.true_("it tells on", () -> told.contains("Got connection from " + address));
        }
        echo.signal("TERM");
        assertThat(echo.exitCode()).isZero();
        Until.ended(reader);
        assertThat(told).last().asString().startsWith("stats: accepted=2501, ");
      } else {
        echo.signal("TERM");
        assertThat(echo.exitCode()).isZero();
      }
    }
  }

  /**
   * Each client over the limit is told of in the log, ten of them a second, to a pipe that is full.
   */
  @ParameterizedTest
  @EnumSource(Style.class)
  void aLogThatNobodyReadsHoldsUpNoClientAndNotTheEnd(Style style) throws Exception {
    List<String> command =
        HeddleProcess.command(
            List.of(), "echo", "--port=0", "--max-connections=1", "--style=" + style);
    List<String> shell = new ArrayList<>();
    shell.addAll(List.of("/bin/sh", "-c", FILL_ERRORS + "exec \"$@\"", "sh"));
    shell.addAll(command);
    try (var echo = HeddleProcess.start(shell)) {
      int port = echo.port();
      try (Socket client = connect(port)) {
        ask(client);
        for (int i = 0; i < 30; i++) {
          try (Socket refused = connect(port)) {
            assertThat(refused.getInputStream().read()).isEqualTo(-1);
          }
        }
        ask(client);
        echo.signal("TERM");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(echo.exitCode()).isZero();
    }
  }

  @Test
  void aPrinterDropsWhatNobodyTakesAndTellsHowMuchWhereItWouldHaveStood() throws Exception {
    Queue<String> printed = new ConcurrentLinkedQueue<>();
    var gate = new java.util.concurrent.CountDownLatch(1);
    LinePrinter printer =
        new LinePrinter(
            line -> {
              try {
                gate.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              printed.add(line);
            });
    int lines = 2 * LinePrinter.MOST_WAITING;
    for (int i = 0; i < lines; i++) {
      printer.say("line " + i);
    }
    assertThat(printer.end(java.time.Duration.ofMillis(1))).isFalse();
    gate.countDown();
    Until.true_("the gap is told", () -> printed.stream().anyMatch(line -> line.startsWith("(")));
    printer.say("last");
    assertThat(printer.end(java.time.Duration.ofMinutes(1))).isTrue();
    int kept = printed.size() - 2;
    assertThat(kept).isBetween(LinePrinter.MOST_WAITING, LinePrinter.MOST_WAITING + 1);
    List<String> all = List.copyOf(printed);
    assertThat(all).startsWith("line 0", "line 1").endsWith("last");
    assertThat(all.get(kept)).startsWith("(" + (lines - kept) + " lines were dropped here");
  }
}
