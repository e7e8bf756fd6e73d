package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import org.junit.jupiter.api.Test;
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

  @Test
  @Holds("M4")
  void nothingIsLostAndEveryWaitEndsOrIsExplained() {
    long first = REPLAY == null ? System.nanoTime() : REPLAY;
    for (long seed = first; seed < first + PROGRAMS; seed++) {
      try {
        new RandomProgram(kind, seed).run();
      } catch (Throwable failure) {
        throw new AssertionError(kind + " fails; to replay: -Dheddle.random.seed=" + seed, failure);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    long seed = REPLAY == null ? System.nanoTime() : REPLAY;
    assertThat(new RandomProgram(kind, seed).run())
        .describedAs("seed %d", seed)
        .isEqualTo(new RandomProgram(kind, seed).run());
  }
}
