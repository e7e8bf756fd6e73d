package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.LoggedFailures;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import dev.heddle.sync.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Time that jumps, and tests that end. */
class TestSchedulerTest {
  @Test
  void sleepsHappenInOrderAndTakeNoTime() throws Exception {
    List<String> order = new ArrayList<>();
    TestScheduler.run(
        (co, sim) -> {
          for (int hours : new int[] {3, 1, 2}) {
            Scheduler.current()
                .spawn(
                    c -> {
                      c.await(Timers.sleep(Duration.ofHours(hours)));
                      order.add(hours + " " + sim.clock().elapsed());
                    });
          }
          co.await(Timers.sleep(Duration.ofHours(4)));
          order.add("end " + sim.clock().elapsed());
        });
    assertThat(order).containsExactly("1 PT1H", "2 PT2H", "3 PT3H", "end PT4H");
  }

  @Test
  void whatTheBodyThrowsIsThrownWithSeedAndDump() {
    assertThatThrownBy(
            () ->
                TestScheduler.builder()
                    .seed(42)
                    .run(
                        co -> {
                          Scheduler.current()
                              .spawn("sleeper", c -> c.await(Timers.sleep(Duration.ofHours(1))));
                          co.await(Timers.sleep(Duration.ofMinutes(1)));
                          throw new IOException("by the body");
                        }))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("by the body")
        .satisfies(
            e ->
                assertThat(e.getSuppressed()[0].toString())
                    .contains("-Dheddle.seed=42", "PT1M", "sleeper"));
  }

  @Test
  void aStandstillIsADeadlock() {
    assertThatThrownBy(() -> TestScheduler.run(co -> co.await(Queue.fifo().get())))
        .isInstanceOf(DeadlockException.class);
  }

  /** Else those that wait for their turn would wait for ever, and the test until its real limit. */
  @Test
  void whereWhoChoosesThrowsAllLoopsEnd() {
    Choices choices =
        Choices.by(
            (kind, n, who) -> {
              throw new IllegalStateException("no answer to '" + kind + "'");
            });
    TestScheduler.Builder test = TestScheduler.builder().choices(choices);
    assertThatThrownBy(
            () ->
                test.run(
                    (co, sim) -> {
                      for (String name : List.of("a", "b", "c")) {
                        sim.network().host(name).start(c -> c.await(new Event("never").await()));
                      }
                      co.await(Timers.sleep(Duration.ofHours(1)));
                    }))
        .hasStackTraceContaining("no answer to 'loop'");
    assertThat(LoggedFailures.taken()).isNotEmpty(); // who is asked at the end throws again
  }

  @Test
  void aTestThatGoesOnBeyondTheVirtualLimitFails() {
    assertThatThrownBy(
            () ->
                TestScheduler.builder()
                    .virtualLimit(Duration.ofMinutes(10))
                    .run(
                        co -> {
                          while (true) {
                            co.await(Timers.sleep(Duration.ofMinutes(1)));
                          }
                        }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("PT10M of virtual time")
        .satisfies(e -> assertThat(e.getSuppressed()[0].toString()).contains("main"));
  }
}
