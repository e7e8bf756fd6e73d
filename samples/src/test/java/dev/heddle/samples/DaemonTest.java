package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R18: a real echo server in the background. */
class DaemonTest {
  @TempDir private Path folder;
  private Path pidFile;
  private Path logFile;

  @BeforeEach
  void nameFiles() {
    pidFile = folder.resolve("echo.pid");
    logFile = folder.resolve("echo.log");
  }

  @AfterEach
  void leaveNoDaemonBehind() throws IOException {
    if (Files.exists(pidFile) && Files.readString(pidFile).matches("(?s)\\d+\n.*")) {
      daemon()
          .filter(process -> process.pid() != ProcessHandle.current().pid())
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  private Stream<ProcessHandle> daemon() throws IOException {
    return ProcessHandle.of(
        Long.parseLong(Files.readString(pidFile).lines().findFirst().orElseThrow()))
        .stream();
  }

  private String[] call(String action, String... more) {
    List<String> args =
        new ArrayList<>(List.of("daemon", action, "--pid-file", pidFile.toString()));
    if (action.equals("start")) {
      args.addAll(List.of("--log-file", logFile.toString()));
      args.addAll(more.length > 0 ? List.of(more) : List.of("--", "echo", "--port", "0"));
    } else {
      args.addAll(List.of(more));
    }
    return args.toArray(String[]::new);
  }

  private CommandLineRun run(String action, String... more) {
    return CommandLineRun.of(call(action, more));
  }

  private int start() {
    CommandLineRun start = run("start");
    assertThat(start.err()).isEmpty();
    assertThat(start.exitCode()).isZero();
    return port(start.out());
  }

  private static int port(String started) {
    assertThat(started).contains("Started, pid ").matches("(?s).*listening on 127.0.0.1:\\d+\n");
    return Integer.parseInt(started.substring(started.lastIndexOf(':') + 1).strip());
  }

  private static void assertEchoes(int port) throws IOException {
    try (Socket client = new Socket("127.0.0.1", port)) {
      client.getOutputStream().write("hello\n".getBytes(ISO_8859_1));
      assertThat(client.getInputStream().readNBytes(10)).asString().isEqualTo("GOT:hello\n");
    }
  }

  private static void assertRefusal(CommandLineRun run, String why) {
    assertThat(run.err()).startsWith("heddle daemon: ").contains(why).hasLineCount(1);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void theServerOutlivesItsStarterAnswersAndStops() throws Exception {
    int port;
    try (var starter = HeddleProcess.start(call("start"))) {
      port = port(starter.output());
      assertThat(starter.exitCode()).isZero();
    }
    assertEchoes(port);
    long pid = daemon().findFirst().orElseThrow().pid();
    assertThat(run("status")).isEqualTo(new CommandLineRun(0, "Running, pid " + pid + "\n", ""));
    try (Socket client = new Socket("127.0.0.1", port)) {
      assertThat(run("stop")).isEqualTo(new CommandLineRun(0, "Stopped, pid " + pid + "\n", ""));
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(pidFile).doesNotExist();
    assertThat(logFile).content().isEqualTo("listening on 127.0.0.1:" + port + "\n");
    assertThat(run("status")).isEqualTo(new CommandLineRun(3, "Not running\n", ""));
  }

  @Test
  void theServerHasASessionOfItsOwnAndNoInput() throws IOException {
    start();
    long pid = daemon().findFirst().orElseThrow().pid();
    Path stat = Path.of("/proc/" + pid + "/stat");
    assumeTrue(Files.exists(stat), "there is no /proc: sessions cannot be seen");
    String[] fields = Files.readString(stat).replaceFirst(".*\\) ", "").split(" ");
    assertThat(fields[3]).as("session").isEqualTo(Long.toString(pid));
    assertThat(Path.of("/proc/" + pid + "/fd/0").toRealPath()).hasToString("/dev/null");
    assertThat(Path.of("/proc/" + pid + "/cwd").toRealPath()).hasToString("/");
    assertThat(run("stop").exitCode()).isZero();
  }

  @Test
  void aSecondStartFindsItAlreadyRunning() throws IOException {
    int port = start();
    long pid = daemon().findFirst().orElseThrow().pid();
    assertRefusal(run("start"), "Already running, pid " + pid);
    assertEchoes(port);
    assertThat(daemon()).extracting(ProcessHandle::pid).containsExactly(pid);
  }

  /** The test is in the middle of a start, as it were, and ends it with itself as the daemon. */
  @Test
  void aStartWaitsForTheOneUnderWay() throws Exception {
    Path locks = Path.of("/proc/locks");
    assumeTrue(
        Files.isReadable(locks), "there is no /proc/locks: who waits for a lock is not seen");
    var lock = new PidFile(pidFile).lock();
    try (lock;
        var second = HeddleProcess.start(call("start"))) {
      String waits = "(?s).*-> POSIX +ADVISORY +WRITE " + second.process().pid() + " .*";
      Until.true_("the second waits for the lock", () -> read(locks).matches(waits));
      ProcessHandle self = ProcessHandle.current();
      long started = self.info().startInstant().orElseThrow().toEpochMilli();
      Files.writeString(
          pidFile, self.pid() + "\n" + started + "\n" + BackgroundProcess.program() + "\n");
      lock.close();
      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.errors()).contains("Already running, pid " + self.pid()).hasLineCount(1);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void ofTwoStartsAtOnceOneFindsTheOther() throws Exception {
    try (var one = HeddleProcess.start(call("start"));
        var other = HeddleProcess.start(call("start"))) {
      assertThat(List.of(one.exitCode(), other.exitCode())).containsExactlyInAnyOrder(0, 1);
      assertThat(one.errors() + other.errors()).contains("Already running");
    }
    assertThat(logFile).content().hasLineCount(1);
  }

  @Test
  void whereNothingRunsNothingIsStopped() {
    assertRefusal(run("stop"), "Not running");
    assertThat(run("status")).isEqualTo(new CommandLineRun(3, "Not running\n", ""));
  }

  @Test
  void theFileOfADaemonThatWasKilledIsStale() throws IOException {
    start();
    ProcessHandle killed = daemon().findFirst().orElseThrow();
    killed.destroyForcibly();
    Until.true_("the daemon ends", () -> !BackgroundProcess.runs(killed));
    String gone = "pid " + killed.pid() + " has ended";
    assertThat(run("status")).isEqualTo(new CommandLineRun(1, "Not running: " + gone + "\n", ""));

    CommandLineRun restart = run("start");
    assertThat(restart.out()).startsWith("Pid " + killed.pid() + " in " + pidFile + " has ended");
    assertEchoes(port(restart.out()));
    assertThat(run("stop").exitCode()).isZero();
  }

  /** The test's own process has the number; it is a java, too, and has another start. */
  @Test
  void aPidThatIsAnotherProgramByNowIsNotStopped() throws IOException {
    String other = ProcessHandle.current().pid() + "\n1000\n" + BackgroundProcess.program() + "\n";
    Files.writeString(pidFile, other);
    assertThat(run("status").out()).contains("Not running").contains("is another program by now");
    assertRefusal(run("stop"), "is another program by now; removed " + pidFile);
    assertThat(pidFile).doesNotExist();

    Files.writeString(pidFile, other);
    CommandLineRun start = run("start");
    assertThat(start.out()).contains("is another program by now: replaced");
    assertEchoes(port(start.out()));
  }

  @Test
  void aProcessOfTheSameStartThatRunsSomethingElseIsAnother() throws IOException {
    long now = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
    Files.writeString(pidFile, ProcessHandle.current().pid() + "\n" + now + "\n/bin/true\n");
    assertThat(run("status").out()).contains("is another program by now");
  }

  @Test
  void aServerThatCannotListenIsNotStartedAndTheReasonIsSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      assertRefusal(
          run("start", "--", "echo", "--port", port),
          "echo ended with exit code 1: heddle echo: cannot listen on 127.0.0.1:" + port + ": ");
    }
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void aCommandThatEndsIsNoServer() {
    assertRefusal(
        run("start", "--", "countdown", "1", "1", "1"), "countdown ended with exit code 0");
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void aCommandThatIsCalledWronglySaysSo() {
    assertRefusal(run("start", "--", "echo", "--port", "x"), "'x' is not a whole number from 0 to");
  }

  @Test
  void aFileThatIsNoPidFileIsLeftAlone() throws IOException {
    for (String text : List.of("", "hello\n", "1\n", "1\n2\n3", "-1\n0\n/bin/true\n")) {
      Files.writeString(pidFile, text);
      for (String action : List.of("start", "stop", "status")) {
        assertRefusal(run(action), pidFile + " is not a pid file of ours");
      }
      assertThat(pidFile).content().isEqualTo(text);
    }
  }

  @Test
  void filesThatCannotBeWrittenAreNamed() {
    pidFile = folder.resolve("nowhere").resolve("echo.pid");
    assertRefusal(run("start"), "cannot write " + pidFile + ".lock: no such folder");
    pidFile = folder.resolve("echo.pid");
    logFile = folder.resolve("nowhere").resolve("echo.log");
    assertRefusal(run("start"), "cannot write " + logFile + ": no such folder");
    logFile = folder;
    assertRefusal(run("start"), "cannot write " + folder);
  }

  /** A client that reads no replies makes the drain last; a second SIGTERM ends it at once. */
  @Test
  void stopSaysThatTheLimitIsOverAndASecondStopEndsTheServer() throws Exception {
    int port = start();
    try (Clog clog = Clog.on(port)) {
      assertRefusal(run("stop", "--limit", "0"), "has not ended within 0 s");
      assertThat(run("status").out()).startsWith("Running");
      assertThat(clog.other().getInputStream().read()).isEqualTo(-1); // the drain has begun
      assertThat(run("stop").out()).startsWith("Stopped");
    }
  }
}
