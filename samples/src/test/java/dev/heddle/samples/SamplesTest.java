package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The samples whose output depends on how they are called; {@link GalleryTest} has the others. */
class SamplesTest {

  @ParameterizedTest
  @EnumSource(Style.class)
  void countdownPrintsTheGolden(Style style) {
    CommandLineRun run = CommandLineRun.of("countdown", "--style", style.toString());
    assertThat(run).isEqualTo(new CommandLineRun(0, resource("round-robin-10-5-15.txt"), ""));
  }

  /** The files were written by countdown/generate.py, which is the Cookbook's program. */
  static List<Arguments> countdowns() {
    List<Arguments> cases = new ArrayList<>();
    for (Style style : Style.values()) {
      for (String numbers :
          List.of("10-5-15", "0-0-0", "1-1-1", "0-1-2", "2-0-1", "1-0-0", "3-7-2", "100-1-37")) {
        cases.add(Arguments.of(style, numbers));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("countdowns")
  void countdownPrintsWhatTheCookbooksProgramPrints(Style style, String numbers) {
    String[] n = numbers.split("-");
    CommandLineRun run =
        CommandLineRun.of("countdown", n[0], n[1], n[2], "--style", style.toString());
    assertThat(run).isEqualTo(new CommandLineRun(0, resource("countdown/" + numbers + ".txt"), ""));
  }

  @Test
  void countdownWithoutStyleIsInCoroutineStyleAndTheSame() {
    assertThat(CommandLineRun.of("countdown").out()).isEqualTo(resource("round-robin-10-5-15.txt"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 10_000})
  void actorsCountDownToOne(int from) {
    String expected =
        IntStream.iterate(from, n -> n > 0, n -> n - 1)
            .mapToObj(n -> "Got: " + n + "\n")
            .collect(Collectors.joining());
    CommandLineRun run = CommandLineRun.of("actors", "--from", Integer.toString(from));
    assertThat(run).isEqualTo(new CommandLineRun(0, expected, ""));
  }

  @Test
  void actorsBeginWithTenThousand() {
    assertThat(CommandLineRun.of("actors").out()).startsWith("Got: 10000\nGot: 9999\n");
  }

  /** As a recursion this would need a stack of some hundred megabytes. */
  @Test
  void aMillionActorMessagesNeedNoStack() {
    List<String> lines = CommandLineRun.of("actors", "--from", "1000000").out().lines().toList();
    assertThat(lines).hasSize(1_000_000).startsWith("Got: 1000000").endsWith("Got: 2", "Got: 1");
  }

  /** How long it takes is not asserted: on a busy machine anything can be late. */
  @Test
  void responsivePrintsTheLatencyOnTheLoopAndBesideAPool() {
    assertThat(CommandLineRun.of("responsive", "--pieces", "5").out())
        .matches("on the loop: p99 [0-9.]+ ms\nin a pool: p99 [0-9.]+ ms\nthe same result: true\n");
  }

  @Test
  void stacksAreAddressSpaceAndHardlyMemory() {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "there is no /proc");
    assertThat(CommandLineRun.of("stack-size", "--threads", "10").out().lines().toList())
        .hasSize(4)
        .last(STRING)
        .matches(" +10 +8192 KiB +\\d+ MiB +-?\\d+ MiB");
  }

  @Test
  void allWaysToSearchFindTheSameRobots() {
    CommandLineRun run = CommandLineRun.of("robots", "--lines", "10000"); // two robots never ask
    assertThat(run.out().lines().limit(4))
        .map(line -> line.replaceFirst("\\d+ ms, [0-9.]+x", "#"))
        .containsExactly(
            "one after the other: 1 2 3 4 5 6 7 8 logs, 38 robots, #",
            "two threads: 1 2 3 4 5 6 7 8 logs, 38 robots, #",
            "two processes, cold: 1 2 3 4 5 6 7 8 logs, 38 robots, #",
            "two processes, warm: 1 2 3 4 5 6 7 8 logs, 38 robots, #");
    assertThat(run.out().lines().skip(4))
        .hasSize(38)
        .allMatch(line -> line.matches("10\\.0\\.\\d+\\.\\d"));
    assertThat(run.err()).isEmpty();
  }

  @Test
  void logsOfOnesOwnAreSearched(@TempDir Path logs) throws IOException {
    ApacheLogs.write(logs, 2, 10_000, 1);
    CommandLineRun run = CommandLineRun.of("robots", logs.toString());
    assertThat(run.out()).startsWith("one after the other: 1 2 logs, ").contains("\n10.0.");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void aFolderWithoutLogsAndALogThatIsNoneAreOneLine(@TempDir Path logs) throws IOException {
    assertFails(CommandLineRun.of("robots", logs.resolve("none") + ""), "cannot read " + logs);
    assertFails(CommandLineRun.of("robots", logs + ""), "there is no *.log.gz in " + logs);
    Path file = Files.writeString(logs.resolve("a.log.gz"), "not compressed");
    assertFails(CommandLineRun.of("robots", file + ""), "cannot read " + file + ": ");
    assertFails(CommandLineRun.of("robots", logs + ""), "cannot read " + file + ": Not in GZIP");
  }

  private static void assertFails(CommandLineRun run, String why) {
    assertThat(run.err()).startsWith("heddle robots: ").contains(why).hasLineCount(1);
    assertThat(run.exitCode()).isEqualTo(1);
  }

  /**
   * Figures are masked, all else is to the letter; the last line is what cpu-race/digest.py says.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 6fbd62dbda89bd62e5397c14e55d364c5af7b027",
    "21, 66c26e1f0b3a2a768cc60283b1b59a4dbc39fac9"
  })
  void theRaceFindsTheSameInEachWayAndTheDigestsThatPythonComputes(int files, String digest) {
    CommandLineRun run =
        CommandLineRun.of("cpu-race", "--steps", "3000", "--files", Integer.toString(files));
    assertThat(run.out().replaceAll("[0-9]+\\.[0-9]+", "#").replaceAll(" +", " "))
        .isEqualTo(
            """
             calls of in turn two threads two processes same
             3 x 1000 steps # ms # ms #x # ms #x true
             1 x 100000 steps # ms # ms #x # ms #x true
             1 x 10000000 steps # ms # ms #x # ms #x true
             %d x SHA-512 # ms # ms #x # ms #x true
            of all digests: %s
            """
                .formatted(files, digest));
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void theTreeOfFilesIsTheSameForTheSameSeedAndGoneWhenItIsClosed() throws IOException {
    FileTree first = FileTree.write(21, 7);
    try (FileTree second = FileTree.write(21, 7);
        FileTree other = FileTree.write(21, 8)) {
      assertThat(digests(first)).hasSize(21).isEqualTo(digests(second));
      assertThat(digests(first)).doesNotContainAnyElementsOf(digests(other));
      first.close();
      assertThat(first.root().path()).doesNotExist();
      assertThat(second.paths()).hasSize(21).allMatch(file -> Files.exists(Path.of(file)));
    }
  }

  private static List<String> digests(FileTree tree) throws IOException {
    List<String> digests = new ArrayList<>();
    for (String file : tree.paths()) {
      digests.add(FileTree.digest(file));
    }
    return digests;
  }

  static String resource(String name) {
    try (InputStream in = SamplesTest.class.getResourceAsStream("/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
