package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the samples print, to the letter: the file {@code gallery/X.txt} has what {@code heddle X}
 * prints, where X may have options. Where a sample sleeps, the time passes at once.
 */
class GalleryTest {
  private static final Path FOLDER = Path.of("src/test/resources/gallery");

  /** Those that have a test of their own. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "countdown",
          "actors",
          "echo",
          "pool-server",
          "worker-server",
          "thread-server",
          "http",
          "daemon",
          "heartbeat",
          "stack-size",
          "robots",
          "robot-workers",
          "responsive",
          "cpu-race");

  static Stream<String> commandLines() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString().replace(".txt", ""))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("commandLines")
  void printsWhatItsFileHas(String commandLine) throws IOException {
    String expected = Files.readString(FOLDER.resolve(commandLine + ".txt"));
    CommandLineRun run = CommandLineRun.of(commandLine.split(" "));
    assertThat(run.out()).isEqualTo(expected);
    assertThat(run).isEqualTo(new CommandLineRun(0, expected, ""));
  }

  @Test
  void everySampleHasATest() throws IOException {
    Set<String> tested = new TreeSet<>(ELSEWHERE);
    commandLines().forEach(commandLine -> tested.add(commandLine.split(" ")[0]));
    assertThat(CommandLineRun.of("list").out().lines().map(line -> line.split(" +")[1]))
        .containsExactlyInAnyOrderElementsOf(tested);
  }

  @Test
  void philosophersWhoTakeTheLeftForkFirstStarveAndItIsExplained() {
    CommandLineRun run = CommandLineRun.of("philosophers", "--naive");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .doesNotContain("eats")
        .contains(
            "5 tasks wait and nothing can wake them", "A cycle of 5 tasks", "in this order: ");
    for (String name : new String[] {"Plato", "Kant", "Hume", "Marx", "Weil"}) {
      assertThat(run.out()).contains("fork of " + name + "' held by task '" + name + "'");
    }
  }
}
