package dev.heddle.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code Scheduler.stats()} counts, from inside and from any thread. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SchedulerStatsTest {
  private static final long MILLI = 1_000_000;

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<SchedulerStats> seen = new ArrayList<>();

  private static SchedulerStats.Loop loop(Scheduler scheduler) {
    return scheduler.stats().loop();
  }

  /** Does not block, which would let the loop go on. */
  private static boolean spinUntilEnded(Runnable action) {
    Thread other = Thread.ofPlatform().start(action);
    while (other.isAlive()) {
      Thread.onSpinWait();
    }
    return true;
  }

  @Test
  void eachTurnOfEachTaskIsCounted() {
    try (Scheduler scheduler = kind.scheduler(time)) { // on the real one a slow turn is a round
      for (int i = 0; i < 3; i++) {
        kind.spawn(
            scheduler,
            "t" + i,
            co -> {
              for (int turn = 1; turn < 200; turn++) {
                co.await(Task.yield());
              }
            });
      }
      assertThat(loop(scheduler).turns()).isZero();
      scheduler.run();
      assertThat(loop(scheduler).turns()).isEqualTo(600);
      assertThat(loop(scheduler).rounds()).isBetween(3L, 600L);
      assertThat(loop(scheduler).polls()).isPositive();
      assertThat(loop(scheduler).mostReady()).isEqualTo(3);
      assertThat(scheduler.stats().tasks()).isEqualTo(new SchedulerStats.Tasks(0, 0, 0, 3));
      assertThat(scheduler.stats().tasks().ended()).isEqualTo(3);
    }
  }

  @Test
  void tasksAreCountedByState() {
    Promise<String> never = new Promise<>();
    try (Scheduler scheduler = kind.scheduler()) {
      for (int i = 0; i < 2; i++) {
        kind.spawn(scheduler.daemons(), "waits", co -> co.await(never));
      }
      kind.spawn(
          scheduler,
          "looks",
          co -> {
            co.await(Task.yield());
            kind.spawn(scheduler, "ready", other -> {});
            seen.add(scheduler.stats());
          });
      scheduler.run();
    }
    SchedulerStats stats = seen.getFirst();
    assertThat(stats.tasks()).isEqualTo(new SchedulerStats.Tasks(1, 1, 2, 4));
    assertThat(stats.tasks().alive()).isEqualTo(4);
    assertThat(stats.tasks().ended()).isZero();
    assertThat(stats.loop().ready()).isEqualTo(1);
    assertThat(stats.running()).isTrue();
    assertThat(stats.io()).isNull();
  }

  @Test
  void deadlinesThatAreSetAndMessagesOfOtherThreadsAreCounted() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      for (int i = 0; i < 2; i++) {
        kind.spawn(scheduler, "sleeps", co -> co.await(Timers.sleep(Duration.ofHours(1))));
      }
      kind.spawn(
          scheduler,
          "looks",
          co -> {
            co.await(Task.yield());
            spinUntilEnded(() -> scheduler.execute(() -> {}));
            seen.add(scheduler.stats());
          });
      scheduler.run();
      assertThat(loop(scheduler).timers()).isZero();
      assertThat(loop(scheduler).inbox()).isZero();
    }
    assertThat(seen.getFirst().loop().timers()).isEqualTo(2);
    assertThat(seen.getFirst().loop().inbox()).isEqualTo(1);
  }

  @Test
  void theTimeAwakeAndTheTimeAsleepAreCountedApart() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "works",
          co -> {
            co.await(Timers.sleep(Duration.ofSeconds(1)));
            time.advance(Duration.ofMillis(70));
            co.await(Timers.sleep(Duration.ofSeconds(1)));
            time.advance(Duration.ofMillis(30));
          });
      scheduler.run();
      time.advance(Duration.ofHours(1)); // no run is under way
      kind.spawn(scheduler, "works again", co -> time.advance(Duration.ofMillis(5)));
      scheduler.run();
      SchedulerStats.Loop counted = loop(scheduler);
      assertThat(counted.asleepNanos()).isEqualTo(2_000 * MILLI);
      assertThat(counted.busyNanos()).isEqualTo(105 * MILLI);
      assertThat(counted.longestRoundNanos()).isEqualTo(70 * MILLI);
      assertThat(counted.meanRoundNanos()).isEqualTo(105 * MILLI / counted.rounds());
      assertThat(counted.longestTurnNanos()).as("nobody watches each turn").isZero();
    }
  }

  @Test
  void theLongestTurnIsKnownIfSomebodyWatchesEachOne() {
    try (Scheduler scheduler =
        kind.builder().clock(time).poller(time).observer(event -> {}).build()) {
      kind.spawn(
          scheduler,
          "works",
          co -> {
            time.advance(Duration.ofMillis(40));
            co.await(Task.yield());
            time.advance(Duration.ofMillis(30));
          });
      scheduler.run();
      assertThat(loop(scheduler).longestTurnNanos()).isEqualTo(40 * MILLI);
    }
  }

  @Test
  void aWakeByAnotherThreadIsCountedOnceHoweverManyMessagesItBrings() throws Exception {
    Promise<String> answer = new Promise<>();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "asks", co -> co.await(answer));
      FutureTask<Void> answers = Foreign.onceAsleep(scheduler, () -> answer.complete("yes"));
      scheduler.run();
      var _ = Foreign.get(answers);
      assertThat(loop(scheduler).wakeups()).isEqualTo(1);
      assertThat(loop(scheduler).asleepNanos()).isPositive();
    }
  }

  @Test
  void anyThreadMayAskWhileATaskKeepsTheTurn() throws Exception {
    CountDownLatch holds = new CountDownLatch(1);
    List<SchedulerStats> fromOutside = new ArrayList<>();
    try (Scheduler scheduler = kind.scheduler()) {
      Thread asks =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (holds.getCount() > 0) {
                      Thread.onSpinWait();
                    }
                    fromOutside.add(scheduler.stats());
                    fromOutside.add(scheduler.stats());
                  });
      kind.spawn(
          scheduler,
          "holds",
          co -> {
            holds.countDown();
            while (asks.isAlive()) {
              Thread.onSpinWait();
            }
          });
      kind.spawn(scheduler, "starves", co -> {});
      scheduler.run();
      Until.ended(asks);
    }
    SchedulerStats first = fromOutside.getFirst();
    assertThat(first.tasks()).isEqualTo(new SchedulerStats.Tasks(1, 1, 0, 2));
    assertThat(first.running()).isTrue();
    assertThat(fromOutside.getLast().loop().longestRoundNanos())
        .as("the round under way counts, too")
        .isGreaterThanOrEqualTo(first.loop().longestRoundNanos())
        .isPositive();
  }

  @Test
  void numbersThatCountUpNeverGoDownHoweverOftenAnotherThreadAsks() throws Exception {
    List<SchedulerStats.Loop> asked = new ArrayList<>();
    boolean[] over = new boolean[1];
    try (Scheduler scheduler = kind.scheduler()) {
      Thread asks =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (scheduler.stats().tasks().ended() < 1 && asked.size() < 100_000) {
                      asked.add(loop(scheduler));
                    }
                    over[0] = true;
                  });
      kind.spawn(
          scheduler,
          "turns",
          co -> {
            for (int i = 0; i < 2_000; i++) {
              co.await(Task.yield());
            }
          });
      scheduler.run();
      Until.ended(asks);
    }
    assertThat(over[0]).isTrue();
    for (int i = 1; i < asked.size(); i++) {
      assertThat(asked.get(i).rounds()).isGreaterThanOrEqualTo(asked.get(i - 1).rounds());
      assertThat(asked.get(i).polls()).isGreaterThanOrEqualTo(asked.get(i - 1).polls());
    }
  }

  @Test
  void aClosedSchedulerStillTellsWhatItHasDone() {
    Scheduler scheduler = kind.scheduler();
    kind.spawn(scheduler, "a", co -> {});
    scheduler.run();
    scheduler.close();
    SchedulerStats stats = scheduler.stats();
    assertThat(stats.name()).isEqualTo(scheduler.name());
    assertThat(stats.running()).isFalse();
    assertThat(stats.loop().turns()).isEqualTo(1);
    assertThat(stats.tasks().alive()).isZero();
  }
}
