package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nobody ought to ask of the test kit, and what it says to that. */
class OddInputsTest {
  private static final Duration FOR_EVER = ChronoUnit.FOREVER.getDuration();

  @TempDir Path folder;

  private Explorer explorer(ExplorerBody test) {
    return RealTime.explorer(test, folder);
  }

  // Time.

  @Test
  void aLimitMayBeForEver() throws Exception {
    TestScheduler.builder()
        .virtualLimit(FOR_EVER)
        .realLimit(FOR_EVER)
        .run(co -> co.await(Timers.sleep(Duration.ofDays(365))));
    Explorer.Report report =
        explorer(sim -> sim.scheduler().spawn(co -> co.await(Task.yield())))
            .within(FOR_EVER)
            .runWithin(FOR_EVER)
            .faultsFor(FOR_EVER)
            .endsWithin(FOR_EVER)
            .check();
    assertThat(report.complete()).isTrue();
  }

  @Test
  void theClockEndsAfter292YearsAndSoDoesTheRun() {
    Explorer explorer =
        explorer(
            sim ->
                sim.scheduler()
                    .spawn(
                        "sleeper",
                        co -> {
                          for (int i = 0; i < 4; i++) {
                            co.await(Timers.sleep(Duration.ofDays(100 * 365)));
                          }
                        }));
    ScheduleFailure failure = catchThrowableOfType(ScheduleFailure.class, explorer::check);
    assertThat(failure).hasMessageContaining("the clock has come to its end", "sleeper");
    assertThatThrownBy(
            () ->
                TestScheduler.builder()
                    .virtualLimit(FOR_EVER)
                    .run(
                        co -> {
                          while (true) {
                            co.await(Timers.sleep(FOR_EVER));
                          }
                        }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("of virtual time");
  }

  @Test
  void theClockIsNotAdvancedBeyondItsEnd() {
    VirtualClock clock = new VirtualClock();
    clock.advance(Duration.ofDays(290 * 365));
    assertThatThrownBy(() -> clock.advance(Duration.ofDays(290 * 365)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot advance by PT2540400H", "as the clock ends then");
    assertThatThrownBy(() -> clock.advance(FOR_EVER)).isInstanceOf(IllegalArgumentException.class);
  }

  // What never ends.

  @Test
  void whoWaitsForAThreadThatNeverComesIsNamed() {
    Explorer explorer =
        explorer(
            sim ->
                sim.scheduler()
                    .spawn("waits for a thread", co -> co.await(new Promise<Integer>())));
    RealTime.Over over =
        RealTime.over(
            Duration.ofSeconds(1),
            limit -> explorer.runWithin(limit)::check,
            "no task has the turn",
            "'waits for a thread'");
    assertThat(over.failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no task has the turn, as with tasks that wait for another thread")
        .hasMessageContaining("'waits for a thread'");
  }

  // Traces.

  @Test
  void aFileThatIsNotEvenTextIsNoTrace() throws Exception {
    Path file = Files.write(folder.resolve("picture"), new byte[] {(byte) 0xff, (byte) 0xd8, 0, 1});
    assertThatThrownBy(() -> Explorer.replay(file, sim -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("picture is no trace: it is not text");
  }

  @Test
  void aKindOfChoiceMayBeAnyText() throws Exception {
    ExplorerBody test =
        sim -> {
          int taken = 0;
          for (String kind : List.of("", "a-b", "two\nlines", "100 %", "%", "\ud83d half")) {
            taken += sim.choices().choose(kind, 2, "who");
          }
          if (taken == 6) {
            throw new AssertionError("all six, and half a pair: \ud83d");
          }
        };
    ScheduleFailure failure =
        catchThrowableOfType(ScheduleFailure.class, () -> explorer(test).byRandomWalk().check());
    assertThat(failure.trace()).isNotNull();
    assertThat(failure.deviations()).isEqualTo(6);
    assertThatThrownBy(() -> Explorer.replay(failure.trace(), test))
        .isInstanceOf(ScheduleFailure.class)
        .hasMessageContaining("all six")
        .hasMessageNotContaining("diverged");
    assertThatThrownBy(() -> Choices.calm().choose(null, 2, "who")).hasMessage("kind");
    assertThatThrownBy(() -> Choices.calm().happens("kind", 2, null)).hasMessage("who");
  }

  @Test
  void aFailureIsToldAlsoIfItsTraceCannotBeWritten() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Explorer explorer =
        explorer(
                sim -> {
                  throw new AssertionError("always");
                })
            .traces(file);
    assertThatThrownBy(explorer::check)
        .isInstanceOf(ScheduleFailure.class)
        .hasMessageContaining("always")
        .hasMessageContaining("the trace could not be written");
  }

  @Test
  void aLongTraceIsRead() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 200_000; i++) {
      text.append(i).append(" turn 0/3 00000001\n");
    }
    Path file = Files.writeString(folder.resolve("long"), text);
    assertThat(Explorer.replay(file, sim -> {})).contains("passes");
    Files.writeString(file, "200000 turn 0/3 00000001 5", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> Explorer.replay(file, sim -> {}))
        .hasMessageContaining("long:200001: ");
  }

  // What is not of this simulation.

  @Test
  void aHostThatIsStartedAfterTheRunDoesNotRun() throws Exception {
    List<Host> hosts = new ArrayList<>();
    boolean[] ran = new boolean[1];
    TestScheduler.run((co, sim) -> hosts.add(sim.network().host("server")));
    hosts.getFirst().start(co -> ran[0] = true);
    Explorer.Report _ =
        explorer(
                sim -> {
                  hosts.add(sim.network().host("server"));
                  if (hosts.size() > 2) {
                    hosts.get(hosts.size() - 2).start(co -> ran[0] = true);
                  }
                })
            .runs(3)
            .check();
    assertThat(ran[0]).isFalse();
  }

  @Test
  void aTaskOfAnotherHostMayBeCancelledByTheExplorer() {
    Explorer.Report _ =
        explorer(
                sim -> {
                  Promise<Integer> done = new Promise<>();
                  sim.network()
                      .host("server")
                      .start(
                          c -> {
                            Task<?> task =
                                Scheduler.current().spawn(d -> d.await(new Event("never").await()));
                            sim.mayCancel(task);
                            sim.mayCancel(task);
                            c.await(Timers.sleep(Duration.ofSeconds(1)));
                            sim.sometimes(task.isDone(), "it is cancelled");
                            boolean _ = done.complete(1);
                          });
                  Task<?> _ = sim.scheduler().spawn(co -> co.await(done));
                })
            .runs(100)
            .check();
  }

  // Runs in runs, and interrupts.

  @Test
  void aRunMayBeginInARun() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          co.await(Timers.sleep(Duration.ofHours(1)));
          TestScheduler.run(
              (inner, of) -> {
                inner.await(Timers.sleep(Duration.ofHours(2)));
                assertThat(of.clock().elapsed()).isEqualTo(Duration.ofHours(2));
              });
          Explorer.Report _ =
              explorer(of -> of.scheduler().spawn(c -> c.await(Task.yield()))).runs(3).check();
          assertThat(sim.clock().elapsed()).isEqualTo(Duration.ofHours(1));
        });
    Explorer.Report report =
        explorer(
                sim -> {
                  TestScheduler.run(inner -> inner.await(Timers.sleep(Duration.ofHours(2))));
                  Explorer.Report _ = explorer(of -> {}).runs(3).check();
                  assertThat(sim.clock().elapsed()).isZero();
                })
            .runs(2)
            .check();
    assertThat(report.runs()).isPositive();
  }

  @Test
  void anExploredTaskDoesNotRunItsOwnSimulation() {
    Explorer.Report _ =
        explorer(
                sim -> {
                  Task<?> _ =
                      sim.scheduler()
                          .spawn(
                              co ->
                                  assertThatThrownBy(sim::run)
                                      .isInstanceOf(IllegalStateException.class));
                  sim.run();
                  sim.run();
                })
            .check();
  }

  @Test
  void aBodyThatInterruptsItsThreadHurtsNoLaterRun() {
    Explorer.Report report =
        explorer(
                sim -> {
                  for (String name : List.of("one", "another")) {
                    sim.network().host(name).start(co -> co.await(new Event("never").await()));
                  }
                  Task<?> _ =
                      sim.scheduler().spawn(co -> co.await(Timers.sleep(Duration.ofSeconds(1))));
                  sim.run();
                  Thread.currentThread().interrupt();
                })
            .runs(20)
            .check();
    assertThat(report.runs()).isGreaterThan(1);
  }

  @Test
  void aTaskThatInterruptsItsThreadIsLeftAlone() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Thread.currentThread().interrupt();
          try {
            co.await(Timers.sleep(Duration.ofHours(1)));
          } catch (Exception _) {
            // as well
          }
          boolean _ = Thread.interrupted();
          co.await(Timers.sleep(Duration.ofHours(1)));
          sim.network().host("server").start(c -> Thread.currentThread().interrupt());
          co.await(Timers.sleep(Duration.ofHours(1)));
        });
  }

  // Failures.

  @Test
  void theSeedIsToldAlsoOfAFailureThatSuppressesNothing() {
    class Plain extends Exception {
      Plain() {
        super("plain", null, false, false);
      }
    }
    List<String> printed =
        logged(
            () ->
                assertThatThrownBy(
                        () ->
                            TestScheduler.builder()
                                .seed(42)
                                .run(
                                    co -> {
                                      throw new Plain();
                                    }))
                    .isInstanceOf(Plain.class));
    assertThat(printed).anyMatch(line -> line.contains("seed 42"));
  }

  private static List<String> logged(Runnable action) {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    Logger logger = Logger.getLogger("dev.heddle.test");
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            lines.add(record.getMessage() + " " + record.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      action.run();
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
    return lines;
  }

  // Sequencers.

  @Test
  void anOddPartOfASequenceIsRefused() throws Exception {
    TestScheduler.run(
        co -> {
          Sequencer order = new Sequencer();
          assertThatThrownBy(() -> order.part(-1)).isInstanceOf(IllegalArgumentException.class);
          var event = order.part(0);
          var first = co.await(event);
          assertThatThrownBy(() -> co.await(event)).hasMessageContaining("is taken");
          assertThatThrownBy(() -> co.await(order.part(0))).hasMessageContaining("is taken");
          first.close();
          first.close();
          try (var _ = co.await(order.part(1))) {
            first.close();
          }
          try (var _ = co.await(order.part(2))) {
            first.close();
          }
        });
  }
}
