package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What leaves the loop: R14, R17, R19. */
class PoolSamplesTest {
  private static List<String> run(Runnable sample, String... args) {
    StringWriter out = new StringWriter();
    int exitCode = new CommandLine(sample).setOut(new PrintWriter(out)).execute(args);
    assertThat(exitCode).isZero();
    return out.toString().lines().toList();
  }

  /** How long is not asserted: on a busy machine anything can be late. */
  @Test
  void responsivePrintsTheLatencyOfBoth() {
    List<String> lines = run(new Responsive(), "--pieces", "5");
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).matches("on the loop: p99 \\d+\\.\\d ms");
    assertThat(lines.get(1)).matches("in a pool: p99 \\d+\\.\\d ms");
    assertThat(lines.get(2)).isEqualTo("the same result: true");
  }

  @Test
  void pollQueuesHearsOfEachInTurn() {
    assertThat(run(new PollQueues()))
        .containsExactly(
            "orders: 1",
            "returns: 2",
            "socket: 3",
            "orders: 4",
            "returns: 5",
            "socket: 6",
            "orders: 7",
            "returns: 8",
            "socket: 9");
  }

  @Test
  void futuresOnTasksAreLikeConcurrentFutures() {
    assertThat(run(new TaskFutures()))
        .containsExactly(
            "submitted: 1",
            "submitted: 4",
            "submitted: 9",
            "mapped: 1",
            "mapped: 4",
            "mapped: 9",
            "completed: 2",
            "completed: 4",
            "completed: 6",
            "pool: done",
            "called back with 49",
            "rejected after the shutdown");
  }
}
