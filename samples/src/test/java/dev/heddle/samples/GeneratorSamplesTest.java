package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What the samples about generators say one will see. */
class GeneratorSamplesTest {

  private interface Sample {
    void run(PrintWriter out) throws IOException;
  }

  private static String outputOf(Sample sample) throws IOException {
    var text = new StringWriter();
    try (var out = new PrintWriter(text)) {
      sample.run(out);
    }
    return text.toString().replace(System.lineSeparator(), "\n");
  }

  @Test
  void fibonacciTakesWhatItNeeds() throws IOException {
    assertThat(outputOf(out -> Fibonacci.run(out, 10)))
        .isEqualTo(
            """
            0 1 1 2 3 5 8 13 21 34
            even: [0, 2, 8, 34]
            """);
  }

  @Test
  void treeWalkGoesInOrderAndComparesTrees() throws IOException {
    assertThat(outputOf(TreeWalk::run))
        .isEqualTo(
            """
            1 2 3 4 5 6 7
            balanced and chain: the same numbers
            1 to 7 and 1 to 9: one goes on
            """);
  }

  @Test
  void logPipelineShowsErrorsAsTheyAreWritten() throws IOException {
    assertThat(outputOf(LogPipeline::run))
        .isEqualTo(
            """
            log: batch 0
              pipeline: 0.2 no such page
            log: batch 1
              pipeline: 1.2 no such page
              pipeline: 1.4 disk full
            log: batch 2
              pipeline: 2.2 no such page
            """);
  }

  @Test
  void r4SessionsAnswerAsThePythonPromptDoes() throws IOException {
    assertThat(outputOf(R4Sessions::run))
        .isEqualTo(
            """
            # countdown(3)
            >>> next
            3
            >>> next
            2
            >>> next
            1
            >>> next
            StopIteration: Blastoff!
            >>> next
            StopIteration
            # receiver()
            >>> send Hi
            Error: cannot send Hi to a coroutine that has not started; start it with next()
            >>> next
            Ready
            >>> send Hello
            Got: Hello
            >>> send World
            Got: World
            Cleanup
            # receiver()
            >>> next
            Ready
            >>> throw oops
            Caught: oops
            >>> send still here
            Got: still here
            >>> close
            Cleanup
            # receiver()
            >>> next
            Ready
            >>> close
            Cleanup
            >>> close
            >>> send too late
            StopIteration
            # above above receiver()
            >>> next
            Delegating
            Delegating
            Ready
            >>> send Hello
            Got: Hello
            >>> throw oops
            Caught: oops
            >>> close
            Cleanup
            # above total()
            >>> next
            Delegating
            0
            >>> send 2
            2
            >>> send 3
            5
            >>> send done
            Inner returned: total 5
            StopIteration: total 5
            """);
  }
}
