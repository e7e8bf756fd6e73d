package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Waiting for time to pass. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TimersTest {
  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  private Task<?> sleeper(Scheduler scheduler, String name, Duration duration) {
    return kind.spawn(
        scheduler,
        name,
        co -> {
          co.await(Timers.sleep(duration));
          trace.add(name);
        });
  }

  @Test
  void sleepersWakeInTheOrderOfTheirDeadlines() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      for (int millis : List.of(30, 10, 50, 20, 40)) {
        sleeper(scheduler, "after " + millis, Duration.ofMillis(millis));
      }
      scheduler.run();
    }
    assertThat(trace).containsExactly("after 10", "after 20", "after 30", "after 40", "after 50");
  }

  @Test
  void equalDeadlinesFireInTheOrderInWhichTheTasksFellAsleep() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      for (int i = 0; i < 40; i++) {
        sleeper(scheduler, String.format("sleeper %02d", i), Duration.ofMillis(7));
      }
      scheduler.run();
    }
    assertThat(trace).hasSize(40).isSorted();
  }

  @Test
  void nobodyWakesEarlyAndTheLoopSleepsExactlyThatLong() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      long start = time.nanoTime();
      kind.spawn(
          scheduler,
          "sleeper",
          co -> {
            for (int i = 1; i <= 5; i++) {
              co.await(Timers.sleep(Duration.ofNanos(i * 1_000_001L)));
              trace.add(time.nanoTime() - start);
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(1_000_001L, 3_000_003L, 6_000_006L, 10_000_010L, 15_000_015L);
  }

  @Test
  void sleepsOnTheRealClockAreNotEarlyEither() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "sleeper",
          co -> {
            for (int i = 0; i < 10; i++) {
              long start = System.nanoTime();
              co.await(Timers.sleep(Duration.ofMillis(2)));
              assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2_000_000);
            }
          });
      scheduler.run();
    }
  }

  @Test
  void aNegativeDurationIsAnError() {
    assertThatThrownBy(() -> Timers.sleep(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot sleep for PT-0.001S: must be 0 or more");
  }

  @Test
  void aSleepIsCountedFromItsYield() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      long start = time.nanoTime();
      kind.spawn(
          scheduler,
          "sleeper",
          co -> {
            var sleep = Timers.sleep(Duration.ofMillis(10));
            time.advance(Duration.ofMillis(100));
            co.await(sleep);
            trace.add(Duration.ofNanos(time.nanoTime() - start));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(Duration.ofMillis(110));
  }

  @Test
  void aSleepMayBeUsedAgainWhenItIsOverButNotByTwoAtOnce() {
    var sleep = Timers.sleep(Duration.ofMillis(10));
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "first",
          co -> {
            co.await(sleep);
            co.await(sleep);
            trace.add("slept twice");
          });
      kind.spawn(
          scheduler,
          "second",
          co ->
              assertThatThrownBy(() -> co.await(sleep))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("task 'first' waits already by this very event"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("slept twice");
  }

  @Test
  void aHugeSleepIsAsLongAsTheClockGoesAndCanBeCancelled() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> forever = sleeper(scheduler, "for ever", Duration.ofSeconds(Long.MAX_VALUE));
      sleeper(scheduler, "short", Duration.ofMillis(1));
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            co.await(Timers.sleep(Duration.ofDays(365)));
            forever.cancel("a year is enough");
          });
      scheduler.run();
      assertThat(forever.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("short");
  }

  /** The deadlines' differences overflow where one is overdue and the other is huge. */
  @Test
  void aHugeSleepDoesNotHoldUpATimerThatIsOverdueWhenItBegins() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?>[] forever = new Task<?>[1];
      kind.spawn(
          scheduler,
          "short",
          co -> {
            co.await(Timers.sleep(Duration.ofNanos(10)));
            trace.add("short");
            forever[0].cancel("enough");
          });
      kind.spawn(scheduler, "a turn that lasts", co -> time.advanceNanos(20));
      forever[0] = sleeper(scheduler, "for ever", Duration.ofSeconds(Long.MAX_VALUE));
      long start = time.nanoTime();
      scheduler.run();
      assertThat(time.nanoTime() - start).isLessThan(1_000);
    }
    assertThat(trace).containsExactly("short");
  }

  @Test
  void theClockMayWrapAround() {
    VirtualTime wrapping = new VirtualTime(Long.MAX_VALUE - 5_000_000);
    try (Scheduler scheduler = kind.scheduler(wrapping)) {
      for (int millis : List.of(30, 1, 10, 4, 6)) {
        sleeper(scheduler, "after " + millis, Duration.ofMillis(millis));
      }
      scheduler.run();
    }
    assertThat(trace).containsExactly("after 1", "after 4", "after 6", "after 10", "after 30");
  }

  @Test
  void aCancelledSleeperLeavesNoDeadlineBehind() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      List<Task<?>> sleepers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        sleepers.add(sleeper(scheduler, "sleeper " + i, Duration.ofHours(1 + i % 5)));
      }
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            for (int i = 0; i < 20; i += 2) {
              int n = i;
              sleepers.get(n).cancel("enough");
            }
          });
      scheduler.run();
    }
    assertThat(trace).hasSize(10);
  }
}
