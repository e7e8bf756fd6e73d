package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program around the samples: its list, its help, its answers to wrong calls. */
class CommandsTest {

  private static Stream<String> commands() {
    return CommandLineRun.of("list").out().lines().map(line -> line.split(" +")[1]);
  }

  @Test
  void listHasALineForEachSampleSortedByRecipe() {
    CommandLineRun run = CommandLineRun.of("list");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .allMatch(line -> line.matches("(R\\d+|-) +[a-z-]+ +[A-Z].*"))
        .allMatch(line -> line.length() <= 100)
        .startsWith(
            "R1   countdown          Three tasks count down, down and up, in turn.",
            "R2   actors             An actor sends to another and to itself, 10,000 times.")
        .endsWith("-    own-event          Tasks wait at a latch: how to write an own event.");
    assertThat(run.out().lines().filter(line -> line.startsWith("R")))
        .extracting(line -> Integer.valueOf(line.substring(1, 3).strip()))
        .isSorted();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpSaysHowToCallACommand(String command) {
    CommandLineRun run = CommandLineRun.of(command, "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: heddle " + command).contains("--help");
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ps", "tree", "dump", "top", "trace", "mxbean"})
  void aProcessThatIsNotThereIsToldInOneLine(String command) {
    CommandLineRun run = CommandLineRun.of(command, "2147483646");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip())
        .isEqualTo("heddle " + command + ": process 2147483646: there is none");
  }

  @Test
  void aTraceThatCouldNotBeWrittenIsNotBegun() {
    CommandLineRun run = CommandLineRun.of("trace", "1", "-o", "no/such/folder/x.json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().strip())
        .isEqualTo("heddle trace: 'no/such/folder/x.json' is no file that can be written");
  }

  @Test
  void helpWithoutACommandNamesThemAll() {
    assertThat(CommandLineRun.of("--help").out()).contains("list").contains(commands().toList());
  }

  static List<Arguments> wrongCalls() {
    return List.of(
        wrong("the commands are list, countdown"),
        wrong("'spin'", "spin"),
        wrong("'spin'", "spin", "--help"),
        wrong("'spin'", "--help", "spin"),
        wrong("'extra'", "list", "extra", "--help"),
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
        wrong("'0' is not a whole number from 1 to 10000", "pool-server", "--threads", "0"),
        wrong("'0' is not a whole number from 1 to 10000", "worker-server", "--threads", "0"),
        wrong("'65536' is not a whole number from 0", "thread-server", "--port", "65536"),
        wrong("PID", "ps"),
        wrong("'x' is not a whole number from 1 to 2147483647", "tree", "x"),
        wrong("'0' is not a whole number from 1 to 2147483647", "dump", "0", "--json"),
        wrong("'61' is not a whole number from 1 to 60", "top", "1", "--seconds", "61"),
        wrong("'0' is not a whole number from 1 to 60", "trace", "1", "--seconds", "0"),
        wrong("'smoke' is not one of local, link, nats, amqp, zmtp", "exchange", "--over", "smoke"),
        wrong("'0' is not a whole number from 1 to 1000000", "exchange", "--numbers", "0"),
        wrong("'0' is not a whole number from 1 to 3600", "two-chats", "--patience", "0"),
        wrong("'x' is not HOST:PORT", "exchange", "--over", "nats", "--at", "x"),
        wrong("--at is for nats and amqp, which have a broker", "exchange", "--at", "h:1"),
        wrong("--over zmtp: what is said goes both ways; there are", "two-chats", "--over=zmtp"),
        wrong("--over zmtp: a log that a killed worker", "robot-workers", "--over", "zmtp"),
        wrong("--over local: a log that a killed worker", "robot-workers", "--over", "local"),
        wrong("start|stop|status", "daemon"),
        wrong("'restart' is not one of start, stop, status", "daemon", "restart", "--pid-file=x"),
        wrong("--pid-file", "daemon", "status"),
        wrong("start needs a --log-file", "daemon", "start", "--pid-file=x", "--", "echo"),
        wrong("start needs a command", "daemon", "start", "--pid-file=x", "--log-file=y"),
        wrong(
            "'spin' is not a sample",
            "daemon",
            "start",
            "--pid-file=x",
            "--log-file=y",
            "--",
            "spin"),
        wrong(
            "'8' is not an octal number from 0 to 777",
            "daemon",
            "start",
            "--pid-file=x",
            "--log-file=y",
            "--umask=8",
            "--",
            "echo"),
        wrong("'0' is not a whole number from 1 to 3600", "heartbeat", "--every=0"),
        wrong("from 0 to 3600", "daemon", "stop", "--pid-file=x", "--limit", "-1"),
        wrong("'0' is not a whole number from 1 to 10000", "stack-size", "--threads=0"),
        wrong("'-1' is not a whole number from 0", "philosophers", "--meals", "-1"),
        wrong("'-1' is not a whole number from 0 to 10000", "fibonacci", "--count", "-1"),
        wrong("'2147483647' is not a whole number from 0", "fibonacci", "--count=2147483647"),
        wrong("'0' is not a whole number from 1 to 1000000", "robots", "--lines=0"),
        wrong("'0' is not a whole number from 1 to 1000000000", "cpu-race", "--steps", "0"),
        wrong("'1e6' is not a whole number from 1 to 1000000000", "cpu-race", "--steps", "1e6"),
        wrong("'-1' is not a whole number from 1 to 10000", "cpu-race", "--files", "-1"),
        wrong("'10001' is not a whole number from 1 to 10000", "cpu-race", "--files=10001"),
        wrong("'extra'", "cpu-race", "extra"),
        wrong("'extra'", "race", "extra"),
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
