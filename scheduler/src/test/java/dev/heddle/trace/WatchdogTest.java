package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Script;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Finding.Stall;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.view.KernelView;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the watchdog says of a loop that does not come round. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class WatchdogTest {
  private static final Duration SHORT = Duration.ofMillis(2);

  @Parameter Kind kind;

  private final List<Stall> heard = new CopyOnWriteArrayList<>();

  private SchedulerBuilder watched() {
    return kind.builder().name("loop").watchdog(SHORT).stallReporter(heard::add);
  }

  /** Holds the turn until there are so many reports of it. */
  private void hogUntilReports(int count) {
    while (heard.stream().filter(this::isOfTheHogAtWork).count() < count) {
      Thread.onSpinWait();
    }
  }

  /** A busy machine may hold up the task before that: when it has the turn, and does not run. */
  private boolean isOfTheHogAtWork(Stall stall) {
    boolean isAtWork =
        kind.style() == Kind.Style.STEP // the script runs beside the step, and is not in the stack
            || stall.stack().stream().anyMatch(f -> f.getMethodName().equals("hogUntilReports"));
    return isAtWork && !stall.isOver() && "hog".equals(stall.task());
  }

  private List<Stall> reports(@Nullable String task) {
    return heard.stream().filter(s -> !s.isOver() && Objects.equals(s.task(), task)).toList();
  }

  @Test
  @Holds("S14")
  void aTaskThatHoldsTheLoopIsReportedWhileItHoldsItWithItsStackAndThoseWhoWait() {
    try (Scheduler scheduler = watched().build()) {
      kind.spawn(scheduler, "hog", co -> hogUntilReports(1));
      for (int i = 0; i < 12; i++) {
        kind.spawn(scheduler, "victim " + i, co -> co.await(Task.yield()));
      }
      scheduler.run();
    }
    Stall stall = heard.stream().filter(this::isOfTheHogAtWork).findFirst().orElseThrow();
    assertThat(stall.scheduler()).isEqualTo("loop");
    assertThat(stall.task()).isEqualTo("hog");
    assertThat(stall.lasted()).isGreaterThanOrEqualTo(SHORT);
    assertThat(stall.ready()).isEqualTo(12);
    assertThat(stall.waiting()).hasSize(10).startsWith("victim 0", "victim 1");
    assertThat(stall.stack())
        .noneMatch(frame -> frame.getClassName().equals("dev.heddle.scheduler.Loop"));
    assertThat(stall.message())
        .startsWith("scheduler 'loop' stands still: task 'hog' has held its loop for ")
        .contains(
            " ms and holds it still; 12 tasks wait for a turn: victim 0, victim 1, ",
            " and 2 more");
    if (kind.style() == Kind.Style.STEP) {
      return; // the script runs beside the step
    }
    assertThat(stall.message()).contains("WatchdogTest.hogUntilReports(WatchdogTest.java:");
    assertThat(stall.stack().getLast().getClassName())
        .as("the body is the last one")
        .doesNotStartWith("dev.heddle.scheduler.")
        .doesNotStartWith("dev.heddle.coroutine.");
  }

  @Test
  @Holds("S14")
  void aWovenTaskThatHoldsTheLoopIsReportedWithItsStack() throws Exception {
    watched().run(co -> hogUntil(heard));
    assertThat(heard.stream().map(Stall::message))
        .anyMatch(message -> message.contains("WatchdogTest.hogUntil(WatchdogTest.java:"));
  }

  private static void hogUntil(List<Stall> heard) {
    while (heard.stream().noneMatch(s -> s.message().contains("WatchdogTest.hogUntil"))) {
      Thread.onSpinWait();
    }
  }

  @Test
  @Holds("S14")
  void aStallThatLastsIsReportedAgainAfterTwiceTheTimeAndOnceWhenItIsOver() {
    try (Scheduler scheduler = watched().build()) {
      kind.spawn(scheduler, "hog", co -> hogUntilReports(3));
      kind.spawn(
          scheduler,
          "later",
          co -> {
            while (heard.stream().noneMatch(WatchdogTest::isTheEndOfTheHogs)) {
              co.await(Timers.sleep(Duration.ofMillis(1)));
            }
          });
      scheduler.run();
    }
    List<Stall> during = reports("hog");
    for (int i = 1; i < during.size(); i++) {
      assertThat(during.get(i).lasted().toNanos())
          .isGreaterThanOrEqualTo(2 * during.get(i - 1).lasted().toNanos());
    }
    Stall last = heard.stream().filter(WatchdogTest::isTheEndOfTheHogs).findFirst().orElseThrow();
    assertThat(last.lasted()).isGreaterThan(during.getLast().lasted());
    assertThat(last.message())
        .startsWith("scheduler 'loop' goes on: task 'hog' has held its loop for ");
  }

  private static boolean isTheEndOfTheHogs(Stall stall) {
    return stall.isOver() && "hog".equals(stall.task());
  }

  @Test
  void aSchedulerOfWhichNothingIsSaidIsWatchedFrom100MillisecondsOn() {
    try (Scheduler scheduler = Scheduler.builder().stallReporter(heard::add).build()) {
      kind.spawn(scheduler, "hog", co -> hogUntilReports(1));
      scheduler.run();
    }
    assertThat(reports("hog").getFirst().lasted()).isGreaterThanOrEqualTo(Duration.ofMillis(100));
  }

  @Test
  void anActionOfAnotherThreadThatHoldsTheLoopIsReportedWithoutATask() {
    try (Scheduler scheduler = watched().build()) {
      kind.spawn(
          scheduler,
          "sleeper",
          co -> {
            Thread.ofPlatform().start(() -> scheduler.runInside(this::holdUntilReport));
            while (reports(null).isEmpty()) {
              co.await(Timers.sleep(Duration.ofMillis(1)));
            }
          });
      scheduler.run();
    }
    assertThat(reports(null).getFirst().message())
        .contains("stands still: a hook of the loop has held");
  }

  private void holdUntilReport() {
    while (reports(null).isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aLoopThatSleepsAndOneThatIsNotWatchedAreNotReported() throws InterruptedException {
    List<Stall> unwatched = new CopyOnWriteArrayList<>();
    List<Stall> sleepers = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> enough = new CompletableFuture<>();
    CompletableFuture<Scheduler> sleeper = new CompletableFuture<>();
    Thread holds =
        start(watched().watchdog(Duration.ZERO).stallReporter(unwatched::add), co -> enough.join());
    Thread sleeps =
        start(
            watched().stallReporter(sleepers::add),
            co -> {
              sleeper.complete(co.task().scheduler());
              co.await(Promise.from(enough));
            });
    Scheduler asleep = sleeper.join();
    Until.true_("it sleeps", () -> KernelView.get().rounds(asleep) == -1);
    try (Scheduler scheduler = watched().build()) {
      kind.spawn(
          scheduler,
          "hog",
          co -> {
            hogUntilReports(1); // the watchdog has seen since that the sleeper sleeps
            sleepers.clear(); // a busy machine may have held up its loop before
            hogUntilReports(8);
          });
      scheduler.run();
    }
    List<Stall> ofTheSleeper = List.copyOf(sleepers); // before it is woken
    enough.complete(null);
    holds.join();
    sleeps.join();
    assertThat(unwatched).isEmpty();
    assertThat(ofTheSleeper).isEmpty();
  }

  private Thread start(SchedulerBuilder builder, Script script) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try (Scheduler scheduler = builder.build()) {
                kind.spawn(scheduler, "beside", script);
                scheduler.run();
              }
            });
  }

  @Test
  void aReporterThatThrowsIsLoggedAndHearsTheNextStall() {
    try (LogRecords log = new LogRecords("dev.heddle");
        Scheduler scheduler =
            watched()
                .stallReporter(
                    stall -> {
                      heard.add(stall);
                      throw new IllegalStateException("no disk");
                    })
                .build()) {
      kind.spawn(scheduler, "hog", co -> hogUntilReports(2));
      scheduler.run();
      assertThat(log.atLeast(Level.SEVERE).getFirst().getMessage())
          .startsWith("the stall reporter failed on: ");
    }
  }

  @Test
  void withoutAReporterAStallIsAWarningInTheLog() {
    try (LogRecords log = new LogRecords("dev.heddle");
        Scheduler scheduler = kind.builder().watchdog(SHORT).build()) {
      kind.spawn(
          scheduler,
          "hog",
          co -> {
            while (log.atLeast(Level.WARNING).stream()
                .noneMatch(r -> r.getMessage().contains("task 'hog'"))) {
              Thread.onSpinWait();
            }
          });
      scheduler.run();
    }
  }

  @ValueSource(strings = {"PT-1S", "PT0.000999999S", "PT1H0.000000001S", "PT2562047788015215H"})
  @ParameterizedTest
  void aThresholdOutOfItsRangeIsRefused(Duration threshold) {
    assertThatThrownBy(() -> Scheduler.builder().watchdog(threshold))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "watchdog threshold "
                + threshold
                + ": must be 1 ms to 1 hour, or zero for no watchdog");
  }
}
