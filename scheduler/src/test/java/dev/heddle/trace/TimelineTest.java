package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a timeline shows of tasks, in the form that Perfetto reads. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TimelineTest {
  @Parameter Kind kind;

  @TempDir Path folder;

  private final Event go = new Event("go");

  private TraceEvents of(Timeline timeline) {
    TraceEvents events = TraceEvents.parse(timeline.toJson());
    events.checkForm();
    return events;
  }

  private void waiterAndSetter(Scheduler scheduler) {
    kind.spawn(scheduler, "waiter", co -> co.await(go.await()));
    kind.spawn(
        scheduler,
        "setter",
        co -> {
          co.await(Task.yield());
          go.set();
        });
  }

  @Test
  void aTrackForEachTaskShowsItsTurnsItsWaitsAndWhoHasWokenIt() {
    try (Scheduler scheduler = kind.scheduler()) {
      Timeline timeline = Timeline.start(scheduler);
      waiterAndSetter(scheduler);
      scheduler.run();
      timeline.stop();
      TraceEvents events = of(timeline);
      assertThat(events.track("waiter #1"))
          .containsExactly(
              "ready",
              "waiter (waits)",
              "waits for event 'go' to be set, ended by task 'setter'",
              "ready",
              "waiter (ends)");
      assertThat(events.track("setter #2"))
          .containsExactly("ready", "setter (gives up)", "ready", "setter (ends)");
      assertThat(events.arrows()).contains("setter #2 -> waiter #1");
      assertThat(timeline.dropped()).isZero();
    }
  }

  @Test
  void theLoopsLooksAndItsSleepHaveATrackAndWhoIsWokenFromOutsideIsWokenByTheLoop() {
    Promise<String> answer = new Promise<>();
    try (Scheduler scheduler = kind.scheduler()) {
      Timeline timeline = Timeline.start(scheduler);
      kind.spawn(scheduler, "sleeper", co -> co.await(answer));
      var _ = Foreign.onceAsleep(scheduler, () -> answer.complete("yes"));
      scheduler.run();
      timeline.stop();
      TraceEvents events = of(timeline);
      assertThat(events.track("the loop")).contains("look", "sleep");
      assertThat(events.track("sleeper #1")).contains("waits for a promise, ended by the loop");
      assertThat(events.arrows()).contains("the loop -> sleeper #1");
    }
  }

  @Test
  void itMayComeAndGoWhileTheSchedulerRunsAndShowsWhatIsUnderWay() {
    Timeline[] timeline = new Timeline[1];
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler.daemons(), "waiter", co -> co.await(go.await()));
      kind.spawn(
          scheduler,
          "looks",
          co -> {
            co.await(Task.yield());
            timeline[0] = Timeline.start(scheduler);
            co.await(Task.yield());
            co.await(Task.yield());
            timeline[0].stop();
            for (int i = 0; i < 10; i++) {
              co.await(Task.yield());
            }
          });
      scheduler.run();
      TraceEvents events = of(timeline[0]);
      assertThat(events.track("waiter #1"))
          .containsExactly("waits for event 'go' to be set, still");
      assertThat(events.track("looks #2"))
          .filteredOn(title -> title.startsWith("looks"))
          .as("the turn in which it begins is not shown")
          .containsExactly("looks (gives up)", "looks (has the turn still)");
      assertThat(scheduler.stats().loop().turns()).isGreaterThan(13);
    }
  }

  @Test
  void aTurnOf100MillisecondsIsAStallOnTheTrackOfTheLoop() {
    try (Scheduler scheduler = kind.scheduler()) {
      Timeline timeline = Timeline.start(scheduler);
      kind.spawn(
          scheduler,
          "hog",
          co -> {
            long end = System.nanoTime() + 100_000_000;
            while (System.nanoTime() - end < 0) {
              Thread.onSpinWait();
            }
          });
      scheduler.run();
      timeline.stop();
      assertThat(of(timeline).track("the loop")).contains("STALL by task 'hog' (ends)");
    }
  }

  @Test
  void aLoopThatNeverComesRoundIsShownWithWhoHoldsIt() throws Exception {
    CountDownLatch holds = new CountDownLatch(1);
    Timeline[] timeline = new Timeline[1];
    try (Scheduler scheduler = kind.scheduler()) {
      Thread looks =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (holds.getCount() > 0) {
                      Thread.onSpinWait();
                    }
                    timeline[0] = Timeline.start(scheduler);
                    timeline[0].stop();
                  });
      kind.spawn(
          scheduler,
          "hog",
          co -> {
            holds.countDown();
            while (looks.isAlive()) {
              Thread.onSpinWait();
            }
          });
      scheduler.run();
      Until.ended(looks);
    }
    assertThat(of(timeline[0]).track("hog #1")).containsExactly("hog (has the turn still)");
  }

  @Test
  void theLatestSlicesAreKeptAndTheOthersAreCounted() throws IOException {
    try (Scheduler scheduler = kind.scheduler()) {
      Timeline timeline = Timeline.start(scheduler, 50);
      kind.spawn(
          scheduler,
          "turns",
          co -> {
            for (int i = 0; i < 200; i++) {
              co.await(Task.yield());
            }
          });
      scheduler.run();
      timeline.stop();
      TraceEvents events = of(timeline);
      assertThat(timeline.dropped()).isGreaterThan(300);
      assertThat(events.slices()).isEqualTo(50);
      assertThat(events.track("turns #1")).contains("turns (ends)");
      Path file = folder.resolve("trace.json");
      timeline.writeTo(file);
      assertThat(Files.readString(file)).contains("" + timeline.dropped() + " slices dropped");
    }
  }

  @Test
  void namesMayHoldAnything() {
    String odd = "\"\\\n\u0000\ud800 </script>";
    try (Scheduler scheduler = kind.builder().name(odd).build()) {
      Timeline timeline = Timeline.start(scheduler);
      kind.spawn(scheduler, odd, co -> {});
      scheduler.run();
      timeline.stop();
      timeline.stop();
      assertThat(of(timeline).track(odd + " #1")).contains(odd + " (ends)");
    }
  }

  @Test
  void aSchedulerThatHasEndedHasAnEmptyTimeline() {
    Scheduler scheduler = kind.scheduler();
    scheduler.close();
    Timeline timeline = Timeline.start(scheduler);
    timeline.stop();
    assertThat(of(timeline).slices()).isZero();
  }

  @org.junit.jupiter.params.ParameterizedTest
  @ValueSource(ints = {0, -1, 10_000_001})
  void aLimitOutOfRangeIsRefused(int most) {
    try (Scheduler scheduler = kind.scheduler()) {
      assertThatThrownBy(() -> Timeline.start(scheduler, most))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a timeline of " + most + " slices: must be 1 to 10000000");
    }
  }

  @Test
  void afterItsEndNobodyWatches() {
    try (Scheduler scheduler = kind.scheduler()) {
      Timeline timeline = Timeline.start(scheduler);
      kind.spawn(scheduler, "a", co -> {});
      scheduler.run();
      timeline.stop();
      int slices = of(timeline).slices();
      long longest = scheduler.stats().loop().longestTurnNanos();
      assertThat(longest).isPositive();
      kind.spawn(
          scheduler,
          "b",
          co -> {
            long end = System.nanoTime() + 2 * longest;
            while (System.nanoTime() - end < 0) {
              Thread.onSpinWait();
            }
          });
      scheduler.run();
      assertThat(scheduler.stats().loop().longestTurnNanos()).isEqualTo(longest);
      assertThat(of(timeline).slices()).isEqualTo(slices);
      assertThat(List.of(timeline)).hasSize(1);
    }
  }
}
