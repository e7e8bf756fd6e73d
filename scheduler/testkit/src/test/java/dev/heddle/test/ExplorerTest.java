package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.fixtures.Holds;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schedules that fail are found, made small, shown, and found again. */
class ExplorerTest {
  @TempDir Path folder;

  private Explorer explorer(ExplorerBody test) {
    return RealTime.explorer(test, folder);
  }

  private static ScheduleFailure failureOf(Explorer explorer) {
    ScheduleFailure failure = catchThrowableOfType(ScheduleFailure.class, explorer::check);
    assertThat(failure).isNotNull();
    return failure;
  }

  /** Fails if B runs between the check of A and what A does by it. */
  private static void lastSeat(Simulation sim) throws Exception {
    int[] seats = {1};
    for (String name : List.of("A", "B")) {
      sim.scheduler()
          .spawn(
              name,
              co -> {
                if (name.equals("B")) {
                  co.await(Task.yield());
                  co.await(Task.yield());
                }
                if (seats[0] > 0) {
                  co.await(Task.yield());
                  seats[0]--;
                }
              });
    }
    sim.run();
    if (seats[0] < 0) {
      throw new AssertionError("a seat was sold twice");
    }
  }

  /** Cannot fail: four tasks, one lock. */
  private static void fourTasksAndALock(Simulation sim) throws Exception {
    Lock lock = new Lock();
    int[] balance = new int[1];
    for (int i = 0; i < 4; i++) {
      sim.scheduler()
          .spawn(
              "task" + i,
              co -> {
                try (var held = co.await(lock.acquire())) {
                  int before = balance[0];
                  co.await(Task.yield());
                  balance[0] = before + 10;
                }
              });
    }
    sim.run();
    assertThat(balance[0]).isEqualTo(40);
  }

  @Test
  @Holds("T7")
  void aRaceIsFoundAndShrunkToOneDeviation() {
    ScheduleFailure failure = failureOf(explorer(ExplorerTest::lastSeat));
    assertThat(failure.deviations()).isEqualTo(1);
    assertThat(failure).hasRootCauseMessage("a seat was sold twice");
    assertThat(failure.getMessage())
        .contains("a seat was sold twice", "fails if at turn", "runs before A (ExplorerTest.java:")
        .contains("first in, first out", "this schedule", "seed(0) turnBudget(128)");
  }

  @Test
  void eachStrategyFindsIt() {
    for (Explorer explorer :
        List.of(
            explorer(ExplorerTest::lastSeat).byFewDeviations(1),
            explorer(ExplorerTest::lastSeat).byRandomWalk(),
            explorer(ExplorerTest::lastSeat).byPct(3),
            explorer(ExplorerTest::lastSeat).byPos())) {
      assertThat(failureOf(explorer).deviations()).isEqualTo(1);
    }
  }

  @Test
  void aLongScheduleByChanceIsShrunk() {
    ScheduleFailure failure =
        failureOf(
            explorer(
                    sim -> {
                      for (int i = 0; i < 5; i++) {
                        sim.scheduler()
                            .spawn(
                                co -> {
                                  for (int turn = 0; turn < 20; turn++) {
                                    co.await(Task.yield());
                                  }
                                });
                      }
                      lastSeat(sim);
                    })
                .byRandomWalk());
    assertThat(failure.deviations()).isEqualTo(1);
    assertThat(failure.getMessage())
        .contains("without a turn of task-1, task-2, task-3, task-4, task-5");
  }

  @Test
  void aTestThatCannotFailIsExploredToTheEnd() {
    Explorer.Report report =
        explorer(ExplorerTest::fourTasksAndALock).byFewDeviations(10).runs(1_000_000).check();
    assertThat(report.complete()).isTrue();
    assertThat(report.schedules()).isEqualTo(552);
    assertThat(report.text()).contains("552 schedules seen, all there are", "byFewDeviations(10)");
  }

  @Test
  void howManySchedulesThereAreIsEstimatedFromRunsByChance() {
    Explorer.Report report =
        explorer(ExplorerTest::fourTasksAndALock).byRandomWalk().runs(5_000).check();
    assertThat(report.complete()).isFalse();
    assertThat(report.estimated()).isBetween(520.0, 580.0);
  }

  @Test
  void oneSeedIsOneExploration() {
    Explorer.Report first = explorer(ExplorerTest::fourTasksAndALock).seed(7).runs(2_000).check();
    Explorer.Report again = explorer(ExplorerTest::fourTasksAndALock).seed(7).runs(2_000).check();
    Explorer.Report other = explorer(ExplorerTest::fourTasksAndALock).seed(8).runs(2_000).check();
    assertThat(again).isEqualTo(first);
    assertThat(other.hash()).isNotEqualTo(first.hash());
  }

