package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies that wait where their stack is nearly full. Each wait is over as it should be, or throws
 * the StackOverflowError, and then nothing of it has happened: no turn is lost, none is given
 * twice.
 */
class DeepStackTest {
  /** So many calls before the overflow the waits begin. */
  private static final int LAST = 400;

  /** So many waits at the most: each copies the stack, and the compiler may make it far deeper. */
  private static final int MOST = 3000;

  /** In a round, each wait is so many calls below the one before. */
  private static final int[] STRIDES = {1, 1, 5, 13, 1, 31};

  /** So often, from places on the stack that differ by some bytes. */
  private static final int ROUNDS = 12;

  private interface Wait {
    void at(int depth);
  }

  static Stream<Engine> engines() {
    return Engines.forCoroutines().filter(engine -> engine != Engine.WOVEN);
  }

  static Stream<Arguments> kindsAndEngines() {
    return Kind.engines().stream().flatMap(kind -> engines().map(e -> Arguments.of(kind, e)));
  }

  @SuppressWarnings("InfiniteRecursion") // until the stack is full
  private static int deepest(int depth) {
    try {
      return deepest(depth + 1);
    } catch (StackOverflowError e) {
      return depth;
    }
  }

  @SuppressWarnings("InfiniteRecursion") // until the stack is full
  private static void down(int depth, int from, int stride, Wait wait) {
    if (waitsAt(depth - from, stride)) {
      wait.at(depth);
    }
    down(depth + 1, from, stride, wait);
  }

  private static boolean waitsAt(int below, int stride) {
    return below >= 0 && below % stride == 0 && below / stride < MOST;
  }

  @SuppressWarnings("InfiniteRecursion") // until the stack is full
  private static void wide(int depth, int from, int stride, Wait wait, long a, long b) {
    if (waitsAt(depth - from, stride)) {
      wait.at(depth);
    }
    wide(depth + 1, from, stride, wait, a + b, b + 1);
  }

  /** Goes down until the stack is full, waits on the last part of the way, and waits once more. */
  private static void fill(int round, Wait wait) {
    int from = Math.max(0, deepest(0) * 2 / 3 - LAST - round * 7);
    int stride = stride(round);
    try {
      if (round % 2 == 0) {
        down(0, from, stride, wait);
      } else {
        wide(0, from * 2 / 3, stride, wait, 1, 2);
      }
    } catch (StackOverflowError full) {
      wait.at(-1);
    }
  }

  private static int stride(int round) {
    return STRIDES[round % STRIDES.length];
  }

  private static void check(int round, List<Integer> depths) {
    assertThat(depths).last().isEqualTo(-1);
    List<Integer> before = depths.subList(0, depths.size() - 1);
    int first = before.isEmpty() ? 0 : before.getFirst();
    assertThat(before)
        .isEqualTo(
            IntStream.range(0, before.size()).mapToObj(i -> first + i * stride(round)).toList());
  }

  private static Generator<Integer> onStack(Engine engine, int round) {
    return Generator.of(
        engine,
        y -> {
          Wait wait = y::yield;
          fill(round, wait);
        });
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anItemIsYieldedOnceOrTheOverflowIsTheBodys(Engine engine) {
    for (int round = 0; round < ROUNDS; round++) {
      List<Integer> items = new ArrayList<>();
      onStack(engine, round).forEach(items::add);
      check(round, items);
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndEngines")
  void aGeneratorInATaskIsNoDifferent(Engine tasks, Engine engine) {
    for (int round = 0; round < ROUNDS; round++) {
      int mine = round;
      List<Integer> items = new ArrayList<>();
      try (Scheduler scheduler = new Kind(Kind.Style.THREAD, tasks).scheduler()) {
        scheduler.spawn("asks", () -> onStack(engine, mine).forEach(items::add));
        scheduler.run();
      }
      check(round, items);
    }
  }

  static Stream<Engine> tasks() {
    return Kind.engines().stream();
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void aTaskWaitsOnceOrTheOverflowIsTheTasks(Engine tasks) {
    for (int round = 0; round < ROUNDS; round++) {
      int mine = round;
      List<Integer> waits = new ArrayList<>();
      List<Integer> others = new ArrayList<>();
      try (Scheduler scheduler = new Kind(Kind.Style.THREAD, tasks).scheduler()) {
        Task<?> deep =
            scheduler.spawn(
                "deep",
                () ->
                    fill(
                        mine,
                        depth -> {
                          Task.await(Task.yield());
                          waits.add(depth);
                        }));
        scheduler.spawn(
            "other",
            co -> {
              while (!deep.isDone()) {
                others.add(1);
                co.await(Task.yield());
              }
            });
        scheduler.run();
        assertThat(deep.state()).isEqualTo(Task.State.SUCCEEDED);
      }
      check(round, waits);
      assertThat(others).hasSizeGreaterThanOrEqualTo(waits.size());
    }
  }
}
