package dev.heddle.samples;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command of this program as a process that outlives the one that started it.
 *
 * <p>Python forks twice and calls {@code setsid}; a JVM cannot fork itself. It starts another, by
 * {@code setsid} where there is one, so that the new process has a session of its own: no terminal
 * whose Ctrl-C or hang-up would end it. Elsewhere {@code nohup} keeps off the hang-up. Its input is
 * empty, its output is added to the log, and its folder is the root, so that it keeps no mount
 * busy.
 */
record BackgroundProcess(Process process, String command, Path log, long logBegin) {
  private static final String READY = "listening on ";
  private static final long LOOK_EVERY_MILLIS = 20;

  static BackgroundProcess start(List<String> command, Path log) throws IOException {
    long logBegin;
    try (FileChannel channel =
        FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      logBegin = channel.size();
    } catch (IOException e) {
      throw PidFile.explained("cannot write", log, e);
    }
    List<String> line = new ArrayList<>();
    line.add(isThere("setsid") ? "setsid" : "nohup");
    line.add(program());
    line.add("--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED");
    line.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    line.addAll(List.of("-cp", classPath(), Heddle.class.getName()));
    line.addAll(command);
    Process process =
        new ProcessBuilder(line)
            .directory(log.getRoot().toFile())
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .redirectError(Redirect.appendTo(log.toFile()))
            .start();
    return new BackgroundProcess(process, command.getFirst(), log, logBegin);
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

  /**
   * Waits until it says that it listens, and gives that line.
   *
   * @throws IOException if it ends before, or the limit is over; then with the last it said
   */
  String awaitReady(Duration limit) throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (true) {
      boolean ended = process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      List<String> lines = output();
      if (ended) {
        throw new IOException(
            command + " ended with exit code " + process.exitValue() + last(lines));
      }
      for (String line : lines) {
        if (line.startsWith(READY)) {
          return line;
        }
      }
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new IOException(
            command
                + " did not listen within "
                + limit.toSeconds()
                + " s, and was ended"
                + last(lines));
      }
    }
  }

  /** The whole lines that it has added to the log. */
  private List<String> output() throws IOException {
    try (FileChannel channel = FileChannel.open(log)) {
      byte[] added = Channels.newInputStream(channel.position(logBegin)).readAllBytes();
      String text = new String(added, StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
  }

  private String last(List<String> lines) {
    return (lines.isEmpty() ? "" : ": " + lines.getLast()) + " (log: " + log + ")";
  }

  void kill() {
    process.destroyForcibly();
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
