package dev.heddle.samples;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command of this program as a process that outlives the one that started it.
 *
 * <p>Python forks, calls {@code setsid}, and forks again. A JVM cannot fork itself, so a shell does
 * it: {@code setsid} gives the shell a session of its own, without a terminal whose Ctrl-C or
 * hang-up would end it; the shell forks the JVM and ends. The session has no leader any more, and
 * nobody in it can get a terminal again. Where there is no {@code setsid} (macOS), {@code nohup}
 * keeps off the hang-up, and that is all.
 */
final class BackgroundProcess {
  /** How the line begins by which the leader tells the exit code. */
  private static final String ENDED = "\1ended ";

  private static final String PID = "pid ";
  private static final String NO_MORE = "\0no more";
  private static final long LOOK_EVERY_MILLIS = 20;

  /**
   * The subshell stands in front: in the background it would ignore Ctrl-C for ever. The shell
   * within it tells its number, which stays the number of the JVM. The first shell, the leader,
   * tells how that ended. It sleeps until the starter has read this and ends it: the last words of
   * a process that ends by itself may get lost.
   */
  private static final String FORK =
      """
      umask "$1"; cd "$2" || exit; shift 2
      (exec sh -c 'echo "pid $$"; in=$1 out=$2 err=$3; shift 3
        exec "$@" 3>&1 <"$in" >>"$out" 2>>"$err"' sh "$@")
      printf '\n\\001ended %s\n' $?; exec sleep 60
      """;

  private final Process leader;
  private final String command;
  private final Path log;

  /** What the process has said and nobody has looked at yet. */
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  /** 0 before it is known. */
  private long pid;

  private BackgroundProcess(Process leader, String command, Path log) {
    this.leader = leader;
    this.command = command;
    this.log = log;
  }

  static BackgroundProcess start(PidFile pidFile, DaemonFiles files, List<String> command)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(isThere("setsid") ? "setsid" : "nohup");
    line.addAll(List.of("sh", "-c", FORK, "sh", files.umask(), files.directory().toString()));
    line.add(files.input().toString());
    line.add(files.output().toString());
    line.add(files.errors().toString());
    line.add(program());
    line.add("--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED");
    line.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    line.addAll(List.of("-cp", classPath(), InBackground.class.getName(), pidFile.toString()));
    line.addAll(command);
    Process leader =
        new ProcessBuilder(line)
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .start();
    var process = new BackgroundProcess(leader, command.getFirst(), files.errors());
    Thread.ofPlatform().daemon().name("listen").start(process::listen);
    return process;
  }

  /** The program that the process runs, as the system tells it: a path without links. */
  static String program() throws IOException {
    return Path.of(System.getProperty("java.home"), "bin", "java").toRealPath().toString();
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void listen() {
    try (BufferedReader said = leader.inputReader(StandardCharsets.UTF_8)) {
      said.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      // the leader was ended
    }
    lines.add(NO_MORE);
  }

  /**
   * Waits until it says that it listens, or that it has started, and gives that line.
   *
   * @throws IOException if it ends before, or the limit is over; then with the last it said
   */
  String awaitReady(Duration limit) throws IOException, InterruptedException {
    long start = System.nanoTime();
    String last = "";
    while (true) {
      long left = limit.toNanos() - (System.nanoTime() - start);
      String line = lines.poll(left, TimeUnit.NANOSECONDS);
      String at = last + " (log: " + log + ")";
      if (line == null) {
        String late = " did not listen within " + limit.toSeconds() + " s, and was ended";
        throw new IOException(command + late + at);
      } else if (line.equals(NO_MORE)) {
        throw new IOException(command + " ended" + at);
      } else if (line.startsWith(PID) && pid == 0) {
        pid = Long.parseLong(line.substring(PID.length()));
      } else if (line.startsWith(ENDED)) {
        throw new IOException(
            command + " ended with exit code " + line.substring(ENDED.length()) + at);
      } else if (line.startsWith("listening on ") || line.startsWith("Daemon started")) {
        int _ = leader.destroyForcibly().waitFor();
        return line;
      } else if (!line.isEmpty()) {
        last = ": " + line;
      }
    }
  }

  long pid() {
    return pid;
  }

  void kill() {
    leader.descendants().forEach(ProcessHandle::destroyForcibly); // it was not as far as to say
    leader.destroyForcibly();
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Waits for the end of a process that need not be a child of ours. */
  static boolean awaitEnd(ProcessHandle process, Duration limit) throws InterruptedException {
    long start = System.nanoTime();
    while (runs(process)) {
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
    return true;
  }

  /** In a container nobody may fetch the exit code of an orphan: it has ended all the same. */
  static boolean runs(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return process.isAlive() && !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException e) {
      return process.isAlive(); // not Linux, or just gone
    }
  }
}
