package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import dev.heddle.coroutine.Yielder;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Promise Y2: an event that was made and never awaited. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ForgottenAwaitTest {
  @Parameter Kind kind;

  private final List<Finding.ForgottenAwait> found = new ArrayList<>();

  /** Keeps what a test wants to keep beyond the run. */
  private final List<Object> kept = new ArrayList<>();

  private final Queue<String> queue = Queue.fifo("letters", 0);

  private Scheduler scheduler() {
    return kind.builder()
        .findingReporter(
            finding -> {
              if (finding instanceof Finding.ForgottenAwait forgotten) {
                found.add(forgotten);
              }
            })
        .build();
  }

  private void runs(Script body) {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(scheduler, "forgetful", body);
      scheduler.run();
    }
  }

  @Test
  @Holds("Y2")
  void whoMadeAnEventThatNobodyAwaitsIsToldTheLineAtTheEndOfTheRun() {
    runs(co -> drop(queue.put("a")));

    assertThat(found).hasSize(1);
    Finding.ForgottenAwait forgotten = found.getFirst();
    assertThat(forgotten.task()).isEqualTo("forgetful");
    assertThat(forgotten.event()).contains("letters");
    assertThat(forgotten.madeAt().getClassName()).isEqualTo(ForgottenAwaitTest.class.getName());
    assertThat(forgotten.madeAt().getMethodName()).contains("whoMadeAnEvent");
    assertThat(forgotten.message()).contains("ForgottenAwaitTest.java:", "co.await(");
  }

  @Test
  @Holds("Y2")
  void aWovenBodyIsToldToo() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn("woven", co -> drop(Timers.sleep(Duration.ofSeconds(1))));
      scheduler.run();
    }
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().madeAt().getMethodName()).contains("aWovenBodyIsToldToo");
  }

  /** The generator runs on a thread of its own, and asks another one. */
  @Test
  @Holds("Y2")
  void aGeneratorWithAStackIsToldToo() {
    runs(
        co -> {
          Generator<Integer> inner = Generator.of(Engine.HANDOFF, this::forgetsAndYields);
          Generator<Integer> outer =
              Generator.of(
                  Engine.HANDOFF,
                  y -> {
                    for (int item : inner) {
                      y.yield(item);
                    }
                  });
          for (int item : outer) {
            kept.add(item);
          }
        });

    assertThat(kept).containsExactly(1);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().task()).isEqualTo("forgetful");
    assertThat(found.getFirst().madeAt().getMethodName()).isEqualTo("forgetsAndYields");
  }

  private void forgetsAndYields(Yielder<Integer, Void> y) {
    forgets(queue.put("a"));
    y.yield(1);
  }

  @Test
  @Holds("Y2")
  void anEventWhoseDescriptionMakesEventsIsDescribedOnce() {
    int[] described = {0};
    class Talkative extends CustomEvent {
      @Override
      public String describe() {
        described[0]++;
        forgets(Select.any(queue.put("a")));
        return "a talkative event";
      }
    }
    runs(
        co -> {
          for (int i = 0; i < 300; i++) {
            kept.add(new Talkative());
          }
        });

    assertThat(described[0]).isBetween(1, 300);
  }

  /**
   * A walk over all kept events at each end would be ten billion looks. The tasks are woven, so
   * that one style is enough.
   */
  @Test
  @Holds("S12")
  void aHundredThousandTasksThatKeepAnEventForLaterAreCancelledOneByOne() {
    assumeTrue(kind.style() == Kind.Style.COROUTINE, "the same in each style");
    try (Scheduler scheduler = scheduler()) {
      List<Task<?>> tasks = new ArrayList<>();
      for (int i = 0; i < 100_000; i++) {
        tasks.add(
            scheduler.spawn(
                "keeps",
                co -> {
                  kept.add(queue.put("later"));
                  co.await(Timers.sleep(Duration.ofHours(1)));
                }));
      }
      scheduler.spawn(
          "canceller",
          co -> {
            co.await(Task.yield());
            tasks.reversed().forEach(task -> task.cancel("enough"));
          });
      scheduler.run();
      assertThat(tasks).allMatch(task -> task.state() == Task.State.CANCELLED);
    }
    assertThat(found).isEmpty();
  }

  @Test
  @Holds("Y2")
  void aServerIsToldAtTheNextGarbageCollection() {
    runs(
        co -> {
          drop(queue.put("a"));
          co.await(Task.yield()); // the loop looks at the end of the pass
          while (found.isEmpty()) {
            collect();
            co.await(Timers.sleep(Duration.ofMillis(1)));
          }
        });
    assertThat(found).hasSize(1);
  }

  @Test
  @Holds("Y2")
  void aLineThatForgetsAgainAndAgainIsReportedOnce() {
    runs(
        co -> {
          for (int i = 0; i < 1000; i++) {
            drop(queue.put("a"));
          }
        });
    assertThat(found).hasSize(1);
  }

  @Test
  @Holds("Y2")
  void theOnlyEventOfALockIsToldAsWell() {
    Lock lock = new Lock("door");
    runs(
        co -> {
          co.await(lock.acquire());
          lock.release();
          drop(lock.acquire());
        });
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().event()).contains("door");
  }

  @Test
  @Holds("Y2")
  void anEventWithALimitIsReportedOnceAndAsAWhole() {
    runs(co -> drop(queue.get().within(Duration.ofSeconds(1))));
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().event()).contains("at most");
    assertThat(found.getFirst().madeAt().getMethodName()).contains("anEventWithALimit");
  }

  @Test
  @Holds("Y2")
  void whatIsAwaitedLaterWasNotForgotten() {
    runs(
        co -> {
          YieldEvent<?, RuntimeException> sleep = Timers.sleep(Duration.ofMillis(1));
          YieldEvent<String, RuntimeException> get = queue.get();
          co.await(Timers.sleep(Duration.ofMillis(1)));
          collect();
          co.await(queue.put("a"));
          co.await(sleep);
          co.await(get);
        });
    assertThat(found).isEmpty();
  }

  @Test
  @Holds("Y2")
  void whatAnotherTaskAwaitsWasNotForgotten() {
    Queue<YieldEvent<?, RuntimeException>> events = Queue.fifo("events", 0);
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(
          scheduler,
          "maker",
          co -> assertThat(events.tryPut(Timers.sleep(Duration.ofMillis(1)))).isTrue());
      kind.spawn(
          scheduler,
          "waiter",
          co -> {
            co.await(Timers.sleep(Duration.ofMillis(2)));
            co.await(co.await(events.get()));
          });
      scheduler.run();
    }
    assertThat(found).isEmpty();
  }

  @Test
  @Holds("Y2")
  void armsThatAreNeverBegunWereNotForgotten() {
    runs(
        co -> {
          Select<?> select =
              Select.any(queue.put("a"), queue.put("b"), Timers.sleep(Duration.ZERO));
          co.await(select);
        });
    assertThat(found).isEmpty();
  }

  @Test
  @Holds("Y2")
  void whatNeedNotBeAwaitedIsNotReported() {
    runs(
        co -> {
          forgets(new Promise<String>());
          forgets(Task.yield());
          forgets(new Lock("unused").acquire().within(Duration.ofSeconds(1)));
          var _ = new dev.heddle.sync.Event();
        });
    assertThat(found).hasSize(1); // the acquire alone
  }

  @Test
  @Holds("Y2")
  void whatIsStillReachableMayBeAwaitedInTheNextRun() {
    runs(co -> kept.add(queue.get()));
    assertThat(found).isEmpty();
  }

  @Test
  @Holds("Y2")
  void aTaskThatIsCancelledBeforeItsAwaitHasForgottenNothing() {
    try (Scheduler scheduler = scheduler()) {
      Task<?> early =
          kind.spawn(
              scheduler,
              "early",
              co -> {
                var get = queue.get();
                co.await(Timers.sleep(Duration.ofHours(1)));
                co.await(get);
              });
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            co.await(Timers.sleep(Duration.ofMillis(1)));
            early.cancel("no more");
          });
      scheduler.run();
    }
    assertThat(found).isEmpty();
  }

  @Test
  @Holds("Y2")
  void aSchedulerThatRecordsNoLinesLooksForNone() {
    try (Scheduler scheduler =
        kind.builder().recordSites(false).findingReporter(kept::add).build()) {
      kind.spawn(scheduler, "forgetful", co -> drop(queue.put("a")));
      scheduler.run();
    }
    assertThat(kept).isEmpty();
  }

  private static boolean collect() {
    System.gc();
    return true;
  }

  /** What a body does that forgets to await. */
  private static boolean drop(YieldEvent<?, ?> event) {
    forgets(event);
    return true;
  }

  private static void forgets(YieldEvent<?, ?> event) {
    assertThat(event).isNotNull();
  }
}
