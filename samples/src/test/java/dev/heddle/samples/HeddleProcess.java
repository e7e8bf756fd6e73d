package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, as its user starts it; closing kills it. */
record HeddleProcess(Process process) implements AutoCloseable {
  /** Hundreds of these programs begin and end at once; none is there to be quick. */
  private static final List<String> QUICK_START =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Dheddle.child.jvm=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");

  /** With the engine flags if this test runs with them. */
  static HeddleProcess start(String... args) throws IOException {
    return start(command(List.of(), args));
  }

  static HeddleProcess start(List<String> command) throws IOException {
    return new HeddleProcess(new ProcessBuilder(command).start());
  }

  /** What starts the program, with these further flags of the JVM's. */
  static List<String> command(List<String> flags, String... args) {
    List<String> all = new ArrayList<>(flags);
    if (Boolean.getBoolean("heddle.test.flags")) {
      all.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    }
    return commandOn(System.getProperty("java.class.path"), all, args);
  }

  /**
   * As {@link #command}, for a program that is to hear SIGINT. A shell that starts a job in the
   * background has it ignore that signal, and a JVM would go on to.
   */
  static List<String> hearingInterrupts(List<String> flags, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    Process try_ = new ProcessBuilder(command.get(0), command.get(1), "true").start();
    assumeTrue(try_.waitFor() == 0, "env has no --default-signal, and SIGINT may be ignored");
    command.addAll(command(flags, args));
    return command;
  }

  static List<String> commandOn(String classPath, List<String> flags, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(QUICK_START);
    command.addAll(flags);
    command.addAll(List.of("-ea", "-cp", classPath, Heddle.class.getName()));
    command.addAll(List.of(args));
    return command;
  }

  /** Waits until the server listens; its port. */
  int port() throws IOException {
    String line = process.inputReader().readLine();
    assertThat(line).as(() -> "first line of the server").startsWith("listening on 127.0.0.1:");
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  /** Sends it a signal by name: {@code TERM}. */
  void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }

  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("ended").isTrue();
    return process.exitValue();
  }

  /** What it prints on standard output, to the end. */
  String output() throws IOException {
    return rest(process.inputReader());
  }

  /**
   * What it prints on standard error, to the end, but for two things that it logs rightly: the hint
   * at the faster engine, in a program without its flag, and what the watchdog says of a loop that
   * a busy machine does not let go on.
   */
  String errors() throws IOException {
    return withoutFindings(
        rest(process.errorReader()).replaceFirst("(?m)^.* logFasterEngine\\R.*\\R", ""));
  }

  /** What a program has logged, but for what its watchdog says of a busy machine. */
  static String withoutFindings(String log) {
    return log.replaceAll("(?m)^.* logFinding\\R.*\\R(    at .*\\R)*", "");
  }

  private static String rest(BufferedReader reader) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      text.append((char) c);
    }
    return text.toString();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
