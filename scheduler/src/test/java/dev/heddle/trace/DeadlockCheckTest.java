package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Script;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Finding;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Lock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The scheduler looks for deadlocks by itself, now and then. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class DeadlockCheckTest {
  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Finding> reported = new ArrayList<>();
  private final Lock first = new Lock("first");
  private final Lock second = new Lock("second");

  private static Script takes(Lock one, Lock other) {
    return co -> {
      co.await(one.acquire());
      co.await(Task.yield());
      co.await(other.acquire());
    };
  }

  private static List<String> names(Deadlock deadlock) {
    return deadlock.cycle().stream().map(wait -> wait.task().name()).toList();
  }

  private Scheduler checked() {
    Scheduler scheduler =
        kind.builder()
            .clock(time)
            .poller(time)
            .recordSites(false)
            .findingReporter(reported::add)
            .build();
    DeadlockCheck.start(scheduler, Duration.ofSeconds(10));
    return scheduler;
  }

  @Test
  void theCheckReportsEachDeadlockOnce() {
    try (Scheduler scheduler = checked()) {
      kind.spawn(scheduler.daemons(), "a", takes(first, second));
      kind.spawn(scheduler.daemons(), "b", takes(second, first));
      kind.spawn(
          scheduler,
          "server",
          co -> {
            co.await(Timers.sleep(Duration.ofSeconds(9)));
            assertThat(reported).isEmpty();
            co.await(Timers.sleep(Duration.ofSeconds(2)));
            assertThat(reported).hasSize(1);
            co.await(Timers.sleep(Duration.ofSeconds(100)));
          });
      scheduler.run();
    }
    assertThat(reported).hasSize(1);
    assertThat(names((Deadlock) reported.getFirst())).containsExactly("a", "b");
  }

  @Test
  void theCheckGoesOnInTheNextRun() {
    try (Scheduler scheduler = checked()) {
      kind.spawn(scheduler, "first", co -> co.await(Timers.sleep(Duration.ofSeconds(15))));
      scheduler.run();
      kind.spawn(scheduler.daemons(), "a", takes(first, second));
      kind.spawn(scheduler.daemons(), "b", takes(second, first));
      kind.spawn(scheduler, "second", co -> co.await(Timers.sleep(Duration.ofSeconds(15))));
      scheduler.run();
    }
    assertThat(reported).hasSize(1);
  }

  @Test
  void theCheckHidesNotThatNothingCanRun() {
    try (Scheduler scheduler = checked()) {
      long start = time.nanoTime();
      kind.spawn(scheduler, "a", takes(first, second));
      kind.spawn(scheduler, "b", takes(second, first));
      assertThatThrownBy(scheduler::run).isInstanceOf(DeadlockException.class);
      assertThat(time.nanoTime()).isEqualTo(start); // found at once, not at a check
    }
  }

  @Test
  void theCheckKeepsNoRunFromItsEnd() {
    try (Scheduler scheduler = checked()) {
      kind.spawn(scheduler, "short", co -> co.await(Task.yield()));
      scheduler.run();
    }
    assertThat(reported).isEmpty();
  }

  @Test
  void aReporterThatThrowsEndsNothingAndWhatItWasToldIsLogged() {
    List<String> trace = new ArrayList<>();
    LogRecords log = new LogRecords("dev.heddle");
    try (log;
        Scheduler scheduler =
            kind.builder()
                .recordSites(false)
                .clock(time)
                .poller(time)
                .findingReporter(
                    finding -> {
                      throw new IllegalStateException("on purpose");
                    })
                .build()) {
      DeadlockCheck.start(scheduler, Duration.ofSeconds(10));
      kind.spawn(scheduler.daemons(), "a", takes(first, second));
      kind.spawn(scheduler.daemons(), "b", takes(second, first));
      kind.spawn(
          scheduler,
          "server",
          co -> {
            co.await(Timers.sleep(Duration.ofSeconds(11)));
            trace.add("served");
          });
      scheduler.run();
    }
    assertThat(log.atLeast(Level.INFO))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.getMessage())
                  .startsWith("the finding reporter failed on: Two tasks wait for each other:");
              assertThat(record.getThrown()).hasMessage("on purpose");
            });
    assertThat(trace).containsExactly("served");
  }

  @Test
  void aPeriodThatIsNotPositiveIsRefused() {
    try (Scheduler scheduler = kind.builder().build()) {
      for (Duration period : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
        assertThatThrownBy(() -> DeadlockCheck.start(scheduler, period))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("cannot check for deadlocks every " + period + ": must be positive");
      }
    }
  }
}
