package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Until;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Full disks, readers that go away, foreign digits, signals: no sample minds, or it says so. */
class HostileTerminalTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/heddle/samples");
  private final Locale before = Locale.getDefault();

  @TempDir private Path folder;

  @AfterEach
  void speakAsBefore() {
    Locale.setDefault(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "list",
        "countdown",
        "countdown 9999999 9999999 1 --style thread",
        "countdown 9999999 9999999 1 --style step",
        "actors --from 99999999",
        "generators",
        "philosophers --meals 99999999",
        "periodic-timer",
        "channel",
        "robots --lines 1000",
        "echo --port 0",
        "pool-server --port 0"
      })
  void aFullDiskIsOneLineAndExitCodeOneAtOnce(String commandLine) throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "there is no /dev/full");
    ProcessBuilder builder = new ProcessBuilder(command(commandLine));
    try (var run = new HeddleProcess(builder.redirectOutput(new File("/dev/full")).start())) {
      assertThat(run.errors())
          .startsWith("heddle: cannot write to the standard output: ")
          .hasLineCount(1);
      assertThat(run.exitCode()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "countdown 9999999 9999999 1 --style thread",
        "countdown 9999999 9999999 1",
        "actors --from 99999999",
        "philosophers --meals 99999999"
      })
  void whoWritesForNobodyEndsQuietly(String commandLine) throws Exception {
    try (var run = HeddleProcess.start(command(commandLine))) {
      assertThat(run.process().inputReader().readLine()).isNotEmpty();
      run.process().getInputStream().close();
      assertThat(run.exitCode()).isEqualTo(StandardOutput.NOBODY_READS);
      assertThat(run.errors()).isEmpty();
    }
  }

  @Test
  void thePhilosophersEatForEverUntilCtrlC() throws Exception {
    try (var run =
        HeddleProcess.start(HeddleProcess.hearingInterrupts(List.of(), "philosophers"))) {
      for (int i = 0; i < 6; i++) { // more than one round of five
        assertThat(run.process().inputReader().readLine()).contains(" eats, meal ");
      }
      run.signal("INT");
      assertThat(run.exitCode()).isEqualTo(130);
      assertThat(run.errors()).isEmpty();
    }
  }

  private static List<String> command(String commandLine) {
    return HeddleProcess.command(List.of(), commandLine.split(" "));
  }

  /**
   * These show their own progress while they go on: what was printed is not kept back. The sample
   * goes on for half a second, which a busy machine may miss: then it is tried again.
   */
  @Test
  void whatWasPrintedIsSeenWhileTheSampleGoesOn() throws Exception {
    boolean goesOn = false;
    for (int tries = 0; !goesOn && tries < 10; tries++) {
      try (var run = HeddleProcess.start("tasks")) {
        assertThat(run.process().inputReader().readLine()).startsWith("spawned");
        goesOn = run.process().isAlive();
      }
    }
    assertThat(goesOn).isTrue();
  }

  /** All of them once: the flags of the engine change no digits. */
  static Stream<String> commandLines() throws IOException {
    return Boolean.getBoolean("heddle.test.flags")
        ? GalleryTest.commandLines()
        : Stream.of("tasks", "account");
  }

  @ParameterizedTest
  @ValueSource(strings = {"countdown", "robots", "log-pipeline", "nosuch", "crawler"})
  void anArgumentThatATerminalWouldObeyIsEscapedAndALongOneIsCut(String command) {
    String argument = "\u001b[2J\u202e" + "x".repeat(100_000);
    CommandLineRun run = CommandLineRun.of(command, argument);
    assertThat(run.exitCode()).isPositive();
    assertThat(run.err())
        .startsWith("heddle")
        .hasLineCount(1)
        .hasSizeLessThan(3_000)
        .doesNotContain("\u001b", "\u202e");
  }

  @ParameterizedTest
  @MethodSource("commandLines")
  void theDigitsOfTheLocaleChangeNothing(String commandLine) throws IOException {
    Locale.setDefault(Locale.forLanguageTag("th-TH-u-nu-thai"));
    assertThat(String.format("%d", 1)).isEqualTo("\u0e51");
    CommandLineRun run = CommandLineRun.of(commandLine.split(" "));
    assertThat(run.out()).isEqualTo(SamplesTest.resource("gallery/" + commandLine + ".txt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"robots --lines 1000", "cpu-race --steps 3000 --files 2", "responsive"})
  void figuresHaveTheDigitsThatMachinesRead(String commandLine) {
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    CommandLineRun run = CommandLineRun.of(commandLine.split(" "));
    assertThat(run.out()).matches("\\p{ASCII}+");
    assertThat(run.exitCode()).isZero();
  }

  /** {@code "%d".formatted(1)} has no place for a locale. */
  @Test
  void everyFormatNamesItsLocale() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        String source = Files.readString(file).replaceAll("\\s+", "");
        assertThat(source).as(file.toString()).doesNotContain(".formatted(");
        assertThat(source.replaceAll("(String\\.format|printf)\\(Locale\\.ROOT,", ""))
            .as(file.toString())
            .doesNotContain("String.format(", "printf(");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "robots --lines 1000000, TERM, 143",
    "robots --lines 1000000, INT, 130",
    "cpu-race --files 10000, TERM, 143"
  })
  void whatASampleHasWrittenGoesWithIt(String commandLine, String signal, int exitCode)
      throws Exception {
    List<String> flags = List.of("-Djava.io.tmpdir=" + folder);
    List<String> command = HeddleProcess.hearingInterrupts(flags, commandLine.split(" "));
    try (var run = HeddleProcess.start(command)) {
      Until.true_("there is a file", () -> filesIn(folder) > 0);
      run.signal(signal);
      assertThat(run.exitCode()).isEqualTo(exitCode);
      assertThat(filesIn(folder)).isZero();
      assertThat(run.errors()).isEmpty();
    }
  }

  /** The folder of the socket by which a child that starts finds its parent. */
  @ParameterizedTest
  @ValueSource(strings = {"process-memory", "pool-map"})
  void whatAChildThatStartsWouldHaveDeletedGoesToo(String commandLine) throws Exception {
    List<String> command =
        HeddleProcess.command(List.of("-Djava.io.tmpdir=" + folder), commandLine);
    try (var run = HeddleProcess.start(command)) {
      Until.true_("there is a folder", () -> hasSocketFolder() || !run.process().isAlive());
      run.process().destroy();
      assertThat(run.exitCode()).isIn(143, 0);
      assertThat(filesIn(folder)).isZero();
    }
  }

  private boolean hasSocketFolder() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.anyMatch(file -> file.getFileName().toString().startsWith("heddle-process-"));
    } catch (IOException e) {
      return false;
    }
  }

  private static long filesIn(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.skip(1).count();
    } catch (IOException e) {
      return 0; // it vanishes while we look
    } catch (java.io.UncheckedIOException e) {
      return 0;
    }
  }

  @Test
  void memoryThatCannotBeSharedForWantOfATemporaryFolderIsOneLine() throws Exception {
    Path nowhere = folder.resolve("nowhere");
    List<String> command =
        HeddleProcess.command(List.of("-Djava.io.tmpdir=" + nowhere), "process-memory");
    try (var run = HeddleProcess.start(command)) {
      assertThat(run.errors().lines().filter(line -> !line.startsWith("WARNING:")))
          .containsExactly(
              "heddle process-memory: cannot make a file in "
                  + nowhere
                  + " for shared memory: no such folder");
      assertThat(run.exitCode()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"robots", "cpu-race", "log-pipeline"})
  void aTemporaryFolderThatCannotBeUsedIsOneLine(String commandLine) throws Exception {
    Path nowhere = folder.resolve("nowhere");
    List<String> command =
        HeddleProcess.command(List.of("-Djava.io.tmpdir=" + nowhere), commandLine);
    try (var run = HeddleProcess.start(command)) {
      assertThat(run.errors().lines().filter(line -> !line.startsWith("WARNING:")))
          .containsExactly(
              "heddle "
                  + commandLine
                  + ": cannot make a temporary folder in "
                  + nowhere
                  + ": no such folder");
      assertThat(run.exitCode()).isEqualTo(1);
    }
  }
}
