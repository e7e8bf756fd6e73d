package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The echo command, in a process of its own, as its user starts it. */
class EchoTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Style.class)
  void echoesUntilSigtermAndEndsWithExitCodeZero(Style style) throws Exception {
    try (var echo = HeddleProcess.start("echo", "--port=0", "--style", style.toString())) {
      try (Socket client = new Socket("127.0.0.1", echo.port())) {
        assertThat(ask(client, "hello\n")).isEqualTo("GOT:hello\n");
        assertThat(ask(client, "\n")).isEqualTo("GOT:\n");
        assertThat(ask(client, "\0\u00ff\r\n")).isEqualTo("GOT:\0\u00ff\r\n");
        echo.signal("TERM");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(echo.exitCode()).isZero();
      assertThat(echo.errors()).doesNotContain("Exception");
    }
  }

  /** Several loops: whoever accepts, all clients are answered, and the end is orderly. */
  @Test
  void severalLoopsServe() throws Exception {
    try (var echo = HeddleProcess.start("echo", "--port=0", "--loops=3", "--verbose")) {
      int port = echo.port();
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Socket client = new Socket("127.0.0.1", port);
        clients.add(client);
        assertThat(ask(client, "hello " + i + "\n")).isEqualTo("GOT:hello " + i + "\n");
      }
      echo.signal("TERM");
      for (Socket client : clients) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        client.close();
      }
      assertThat(echo.exitCode()).isZero();
      assertThat(echo.errors()).doesNotContain("Exception");
    }
  }

  /** Row 11. The first drain would last a minute: then who takes nothing is cut. */
  @ParameterizedTest
  @CsvSource({"TERM, TERM, 143", "TERM, INT, 130", "INT, INT, 130", "INT, TERM, 143"})
  void aSecondSignalEndsADrainingServerAtOnce(String first, String second, int exitCode)
      throws Exception {
    try (var echo =
        HeddleProcess.start(
            HeddleProcess.hearingInterrupts(
                List.of(), "echo", "--port=0", "--drain-timeout=10m"))) {
      try (Clog clog = Clog.on(echo.port())) {
        echo.signal(first);
        assertThat(clog.other().getInputStream().read()).isEqualTo(-1); // the drain has begun
        assertThat(echo.process().isAlive()).as("still drains").isTrue();
        echo.signal(second);
        assertThat(echo.exitCode()).isEqualTo(exitCode);
      }
    }
  }

  @Test
  void printsTheHostThatItWasToldAndThePortThatItGot() throws Exception {
    try (var echo = HeddleProcess.start("echo", "--host", "localhost", "--port", "0")) {
      assertThat(echo.process().inputReader().readLine())
          .matches("listening on localhost:[1-9][0-9]*");
      echo.signal("TERM");
      assertThat(echo.exitCode()).isZero();
    }
  }

  /** The shell in between is the parent: it ends, as a killed Maven would, and tells nobody. */
  @Test
  void endsWithItsParentWhenToldTo() throws Exception {
    List<String> shell = new ArrayList<>(List.of("sh", "-c", "\"$@\" & read line", "sh"));
    shell.addAll(
        HeddleProcess.command(List.of("-Dheddle.ends.with.parent=true"), "echo", "--port=0"));
    try (var parent = HeddleProcess.start(shell)) {
      int port = parent.port();
      ProcessHandle echo = parent.process().children().findFirst().orElseThrow();
      try (Socket client = new Socket("127.0.0.1", port)) {
        assertThat(ask(client, "hello\n")).isEqualTo("GOT:hello\n");
        parent.close();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      echo.onExit().get(100, TimeUnit.SECONDS);
    }
  }

  @Test
  void aPortInUseIsOneLineAndExitCodeOne() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String place = "127.0.0.1:" + taken.getLocalPort();
      CommandLineRun run =
          CommandLineRun.of("echo", "--port", Integer.toString(taken.getLocalPort()));
      assertOneLine(run, "cannot listen on " + place + ": ");
    }
  }

  @Test
  void anUnknownHostIsOneLineAndExitCodeOne() {
    assertOneLine(CommandLineRun.of("echo", "--host", "nosuch.invalid"), "nosuch.invalid");
  }

  /** 192.0.2.0/24 is for documentation: nobody has an address of it. */
  @Test
  void aForeignAddressIsOneLineAndExitCodeOne() {
    CommandLineRun run = CommandLineRun.of("echo", "--host", "192.0.2.1", "--port", "0");
    assertOneLine(run, "cannot listen on 192.0.2.1:0: ");
  }

  /** Row 10. Any address, for in a network of its own the process has no 127.0.0.1. */
  @Test
  void aPortThatNeedsPermissionIsOneLineAndExitCodeOne() throws Exception {
    try (var echo = Unprivileged.start(folder, "echo", "--host=0.0.0.0", "--port=1")) {
      assertThat(echo.errors())
          .startsWith("heddle echo: cannot listen on 0.0.0.0:1: ")
          .containsIgnoringCase("permission denied")
          .hasLineCount(1);
      assertThat(echo.output()).isEmpty();
      assertThat(echo.exitCode()).isEqualTo(1);
    }
  }

  private static void assertOneLine(CommandLineRun run, String why) {
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("heddle echo: ").contains(why);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.out()).isEmpty();
  }

  private static String ask(Socket server, String line) throws IOException {
    server.getOutputStream().write(line.getBytes(ISO_8859_1));
    return new String(
        server.getInputStream().readNBytes("GOT:".length() + line.length()), ISO_8859_1);
  }
}
