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
import java.nio.file.attribute.PosixFilePermissions;
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
    if (Files.isRegularFile(pidFile) && Files.readString(pidFile).matches("(?s)\\d+\n.*")) {
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
      args.addAll(List.of("--limit=100", "--log-file", logFile.toString()));
      args.addAll(more.length > 0 ? List.of(more) : List.of("--", "echo", "--port", "0"));
    } else {
      args.addAll(List.of(more));
    }
    return args.toArray(String[]::new);
  }

  private CommandLineRun run(String action, String... more) {
    return CommandLineRun.of(call(action, more));
  }

  private int start(String... options) {
    List<String> more = new ArrayList<>(List.of(options));
    more.addAll(List.of("--", "echo", "--port", "0"));
    CommandLineRun start = run("start", more.toArray(String[]::new));
    assertThat(start.err()).isEmpty();
    assertThat(start.exitCode()).isZero();
    return port(start.out());
  }

  private String logged() throws IOException {
    return HeddleProcess.withoutFindings(Files.readString(logFile));
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
      client.getOutputStream().write("there\n".getBytes(ISO_8859_1)); // accepted, not just queued
      assertThat(client.getInputStream().readNBytes(10))
          .asString(ISO_8859_1)
          .isEqualTo("GOT:there\n");
      assertThat(run("stop")).isEqualTo(new CommandLineRun(0, "Stopped, pid " + pid + "\n", ""));
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(pidFile).doesNotExist();
    assertThat(logged()).isEqualTo("listening on 127.0.0.1:" + port + "\n");
    assertThat(run("status")).isEqualTo(new CommandLineRun(3, "Not running\n", ""));
  }

  @Test
  void theServerIsInASessionWithoutALeaderAndHasNoInput() throws IOException {
    start();
    long pid = daemon().findFirst().orElseThrow().pid();
    Path stat = Path.of("/proc/" + pid + "/stat");
    assumeTrue(Files.exists(stat), "there is no /proc: sessions cannot be seen");
    String[] fields = Files.readString(stat).replaceFirst(".*\\) ", "").split(" ");
    String session = fields[3];
    String own = Files.readString(Path.of("/proc/self/stat")).replaceFirst(".*\\) ", "");
    assertThat(session).isNotEqualTo(Long.toString(pid)).isNotEqualTo(own.split(" ")[3]);
    assertThat(Path.of("/proc/" + session)).as("the leader of the session").doesNotExist();
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
    var lock = PidFileLock.of(new PidFile(pidFile));
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
    assertThat(logged()).hasLineCount(1);
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

  @Test
  void theDaemonSaysThatItStartedAndIsAliveAndRemovesItsPidFileHoweverItEnds() throws Exception {
    for (String signal : heard()) {
      assertThat(run("start", "--", "heartbeat", "--every", "1").out())
          .contains("Started, pid ", "Daemon started with pid ");
      ProcessHandle daemon = daemon().findFirst().orElseThrow();
      assertThat(run("status").out()).isEqualTo("Running, pid " + daemon.pid() + "\n");
      Until.true_("alive is said", () -> read(logFile).contains("Daemon alive! "));
      assertThat(logged()).startsWith("Daemon started with pid " + daemon.pid() + "\n");
      Process kill = new ProcessBuilder("kill", "-" + signal, daemon.pid() + "").start();
      assertThat(kill.waitFor()).isZero();
      Until.true_("it has ended by " + signal, () -> !BackgroundProcess.runs(daemon));
      assertThat(folder).isDirectoryNotContaining("glob:**.pid*");
      Files.delete(logFile);
    }
  }

  /**
   * Under nohup the tests, and the daemons that they start, are deaf to HUP, as nohup is to do; in
   * the background of a shell, to INT.
   */
  private static List<String> heard() throws IOException {
    long ignored = ignoredSignals();
    List<String> heard = new ArrayList<>(List.of("TERM"));
    if ((ignored & 1) == 0) {
      heard.add("HUP");
    }
    if ((ignored & 2) == 0) {
      heard.add("INT");
    }
    return heard;
  }

  /** A bit for each: 1 for HUP, 2 for INT. */
  private static long ignoredSignals() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .sum();
  }

  @Test
  void aDaemonThatEndsByItselfRemovesItsPidFile() throws Exception {
    assertThat(run("start", "--", "heartbeat", "--every=1", "--times=1").exitCode()).isZero();
    Until.true_("the daemon ends", () -> !Files.exists(pidFile));
    assertThat(run("status").exitCode()).isEqualTo(3);
  }

  @Test
  void noLockFileIsLeftBehindAndOneThatWasIsTakenOver() throws IOException {
    Path lock = folder.resolve("echo.pid.lock");
    Files.writeString(lock, "by one that was killed");
    start();
    assertThat(lock).doesNotExist();
    assertThat(run("stop").exitCode()).isZero();
    assertThat(folder).isDirectoryNotContaining("glob:**.pid*");
  }

  @Test
  void outputAndErrorsGoToTheirFilesOrNowhere() throws IOException {
    Path errors = folder.resolve("errors.log");
    Path input = Files.writeString(folder.resolve("input"), "");
    start("--error-file=" + errors, "--input-file=" + input, "--directory=" + folder);
    long pid = daemon().findFirst().orElseThrow().pid();
    if (Files.exists(Path.of("/proc/self/fd"))) {
      assertThat(Path.of("/proc/" + pid + "/fd/0").toRealPath()).isEqualTo(input.toRealPath());
      assertThat(Path.of("/proc/" + pid + "/fd/1").toRealPath()).isEqualTo(logFile.toRealPath());
      assertThat(Path.of("/proc/" + pid + "/fd/2").toRealPath()).isEqualTo(errors.toRealPath());
      assertThat(Path.of("/proc/" + pid + "/cwd").toRealPath()).isEqualTo(folder.toRealPath());
    }
    assertThat(run("stop").exitCode()).isZero();
    assertThat(errors).exists();
    logFile = Path.of("/dev/null");
    assertEchoes(start());
    assertThat(run("stop").exitCode()).isZero();
  }

  @Test
  void theUmaskTellsWhoMayReadTheLog() throws IOException {
    start("--umask=077");
    assertThat(Files.getPosixFilePermissions(logFile))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(pidFile))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  /** The log can be opened; that nothing can be written is found by the daemon, which tells. */
  @Test
  void aLogOnAFullDiskIsSaid() {
    assumeTrue(Files.exists(Path.of("/dev/full")), "there is no /dev/full");
    logFile = Path.of("/dev/full");
    assertRefusal(run("start"), "cannot write to the standard output: ");
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void pipesAreRefusedInsteadOfWaitedFor() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe + "").start().waitFor() == 0, "no mkfifo");
    Path usual = pidFile;
    pidFile = pipe;
    for (String action : List.of("start", "stop", "status")) {
      assertRefusal(run(action), pipe + " is not a pid file of ours");
    }
    pidFile = usual;
    logFile = pipe;
    assertRefusal(run("start"), "cannot write " + pipe + ": neither a file nor /dev/null");
    logFile = folder.resolve("echo.log");
    Files.move(pipe, folder.resolve("echo.pid.lock"));
    assertRefusal(run("start"), "echo.pid.lock is not a lock file of ours");
  }

  @Test
  void placesThatAreNotThereAreNamed() {
    Path no = folder.resolve("no");
    assertRefusal(run("start", "--directory=" + no, "--", "echo"), "cannot work in " + no);
    assertRefusal(
        run("start", "--input-file=" + no, "--", "echo"), "cannot read " + no + ": no such");
    pidFile = folder;
    assertRefusal(run("status"), folder + " is not a pid file of ours");
  }

  /** The test's own process is root's, and nobody may not stop it. */
  @Test
  void aDaemonOfAnotherUserIsNotStoppedAndItIsSaidAtOnce() throws Exception {
    long now = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
    String self = ProcessHandle.current().pid() + "\n" + now + "\n";
    Files.writeString(pidFile, self + BackgroundProcess.program() + "\n");
    assertRefusal(run("stop"), "that is this very program");
    assumeTrue(folder.toFile().setWritable(true, false), "the folder cannot be opened to all");
    assumeTrue(folder.toFile().setExecutable(true, false), "the folder cannot be opened to all");
    Path copy = Files.createDirectory(folder.resolve("copy"));
    assumeTrue(copy.toFile().setExecutable(true, false), "the folder cannot be opened to all");
    try (var stop = Unprivileged.start(copy, call("stop"))) {
      String errors = stop.errors();
      assumeTrue(!errors.contains("Stopped"), "the test has no other user");
      assertThat(errors).contains("cannot stop pid ", "not permitted").hasLineCount(1);
      assertThat(stop.exitCode()).isEqualTo(1);
    }
  }

  /** A client that reads no replies makes the drain last; a second SIGTERM ends it at once. */
  @Test
  void stopSaysThatTheLimitIsOverAndASecondStopEndsTheServer() throws Exception {
    CommandLineRun start = run("start", "--", "echo", "--port", "0", "--drain-timeout=10m");
    try (Clog clog = Clog.on(port(start.out()))) {
      assertRefusal(run("stop", "--limit", "0"), "has not ended within 0 s");
      assertThat(run("status").out()).startsWith("Running");
      assertThat(clog.other().getInputStream().read()).isEqualTo(-1); // the drain has begun
      assertThat(run("stop").out()).startsWith("Stopped");
    }
  }
}
