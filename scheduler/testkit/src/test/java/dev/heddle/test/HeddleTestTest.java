package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The extension of JUnit, and what tests say. */
class HeddleTestTest {
  private static final List<Long> SEEDS = new ArrayList<>();

  @HeddleTest
  @Holds("T2")
  void aMethodRunsAsATaskAndItsTimeJumps(Awaiter co, VirtualClock clock, Scheduler scheduler) {
    assertThat(Scheduler.current()).isSameAs(scheduler);
    co.await(Timers.sleep(Duration.ofMinutes(5)));
    assertThat(clock.elapsed()).isEqualTo(Duration.ofMinutes(5));
  }

  @HeddleTest
  void aMethodInThreadStyleNeedsNoAwaiter(Simulation sim) {
    Task.await(Timers.sleep(Duration.ofHours(1)));
    assertThat(sim.clock().elapsed()).isEqualTo(Duration.ofHours(1));
  }

  @HeddleTest(seed = 7, seeds = 3)
  void severalSeedsAreTriedInTurn(Simulation sim, Network network, Host host, Choices choices) {
    assertThat(host.network()).isSameAs(network).isSameAs(sim.network());
    assertThat(choices).isSameAs(sim.choices());
    SEEDS.add(sim.seed());
    assertThat(sim.seed()).isEqualTo(7 + SEEDS.size() - 1);
  }

  @ParameterizedTest
  @ExtendWith(HeddleExtension.class)
  @ValueSource(ints = {1, 2})
  void aParameterisedTestHasItsOwnParametersToo(int hours, Awaiter co, VirtualClock clock) {
    co.await(Timers.sleep(Duration.ofHours(hours)));
    assertThat(clock.elapsed()).isEqualTo(Duration.ofHours(hours));
  }

  /** Ended by the interrupt, so that no thread is left behind. */
  @Test
  void aTaskThatNeverGivesUpItsTurnIsReportedWithItsLineAndEnded() throws Exception {
    AtomicBoolean spins = new AtomicBoolean();
    TaskBody hog =
        co -> {
          while (spins.get() && !Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
          }
        };
    TestScheduler.builder().run(hog);
    spins.set(true);
    RealTime.Over over =
        RealTime.over(
            Duration.ofMillis(1500),
            limit -> () -> TestScheduler.builder().realLimit(limit).run(hog),
            "task 'main' has the turn");
    assertThat(over.failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not ended within " + over.limit().toMillis() + " ms of real time")
        .hasMessageContaining("task 'main' has the turn")
        .hasMessageContaining("HeddleTestTest.java")
        .message()
        .doesNotContain("left behind");
  }

  @Test
  void theClockWaitsForAnotherThreadThatWorksForATask() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    TestScheduler.run(
        (co, sim) -> {
          try (ThreadPool pool = ThreadPool.platform("jobs", 1)) {
            Task<?> sleeper =
                sim.scheduler()
                    .spawn(
                        c -> {
                          c.await(Timers.sleep(Duration.ofMillis(1)));
                          begun.countDown();
                        });
            // The job looks at the clock when the loop has nothing to do but to wait.
            Duration seen = co.await(pool.apply(() -> sim.clock().elapsed()));
            assertThat(seen).isZero();
            co.await(sleeper.join());
          }
        });
  }

  @HeddleTest
  void aSequencerOrdersPartsOfTasks(Awaiter co) throws Exception {
    Sequencer order = new Sequencer();
    List<String> done = new ArrayList<>();
    List<Task<?>> tasks = new ArrayList<>();
    for (int first : new int[] {2, 1, 0}) {
      tasks.add(
          Scheduler.current()
              .spawn(
                  c -> {
                    for (int number = first; number < 6; number += 3) {
                      try (var _ = c.await(order.part(number))) {
                        c.await(Task.yield());
                        done.add("part " + number);
                      }
                    }
                  }));
    }
    for (Task<?> task : tasks) {
      co.await(task.join());
    }
    assertThat(done).containsExactly("part 0", "part 1", "part 2", "part 3", "part 4", "part 5");
    assertThatThrownBy(() -> co.await(order.part(2)).close())
        .hasMessage("part 2 is taken: each number is for one part");
    assertThatThrownBy(() -> order.part(-1)).hasMessage("part -1: must be 0 or more");
  }

  @Test
  void aPartThatNobodyComesToIsADeadlockThatNamesTheNumber() {
    assertThatThrownBy(() -> TestScheduler.run(co -> co.await(new Sequencer().part(3)).close()))
        .hasMessageContaining("part 3 of a sequence, which is at 0");
  }

  @HeddleTest
  void whatIsLeftWaitsOrHoldsIsNamedWithItsLine(Awaiter co, Scheduler scheduler) throws Exception {
    SchedulerAssertions.assertNoTaskLeft(scheduler);
    Lock lock = new Lock("ledger");
    Task<?> left =
        scheduler.spawn(
            "left",
            c -> {
              try (var _ = c.await(lock.acquire())) {
                String _ = c.await(Queue.<String>fifo("news", 1).get());
              }
            });
    SchedulerAssertions.assertNothingWaits(scheduler); // it is ready
    co.await(Task.yield());
    assertThatThrownBy(() -> SchedulerAssertions.assertNoTaskLeft(scheduler))
        .hasMessageContaining("task 'left' waits for")
        .hasMessageContaining("news")
        .hasMessageContaining("HeddleTestTest.java");
    assertThatThrownBy(() -> SchedulerAssertions.assertNothingWaits(scheduler))
        .hasMessageContaining("task 'left' waits for");
    assertThatThrownBy(() -> SchedulerAssertions.assertNoLockHeld(scheduler))
        .hasMessageContaining("task 'left' holds")
        .hasMessageContaining("ledger")
        .hasMessageContaining("HeddleTestTest.java");
    boolean _ = left.cancel("the end");
    co.await(Task.yield());
    SchedulerAssertions.assertNoTaskLeft(scheduler);
    SchedulerAssertions.assertNoLockHeld(scheduler);
  }

  @Test
  void wrongNumbersAreRefusedWithTheirRange() {
    TestScheduler.Builder builder = TestScheduler.builder();
    assertThatThrownBy(() -> builder.seeds(0)).hasMessage("seeds 0: must be 1 or more");
    assertThatThrownBy(() -> builder.realLimit(Duration.ZERO))
        .hasMessage("limit PT0S of real time: must be more than 0");
    assertThatThrownBy(() -> Choices.seeded(1).choose("way", 0, "me"))
        .hasMessage("choice 'way' of 0: must be 1 or more");
    assertThatThrownBy(() -> Faults.NONE.withResets(-1))
        .hasMessage("resets one time in -1: must be 0 or more");
    assertThatThrownBy(() -> new VirtualClock().advance(Duration.ofNanos(-1)))
        .hasMessageContaining("must be 0 or more");
  }
}
