package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A generator, on any engine, belongs to the turn of the task that asks it for an item. */
@ParameterizedClass
@MethodSource("kindsAndEngines")
class GeneratorInTaskTest {
  @Parameter(0)
  Kind kind;

  @Parameter(1)
  Engine engine;

  /** What other tasks would change, were they let in. Not volatile: tasks need no such thing. */
  private int turnsOfOthers;

  private boolean over;

  /** Ten looks of the watch over handoff bodies. */
  private static final long TEN_LOOKS_NANOS = 50_000_000;

  static Stream<Arguments> kindsAndEngines() {
    return Kind.all()
        .flatMap(kind -> Engines.forCoroutines().map(engine -> Arguments.of(kind, engine)));
  }

  private Generator<Integer> numbers() {
    return Generator.of(
        engine,
        y -> {
          for (int i = 0; ; i++) {
            y.yield(i);
          }
        });
  }

  private void spawnOther(Scheduler scheduler) {
    kind.spawn(
        scheduler,
        "other",
        co -> {
          while (!over) {
            turnsOfOthers++;
            co.await(Task.yield());
          }
        });
  }

  @Test
  void noOtherTaskRunsWhileAnItemIsMade() {
    var seen = new ArrayList<Integer>();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "consumer",
          co -> {
            try {
              for (int x : numbers().limit(300)) {
                int before = turnsOfOthers;
                seen.add(x);
                for (int _ : numbers().limit(2)) {}
                assertThat(turnsOfOthers).isEqualTo(before);
                co.await(Task.yield());
              }
            } finally {
              over = true;
            }
          });
      spawnOther(scheduler);
      scheduler.run();
    }
    assertThat(seen).hasSize(300);
    assertThat(turnsOfOthers).isGreaterThanOrEqualTo(299);
  }

  @Test
  void noOtherTaskRunsWhileABodyComputesForLong() {
    Generator<Integer> slow =
        Generator.of(
            engine,
            y -> {
              int before = turnsOfOthers;
              long start = System.nanoTime();
              while (System.nanoTime() - start < TEN_LOOKS_NANOS) {
                Thread.onSpinWait();
              }
              y.yield(turnsOfOthers - before);
            });
    var turns = new ArrayList<Integer>();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "consumer",
          co -> {
            co.await(Task.yield());
            for (int x : slow) {
              turns.add(x);
            }
            over = true;
          });
      spawnOther(scheduler);
      scheduler.run();
    }
    assertThat(turns).containsExactly(0);
  }

  @Test
  void aBodyThatBlocksInTheJdkGoesOn() throws Exception {
    var latch = new CountDownLatch(1);
    var entered = new CountDownLatch(1);
    Generator<String> blocking =
        Generator.of(
            engine,
            y -> {
              entered.countDown();
              latch.await();
              y.yield("after the latch");
            });
    var opener =
        Foreign.start(
            "opener",
            () -> {
              entered.await();
              latch.countDown();
            });
    var seen = new ArrayList<String>();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "consumer",
          co -> {
            for (String x : blocking) {
              seen.add(x);
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
    Foreign.get(opener);
    assertThat(seen).containsExactly("after the latch");
  }

  @Test
  void twoTasksMayTakeTurnsWithOneGenerator() {
    var it = numbers().iterator();
    var seen = new ArrayList<String>();
    try (Scheduler scheduler = kind.scheduler()) {
      for (String name : List.of("a", "b")) {
        kind.spawn(
            scheduler,
            name,
            co -> {
              for (int i = 0; i < 3; i++) {
                seen.add(name + it.next());
                co.await(Task.yield());
              }
            });
      }
      scheduler.run();
    }
    assertThat(seen).containsExactly("a0", "b1", "a2", "b3", "a4", "b5");
  }

  @Test
  void aGeneratorMayBeCarriedOutOfItsTask() {
    var it = numbers().iterator();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "begins", co -> assertThat(it.next()).isEqualTo(0));
      scheduler.run();
    }
    assertThat(it.next()).isEqualTo(1);
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "goes on", co -> assertThat(it.next()).isEqualTo(2));
      scheduler.run();
    }
    assertThat(it.next()).isEqualTo(3);
  }

  @Test
  void noOtherTaskRunsWhileOneThatWasBegunOutsideMakesItsItem() {
    var it = numbers().iterator();
    assertThat(it.next()).isEqualTo(0);
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "consumer",
          co -> {
            try {
              for (int i = 1; i < 100; i++) {
                int before = turnsOfOthers;
                assertThat(it.next()).isEqualTo(i);
                assertThat(turnsOfOthers).isEqualTo(before);
                co.await(Task.yield());
              }
            } finally {
              over = true;
            }
          });
      spawnOther(scheduler);
      scheduler.run();
    }
    assertThat(it.next()).isEqualTo(100);
  }

  @Test
  void manyTasksWithGeneratorsOfGeneratorsThatBlock() {
    var sums = new ArrayList<Integer>();
    try (Scheduler scheduler = kind.scheduler()) {
      for (int t = 0; t < 20; t++) {
        kind.spawn(
            scheduler,
            "t" + t,
            co -> {
              int sum = 0;
              for (int x : doubled()) {
                sum += x;
                co.await(Task.yield());
              }
              sums.add(sum);
            });
      }
      scheduler.run();
    }
    assertThat(sums).hasSize(20).containsOnly(2 * 45);
  }

  private Generator<Integer> doubled() {
    return Generator.of(
        engine,
        y -> {
          for (int x : numbers().limit(10)) {
            LockSupport.parkNanos(1000);
            y.yield(2 * x);
          }
        });
  }

  @Test
  void aBodyOnAThreadOfItsOwnMustNotAwaitAndIsToldSo() {
    assumeTrue(kind.style() != Kind.Style.STEP);
    var seen = new ArrayList<String>();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "consumer",
          co -> {
            GeneratorBody<String> awaiting =
                y -> {
                  co.await(Task.yield());
                  y.yield("waited");
                };
            try {
              for (String x : Generator.of(engine, awaiting)) {
                seen.add(x);
              }
            } catch (WrongThreadException e) {
              seen.add(e.getMessage().replaceFirst("\\(.*", ""));
            }
          });
      scheduler.run();
    }
    assertThat(seen).containsExactly(engine == Engine.HANDOFF ? "await" : "waited");
  }
}