  @Test
  void aDeadlockIsAFailureAndExplained() {
    ScheduleFailure failure =
        failureOf(
            explorer(
                sim -> {
                  Lock a = new Lock("a");
                  Lock b = new Lock("b");
                  sim.scheduler()
                      .spawn(
                          "A",
                          co -> {
                            try (var outer = co.await(a.acquire())) {
                              co.await(Task.yield());
                              try (var inner = co.await(b.acquire())) {}
                            }
                          });
                  sim.scheduler()
                      .spawn(
                          "B",
                          co -> {
                            for (int i = 0; i < 3; i++) {
                              co.await(Task.yield());
                            }
                            try (var outer = co.await(b.acquire())) {
                              co.await(Task.yield());
                              try (var inner = co.await(a.acquire())) {}
                            }
                          });
                }));
    assertThat(failure).hasCauseInstanceOf(DeadlockException.class);
    assertThat(failure.deviations()).isEqualTo(1);
    assertThat(failure.getMessage())
        .contains("lock 'a'", "lock 'b'", "which waits on as long as others can run");
  }

  @Test
  @Holds("T2")
  void aDeadlineMayPassBeforeATaskThatIsReady() {
    ScheduleFailure failure =
        failureOf(
            explorer(
                sim -> {
                  Queue<String> queue = Queue.fifo("orders", 1);
                  sim.scheduler()
                      .spawn("reader", co -> co.await(queue.get().within(Duration.ofSeconds(1))));
                  sim.scheduler()
                      .spawn(
                          "writer",
                          co -> {
                            co.await(Task.yield());
                            co.await(queue.put("late"));
                          });
                }));
    assertThat(failure).hasCauseInstanceOf(TimeoutException.class);
    assertThat(failure.getMessage()).contains("fails if time: a deadline passes");
  }

  @Test
  void aTaskMayBeCancelledWhereverItWaits() {
    ScheduleFailure failure =
        failureOf(
            explorer(
                sim -> {
                  List<String> log = new ArrayList<>();
                  Task<Void> task =
                      sim.scheduler()
                          .spawn(
                              "transfer",
                              co -> {
                                log.add("taken");
                                co.await(Task.yield());
                                log.add("given");
                              });
                  sim.mayCancel(task);
                  sim.run();
                  assertThat(log).as("%s", task.state()).hasSizeGreaterThan(1);
                }));
    assertThat(failure.getMessage()).contains("cancel: transfer (its start)");
  }

  @Test
  void aCancelledTaskIsNoFailureByItself() {
    Explorer.Report report =
        explorer(
                sim ->
                    sim.mayCancel(
                        sim.scheduler()
                            .spawn(
                                co -> {
                                  try {
                                    co.await(Task.yield());
                                    co.await(Task.yield());
                                  } catch (Cancelled cancelled) {
                                    sim.sometimes(true, "it was cancelled");
                                    throw cancelled;
                                  }
                                })))
            .runs(200)
            .check();
    assertThat(report.schedules()).isGreaterThan(2);
  }

  @Test
  @Holds("T6")
  void whatOneRunLeavesForTheNextIsFoundOut() {
    int[] runs = new int[1];
    Explorer explorer =
        explorer(
            sim -> {
              int tasks = runs[0]++ % 7 + 1;
              for (int i = 0; i < tasks; i++) {
                sim.scheduler().spawn(co -> co.await(Task.yield()));
              }
            });
    assertThatThrownBy(explorer::check)
        .isExactlyInstanceOf(AssertionError.class)
        .hasMessageContaining("went another way when it was repeated with the same choices")
        .hasMessageContaining("static field");
  }

  @Test
  @Holds("T4")
  void anExplorationInWhichTheMatterNeverComesUpFails() {
    Explorer explorer =
        explorer(
                sim -> {
                  sim.sometimes(true, "it ran");
                  sim.sometimes(false, "both waited");
                })
            .runs(20);
    assertThatThrownBy(explorer::check)
        .isExactlyInstanceOf(AssertionError.class)
        .hasMessageContaining("vacuous: in none of 4 runs was it so that 'both waited'");
  }

  @Test
  @Holds("T3")
  void aTraceIsATextThatIsReplayed() throws Exception {
    Path trace = failureOf(explorer(ExplorerTest::lastSeat)).trace();
    assertThat(trace).isNotNull();
    assertThat(Files.readAllLines(trace))
        .anyMatch(line -> line.matches("0 turn \\d/\\d [0-9a-f]+"));
    assertThatThrownBy(() -> Explorer.replay(trace, ExplorerTest::lastSeat))
        .isInstanceOf(ScheduleFailure.class)
        .hasMessageContaining("a seat was sold twice")
        .hasMessageNotContaining("diverged");
  }

  @Test
  void aReplayOfAnotherProgramSaysWhereItDivergedAndGoesOnFirstInFirstOut() throws Exception {
    Path trace = failureOf(explorer(ExplorerTest::lastSeat)).trace();
    assertThat(trace).isNotNull();
    String replay = Explorer.replay(trace, ExplorerTest::fourTasksAndALock);
    assertThat(replay).contains("passes", "diverged at choice 0", "first in, first out from there");
  }

