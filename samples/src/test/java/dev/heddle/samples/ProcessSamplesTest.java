package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The samples with children of their own: recipes R13, R20, R21. */
class ProcessSamplesTest {

  private static String run(Object sample, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(sample)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(args);
    assertThat(err.toString()).isEmpty();
    assertThat(exitCode).isZero();
    return out.toString();
  }

  @Test
  void allWaysToSearchFindTheSameRobots() {
    List<String> lines = run(new FindRobots()).lines().toList();
    assertThat(lines.subList(0, 4))
        .allMatch(line -> line.matches(".* 40 robots +\\d+ ms"))
        .map(line -> line.replaceFirst(" +40 robots.*", ""))
        .containsExactly(
            "one after the other", "two threads", "two processes, cold", "two processes, warm");
    assertThat(lines).hasSize(5).endsWith("the same hosts");
  }

  @Test
  void processesTalkAndAPoolCallsBack() {
    assertThat(run(new Processes()))
        .isEqualTo(
            """
            pipe: hello Dave
            join: greeted
            map: [1, 4, 9, 16]
            apply: 25
            called back: 36
            """);
  }

  @Test
  void theProducerWaitsForAllItemsAndOneSentinelEndsBothConsumers() {
    assertThat(run(new ProcessQueues()))
        .isEqualTo(
            """
            all 100 items are done
            consumed: 100 items, their sum is 5050
            """);
  }

  @Test
  void eachMessageComesBackFromTheChildMarked() {
    assertThat(run(new ParentAndChild()))
        .isEqualTo(
            """
            [child, Hello World]
            [child, 42]
            [child, [1, 2, 3]]
            [child, {name=Dave}]
            no more messages
            """);
  }
}
