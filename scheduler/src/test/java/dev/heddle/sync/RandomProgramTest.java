package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tasks that do random things with random primitives, and cancel each other. In each turn of a
 * watcher the invariants must hold; at the end nothing may be lost.
 *
 * <p>The seed of a program that fails is in the message. To replay it: {@code
 * -Dheddle.random.seed=...}; to run more of them, from that seed on if one is given: {@code
 * -Dheddle.random.programs=...}.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class RandomProgramTest {
  private static final Long REPLAY = Long.getLong("heddle.random.seed");
  private static final int PROGRAMS =
      Integer.getInteger("heddle.random.programs", REPLAY == null ? 60 : 1);

  @Parameter Kind kind;

  /** The seed of the program that runs; the handler may read it while a hung program still runs. */
  private volatile long seed;

  /** However a test fails, by its time limit too, the failure names the seed. */
  @RegisterExtension
  final TestExecutionExceptionHandler namesTheSeed =
      (_, failure) -> {
        throw new AssertionError(kind + " fails; to replay: -Dheddle.random.seed=" + seed, failure);
      };

  @Test
  @Holds("M4")
  void nothingIsLostAndEveryWaitEndsOrIsExplained() {
    long first = first();
    for (int i = 0; i < PROGRAMS; i++) {
      run(first + i);
    }
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    long first = first();
    assertThat(run(first)).isEqualTo(run(first));
  }

  private static long first() {
    return REPLAY == null ? System.nanoTime() : REPLAY;
  }

  private List<String> run(long program) {
    seed = program;
    return new RandomProgram(kind, program).run();
  }
}