  @Test
  void aFileThatIsNoTraceIsRefusedWithItsLine() throws Exception {
    Path file = folder.resolve("other.txt");
    Files.writeString(file, "# a remark\n0 turn 1/3 00000002\nhello\n");
    assertThatThrownBy(() -> Explorer.replay(file, ExplorerTest::lastSeat))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other.txt:3: 'hello' is no line of a trace")
        .hasMessageNotContaining("\n");
  }

  @Test
  void afterTheLastFaultAllTasksMustEndInTime() {
    Explorer explorer =
        explorer(
                sim ->
                    sim.scheduler()
                        .spawn(
                            "client",
                            co -> {
                              boolean lost = false;
                              for (int i = 0; i < 3; i++) {
                                lost |= sim.choices().happens("lose", 4, "network");
                                co.await(Timers.sleep(Duration.ofSeconds(1)));
                              }
                              co.await(
                                  Timers.sleep(lost ? Duration.ofHours(1) : Duration.ofSeconds(1)));
                            }))
            .faultsFor(Duration.ofSeconds(2))
            .endsWithin(Duration.ofMinutes(1));
    assertThat(failureOf(explorer).getMessage())
        .contains("have not ended within PT1M of virtual time after the last fault", "lose")
        .contains("client");
  }

  @Test
  void tasksThatGoOnForEverAreAFailure() {
    Explorer explorer =
        explorer(
                sim ->
                    sim.scheduler()
                        .spawn(
                            co -> {
                              while (true) {
                                co.await(Task.yield());
                              }
                            }))
            .turns(1_000);
    assertThat(failureOf(explorer).getMessage()).contains("has not ended after 1000 turns");
  }

  @Test
  void aTurnThatDoesNotEndIsAFailureThatNamesTheTask() {
    Explorer explorer =
        explorer(
            sim ->
                sim.scheduler()
                    .spawn(
                        "spinner",
                        co -> {
                          while (!Thread.currentThread().isInterrupted()) {
                            Thread.onSpinWait();
                          }
                        }));
    RealTime.Over over =
        RealTime.over(Duration.ofMillis(200), limit -> explorer.runWithin(limit)::check, "spinner");
    assertThat(over.failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("run 1 has not ended within " + over.limit())
        .hasMessageContaining("spinner");
  }

  @Test
  void whatTasksInThreadStyleDoIsExploredToo() {
    ScheduleFailure failure =
        failureOf(
            explorer(
                sim -> {
                  int[] seats = {1};
                  for (String name : List.of("A", "B")) {
                    sim.scheduler()
                        .spawn(
                            name,
                            () -> {
                              if (name.equals("B")) {
                                Task.await(Task.yield());
                                Task.await(Task.yield());
                              }
                              if (seats[0] > 0) {
                                Task.await(Task.yield());
                                seats[0]--;
                              }
                            });
                  }
                  sim.run();
                  assertThat(seats[0]).isNotNegative();
                }));
    assertThat(failure.deviations()).isEqualTo(1);
  }

  @Test
  void aTestMayBeATaskItself() {
    Explorer.Report report =
        Explorer.of(
                (co, sim) -> {
                  Task<Void> other = sim.scheduler().spawn(c -> c.await(Task.yield()));
                  co.await(Task.yield());
                  co.await(other.join());
                })
            .printer(line -> {})
            .check();
    assertThat(report.complete()).isTrue();
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    Explorer explorer = explorer(ExplorerTest::lastSeat);
    assertThatThrownBy(() -> explorer.runs(0)).hasMessage("runs 0: must be 1 or more");
    assertThatThrownBy(() -> explorer.turns(0)).hasMessage("turns 0: must be 1 or more");
    assertThatThrownBy(() -> explorer.turnBudget(0)).hasMessage("turnBudget 0: must be 1 or more");
    assertThatThrownBy(() -> explorer.within(Duration.ZERO))
        .hasMessage("within PT0S: must be more than 0");
    assertThatThrownBy(() -> explorer.runWithin(Duration.ofSeconds(-1)))
        .hasMessage("runWithin PT-1S: must be more than 0");
    assertThatThrownBy(() -> explorer.endsWithin(Duration.ZERO))
        .hasMessage("endsWithin PT0S: must be more than 0");
    assertThatThrownBy(() -> explorer.faultsFor(Duration.ofNanos(-1)))
        .hasMessage("faultsFor PT-0.000000001S: must be 0 or more");
    assertThatThrownBy(() -> explorer.byFewDeviations(11))
        .hasMessage("deviations 11: must be 0 to 10");
    assertThatThrownBy(() -> explorer.byPct(0)).hasMessage("depth 0: must be 1 to 100");
  }
}
