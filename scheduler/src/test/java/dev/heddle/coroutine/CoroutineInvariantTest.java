package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The invariant that {@code Coroutine.valid()} asserts, quoted, on each engine. */
@ParameterizedClass
@MethodSource("engines")
class CoroutineInvariantTest {
  @Parameter Engine engine;

  static Stream<Engine> engines() {
    return Engines.forCoroutines();
  }

  private Coroutine<Integer, Integer, String> inner() {
    return Coroutine.of(
        engine,
        y -> {
          for (int i = 0; i < 3; i++) {
            y.yield(i);
          }
          return "inner";
        });
  }

  private Coroutine<Integer, Integer, String> around(Coroutine<Integer, Integer, String> inner) {
    return Coroutine.of(
        engine,
        y -> {
          y.yield(-1);
          return y.yieldFrom(inner);
        });
  }

  /** "An ended coroutine delegates to nobody". */
  @Test
  void anEndedCoroutineDelegatesToNobody() {
    Coroutine<Integer, Integer, String> inner = inner();
    Coroutine<Integer, Integer, String> outer = around(inner);
    outer.next();
    outer.next();
    assertThat(outer.yielded()).isZero();
    assertThatThrownBy(() -> outer.raise(new IllegalArgumentException("raised")))
        .hasMessage("raised");
    assertThat(inner.state()).isEqualTo(Coroutine.State.ENDED);
    assertThat(outer.state()).isEqualTo(Coroutine.State.ENDED);
    assertThat(outer.suspendedAt()).isEmpty();
    assertThat(outer.next()).isFalse();
  }

  /** "only an ended one has failed, and then has no answer". */
  @Test
  void onlyAnEndedOneHasFailedAndThenHasNoAnswer() {
    Coroutine<Integer, Integer, String> c = inner();
    c.next();
    assertThatThrownBy(c::result).hasMessage("no result: the coroutine is SUSPENDED");
    assertThatThrownBy(() -> c.raise(new IllegalArgumentException("raised"))).hasMessage("raised");
    assertThatThrownBy(c::result).hasMessage("no result: the coroutine failed");
    assertThatThrownBy(c::yielded).hasMessageContaining("nothing is yielded");
  }

  @RepeatedTest(20)
  void itHoldsAfterEachOfTwentyCallsAtRandom() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Coroutine<Integer, Integer, String> inner = inner();
    try (Coroutine<Integer, Integer, String> outer = around(inner)) {
      for (int i = 0; i < 20; i++) {
        call(random, random.nextInt(5) == 0 ? inner : outer);
        assertThat(outer.suspendedAt().isEmpty())
            .as("seed %s, call %s", seed, i)
            .isEqualTo(outer.state() != Coroutine.State.SUSPENDED);
      }
    }
  }

  /** Asserts the invariant by itself: each transition ends with {@code assert valid()}. */
  private static void call(Random random, Coroutine<Integer, Integer, String> coroutine) {
    try {
      switch (random.nextInt(8)) {
        case 0 -> coroutine.close();
        case 1 -> coroutine.raise(new IllegalArgumentException("raised"));
        default -> coroutine.next();
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      assertThat(coroutine.state()).isEqualTo(Coroutine.State.ENDED);
    }
  }
}
