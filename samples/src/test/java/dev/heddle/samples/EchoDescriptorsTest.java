package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.FreePort;
import dev.heddle.fixtures.Until;
import java.io.File;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Row 8, fault 1: the shipped command, and the program of the README, with few descriptors. The
 * classes are in folders, so that each one that is loaded needs a descriptor.
 */
class EchoDescriptorsTest {
  /** More than either program has descriptors for. */
  private static final int CLIENTS = 100;

  @TempDir private Path folder;

  /** Runs a command with so many descriptors at the most. */
  private static HeddleProcess limited(int descriptors, List<String> command) throws Exception {
    assumeTrue(new File("/bin/sh").canExecute(), "no shell to set the limit");
    List<String> shell = new ArrayList<>();
    shell.addAll(List.of("/bin/sh", "-c", "ulimit -n " + descriptors + "; exec \"$@\"", "sh"));
    shell.addAll(command);
    return HeddleProcess.start(shell);
  }

  /**
   * Without the jars of the tests, each of which would be opened. That of the transports comes
   * last, as the server needs none of it.
   */
  private static String classPath() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(all.split(File.pathSeparator))
        .filter(
            entry ->
                Files.isDirectory(Path.of(entry))
                    || entry.matches(".*/(heddle|picocli|jspecify)[^/]*\\.jar"))
        .sorted(Comparator.comparing(entry -> entry.contains("heddle-transport")))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Queue<String> linesOf(java.io.BufferedReader reader) {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    Thread.ofPlatform().daemon().start(() -> reader.lines().forEach(lines::add));
    return lines;
  }

  /** The limits differ, so that descriptors end at other steps of a connection. */
  @ParameterizedTest
  @CsvSource({"coroutine, 40", "thread, 41", "step, 42"})
  void clientsThatUseUpAllDescriptorsAreAllServedInTurnAndSoAreLaterOnes(
      String style, int descriptors) throws Exception {
    List<String> command =
        HeddleProcess.commandOn(classPath(), flags(), "echo", "--port=0", "--style", style);
    try (var echo = limited(descriptors, command)) {
      int port = echo.port();
      Queue<String> errors = linesOf(echo.process().errorReader());
      checkCrowd(port, errors);
      echo.signal("TERM");
      assertThat(echo.exitCode()).isZero();
      assertThat(errors).noneMatch(line -> line.contains("Error") || line.contains("Exception"));
    }
  }

  @Test
  void theProgramOfTheReadmeIsAsSafe() throws Exception {
    Path file = folder.resolve("Echo.java");
    int port = FreePort.find();
    Files.writeString(file, ReadmeTest.echoOn(port));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(flags());
    command.addAll(List.of("-cp", classPath(), file.toString()));
    try (var echo = limited(50, command)) {
      Queue<String> errors = linesOf(echo.process().errorReader());
      ReadmeTest.connect(port, echo.process()).close();
      checkCrowd(port, errors);
      assertThat(errors).noneMatch(line -> line.contains("Error") || line.contains("Exception"));
    }
  }

  private static List<String> flags() {
    return Boolean.getBoolean("heddle.test.flags")
        ? List.of("--add-opens=java.base/java.lang=ALL-UNNAMED")
        : List.of();
  }

  private static void checkCrowd(int port, Queue<String> errors) throws Exception {
    try (Crowd crowd = new Crowd(port, CLIENTS)) {
      Until.true_(
          "the server says that it has none left",
          () ->
              errors.stream()
                  .anyMatch(
                      line ->
                          line.contains("pauses accepting")
                              && line.contains("Too many open files")));
      crowd.goOneByOne();
    }
    try (Socket later = new Socket("127.0.0.1", port)) {
      later.getOutputStream().write("later\n".getBytes(ISO_8859_1));
      assertThat(later.getInputStream().readNBytes(10)).asString().isEqualTo("GOT:later\n");
    }
  }

  /** From where no server can be to where it just cannot. */
  @ParameterizedTest
  @CsvSource({"8", "14", "19"})
  void tooFewDescriptorsToServeAreOneLineAndExitCodeOne(int descriptors) throws Exception {
    List<String> command = HeddleProcess.commandOn(classPath(), flags(), "echo", "--port=0");
    try (var echo = limited(descriptors, command)) {
      assertThat(echo.errors()).startsWith("heddle").contains("ulimit -n").hasLineCount(1);
      assertThat(echo.output()).isEmpty();
      assertThat(echo.exitCode()).isEqualTo(1);
    }
  }
}
