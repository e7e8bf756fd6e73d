package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program around the samples: its list, its help, its answers to wrong calls. */
class CommandsTest {

  @Test
  void listHasALineForEachSample() {
    CommandLineRun run = CommandLineRun.of("list");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .allMatch(line -> line.length() <= 100)
        .map(line -> line.split(" +", 3))
        .extracting(words -> words[0] + " " + words[1])
        .containsExactly("countdown R1", "actors R2", "echo R3", "own-event -");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "countdown", "actors", "echo", "own-event"})
  void helpSaysHowToCallACommand(String command) {
    CommandLineRun run = CommandLineRun.of(command, "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: heddle " + command).contains("--help");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void helpWithoutACommandNamesThemAll() {
    assertThat(CommandLineRun.of("--help").out())
        .contains("list", "countdown", "actors", "echo", "own-event");
  }

  static List<Arguments> wrongCalls() {
    return List.of(
        wrong("the commands are list, countdown"),
        wrong("'spin'", "spin"),
        wrong("'x' is not a whole number from 0 to 2147483647", "countdown", "1", "x", "3"),
        wrong("'-1' is not a whole number from 0 to 2147483647", "countdown", "-1", "2", "3"),
        wrong("'2147483648' is not a whole number", "countdown", "1", "2", "2147483648"),
        wrong("expected three numbers A B C or none, but got 2", "countdown", "1", "2"),
        wrong("but got 4", "countdown", "1", "2", "3", "4"),
        wrong("'' is not one of thread, coroutine, step", "countdown", "--style", ""),
        wrong("'weft' is not one of thread, coroutine, step", "echo", "--style", "weft"),
        wrong("'-5' is not a whole number from 0 to", "actors", "--from", "-5"),
        wrong("'1e6' is not a whole number from 0 to", "actors", "--from", "1e6"),
        wrong("--from", "actors", "--from"),
        wrong("'70000' is not a whole number from 0 to 65535", "echo", "--port", "70000"),
        wrong("'-1' is not a whole number from 0 to 65535", "echo", "--port", "-1"),
        wrong("'extra'", "echo", "extra"),
        wrong("'--extra'", "echo", "--extra"),
        wrong("'extra'", "list", "extra"));
  }

  private static Arguments wrong(String why, String... args) {
    return Arguments.of(why, args);
  }

  @ParameterizedTest
  @MethodSource("wrongCalls")
  void aWrongCallIsRefusedInOneLineWithExitCodeTwo(String why, String[] args) {
    CommandLineRun run = CommandLineRun.of(args);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("heddle").contains(why).endsWith("--help tells more)\n");
    assertThat(run.err().lines()).hasSize(1);
  }
}
