package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The echo command, in a process of its own, as its user starts it. */
class EchoTest {
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly);
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  void echoesUntilSigtermAndEndsWithExitCodeZero(Style style) throws Exception {
    Process echo = heddle(List.of(), "echo", "--port", "0", "--style", style.toString());
    int port = portOf(echo);
    try (Socket client = new Socket("127.0.0.1", port)) {
      assertThat(ask(client, "hello\n")).isEqualTo("GOT:hello\n");
      assertThat(ask(client, "\n")).isEqualTo("GOT:\n");
      assertThat(ask(client, "\0\u00ff\r\n")).isEqualTo("GOT:\0\u00ff\r\n");
      echo.toHandle().destroy(); // SIGTERM
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(exitCode(echo)).isZero();
    assertThat(rest(echo.errorReader())).doesNotContain("Exception");
  }

  @Test
  void printsTheHostThatItWasToldAndThePortThatItGot() throws Exception {
    Process echo = heddle(List.of(), "echo", "--host", "localhost", "--port", "0");
    assertThat(echo.inputReader().readLine()).matches("listening on localhost:[1-9][0-9]*");
    echo.toHandle().destroy();
    assertThat(exitCode(echo)).isZero();
  }

  /** The shell in between is the parent: it ends, as a killed Maven would, and tells nobody. */
  @Test
  void endsWithItsParentWhenToldTo() throws Exception {
    List<String> command = command(List.of("-Dheddle.ends.with.parent=true"), "echo", "--port=0");
    List<String> shell = new ArrayList<>(List.of("sh", "-c", "\"$@\" & read line", "sh"));
    shell.addAll(command);
    Process parent = new ProcessBuilder(shell).start();
    started.add(parent);
    int port = portOf(parent);
    ProcessHandle echo = parent.children().findFirst().orElseThrow();
    try (Socket client = new Socket("127.0.0.1", port)) {
      assertThat(ask(client, "hello\n")).isEqualTo("GOT:hello\n");
      parent.destroyForcibly();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    echo.onExit().get(20, TimeUnit.SECONDS);
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

  private static void assertOneLine(CommandLineRun run, String why) {
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("heddle echo: ").contains(why);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.out()).isEmpty();
  }

  private Process heddle(List<String> flags, String... args) throws IOException {
    Process process = new ProcessBuilder(command(flags, args)).start();
    started.add(process);
    return process;
  }

  /** With the engine flags if this test runs with them. */
  private static List<String> command(List<String> flags, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Boolean.getBoolean("heddle.test.flags")) {
      command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    }
    command.addAll(flags);
    command.addAll(
        List.of("-ea", "-cp", System.getProperty("java.class.path"), Heddle.class.getName()));
    command.addAll(List.of(args));
    return command;
  }

  private static int portOf(Process echo) throws IOException {
    String line = echo.inputReader().readLine();
    assertThat(line).as(() -> "first line of the server").startsWith("listening on 127.0.0.1:");
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  private static String ask(Socket server, String line) throws IOException {
    server.getOutputStream().write(line.getBytes(ISO_8859_1));
    return new String(
        server.getInputStream().readNBytes("GOT:".length() + line.length()), ISO_8859_1);
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("ended").isTrue();
    return process.exitValue();
  }

  private static String rest(BufferedReader reader) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      text.append((char) c);
    }
    return text.toString();
  }
}
