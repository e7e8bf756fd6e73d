package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskFunction;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies that delegate to each other, ten thousand deep. A call inside of a call for each of them
 * would be more than the stack of a thread holds.
 */
@Holds("S12")
class DelegationStormTest {
  private static final int DEEP = 10_000;

  /** How many bodies have run their {@code finally} blocks. */
  private int through;

  static Stream<Engine> engines() {
    return Stream.of(Engine.values())
        .filter(engine -> engine.isAvailable() && engine != Engine.VIRTUAL_THREAD);
  }

  private Generator<Integer> items(Engine engine, int levels) {
    return Generator.of(
        engine,
        y -> {
          try {
            if (levels == 0) {
              y.yield(1);
              y.yield(2);
            } else {
              y.yieldFrom(items(engine, levels - 1));
            }
          } finally {
            through++;
          }
        });
  }

  /** Each level adds one to what the level below returns. */
  private Coroutine<String, Integer, Integer> sum(Engine engine, int levels) {
    return Coroutine.of(
        engine,
        y -> {
          try {
            return levels == 0 ? y.yield("how many?") : y.yieldFrom(sum(engine, levels - 1)) + 1;
          } finally {
            through++;
          }
        });
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anItemComesFromTenThousandGeneratorsDeep(Engine engine) {
    assertThat(items(engine, DEEP).stream().toList()).containsExactly(1, 2);
    assertThat(through).isEqualTo(DEEP + 1);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatIsSentGoesDownAndTheResultComesUp(Engine engine) {
    Coroutine<String, Integer, Integer> sum = sum(engine, DEEP);
    assertThat(sum.next()).isTrue();
    assertThat(sum.yielded()).isEqualTo("how many?");
    assertThat(sum.suspendedAt()).hasSizeGreaterThanOrEqualTo(DEEP);
    assertThat(sum.send(5)).isFalse();
    assertThat(sum.result()).isEqualTo(DEEP + 5);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatIsRaisedGoesDownAndComesUpThroughAllFinallyBlocks(Engine engine) {
    Coroutine<String, Integer, Integer> sum = sum(engine, DEEP);
    assertThat(sum.next()).isTrue();
    IllegalStateException raised = new IllegalStateException("no more");
    assertThatThrownBy(() -> sum.raise(raised)).isSameAs(raised);
    assertThat(through).isEqualTo(DEEP + 1);
    assertThat(sum.state()).isEqualTo(Coroutine.State.ENDED);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aCloseReachesAllTheInnermostFirst(Engine engine) {
    Coroutine<String, Integer, Integer> sum = sum(engine, DEEP);
    assertThat(sum.next()).isTrue();
    sum.close();
    assertThat(through).isEqualTo(DEEP + 1);
  }

  /** The way down costs the native stack of a turn, as calls do; each level waits, and frees it. */
  private TaskFunction<Integer> part(int levels, boolean fails) {
    return co -> {
      co.await(Task.yield());
      try {
        if (levels > 0) {
          return co.yieldFrom(part(levels - 1, fails)) + 1;
        }
        if (fails) {
          throw new IllegalStateException("at the bottom");
        }
        co.await(Timers.sleep(Duration.ofMillis(1)));
        return 0;
      } finally {
        through++;
      }
    };
  }

  @Test
  void theResultOfAPartTenThousandPartsDeepInATaskComesUp() {
    for (Engine engine : Kind.engines()) {
      try (Scheduler scheduler = Scheduler.builder().engine(engine).build()) {
        Task<Integer> task = scheduler.submit("deep", part(DEEP, false));
        scheduler.run();
        assertThat(task.resultNow()).isEqualTo(DEEP);
      }
    }
  }

  @Test
  void theFailureOfAPartTenThousandPartsDeepComesUpWithTheLinesOfItsCallers() {
    for (Engine engine : Kind.engines()) {
      through = 0;
      try (Scheduler scheduler = Scheduler.builder().engine(engine).build()) {
        Task<Integer> task = scheduler.submit("deep", part(DEEP, true));
        List<String> caught = new ArrayList<>();
        scheduler.spawn(
            "joiner",
            co -> {
              try {
                int _ = co.await(task.join());
              } catch (IllegalStateException e) {
                caught.add(e.getMessage());
              }
            });
        scheduler.run();
        assertThat(caught).containsExactly("at the bottom");
        assertThat(task.exceptionNow()).hasMessage("at the bottom");
        assertThat(task.exceptionNow().getStackTrace()).hasSizeGreaterThan(500);
      }
      assertThat(through).isEqualTo(DEEP + 1);
    }
  }

  @Test
  void aCancellationReachesAPartTenThousandPartsDeep() {
    for (Engine engine : Kind.engines()) {
      through = 0;
      try (Scheduler scheduler = Scheduler.builder().engine(engine).build()) {
        Task<Integer> task = scheduler.submit("deep", part(DEEP, false));
        scheduler.spawn(
            "canceller",
            co -> {
              for (int turn = 0; turn <= DEEP; turn++) {
                co.await(Task.yield());
              }
              task.cancel("enough");
            });
        scheduler.run();
        assertThat(task.state()).isEqualTo(Task.State.CANCELLED);
      }
      assertThat(through).isPositive();
    }
  }
}
