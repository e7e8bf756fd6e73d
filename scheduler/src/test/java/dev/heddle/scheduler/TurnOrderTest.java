package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.scheduler.view.TurnOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The door by which a test kit orders the turns. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TurnOrderTest {
  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<String> said = new ArrayList<>();

  private Scheduler steered(TurnOrder order) {
    SchedulerBuilder builder = kind.builder().clock(time).poller(time);
    KernelView.get().steer(builder, order);
    return builder.build();
  }

  private void spawnThree(Scheduler scheduler) {
    for (String name : List.of("a", "b", "c")) {
      kind.spawn(
          scheduler,
          name,
          co -> {
            said.add(name + 1);
            co.await(Task.yield());
            said.add(name + 2);
          });
    }
  }

  @Test
  void anOrderThatTakesTheFirstIsFirstInFirstOut() {
    try (Scheduler scheduler = steered(ready -> 0)) {
      spawnThree(scheduler);
      scheduler.run();
    }
    assertThat(said).containsExactly("a1", "b1", "c1", "a2", "b2", "c2");
  }

  @Test
  void anOrderMayLetATaskOvertakeAllOthersAndTheirOrderStays() {
    try (Scheduler scheduler = steered(ready -> ready.size() - 1)) {
      spawnThree(scheduler);
      scheduler.run();
    }
    assertThat(said).containsExactly("c1", "c2", "b1", "b2", "a1", "a2");
  }

  @Test
  void anOrderSeesTheTasksAtTheirPlaces() {
    List<String> seen = new ArrayList<>();
    TurnOrder order =
        ready -> {
          for (int i = 0; i < ready.size(); i++) {
            seen.add(ready.get(i).name());
          }
          return Math.min(1, ready.size() - 1);
        };
    try (Scheduler scheduler = steered(order)) {
      spawnThree(scheduler);
      scheduler.run();
    }
    assertThat(seen.subList(0, 6)).containsExactly("a", "b", "c", "a", "c", "b");
    assertThat(said).startsWith("b1", "c1", "b2");
  }

  @Test
  void aDeadlinePassesBeforeAReadyTaskIfTheOrderMovesTheClockAndLooks() {
    TurnOrder order =
        ready -> {
          if (ready.nanosUntilDeadline() == Long.MAX_VALUE || ready.nanosUntilDeadline() == 0) {
            return 0;
          }
          time.advanceNanos(ready.nanosUntilDeadline());
          return TurnOrder.LOOK;
        };
    try (Scheduler scheduler = steered(order)) {
      kind.spawn(
          scheduler,
          "sleeper",
          co -> {
            co.await(Timers.sleep(Duration.ofHours(1)));
            said.add("slept");
          });
      kind.spawn(
          scheduler,
          "busy",
          co -> {
            for (int i = 0; i < 3; i++) {
              said.add("busy" + i);
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
    assertThat(said).contains("slept");
    assertThat(said.getLast()).isNotEqualTo("slept");
  }

  @Test
  void aTaskMayBeCancelledBetweenTwoTurns() {
    Task<?>[] victim = new Task<?>[1];
    TurnOrder order =
        ready -> {
          if (said.size() == 3) {
            victim[0].cancel("by the order");
          }
          return 0;
        };
    try (Scheduler scheduler = steered(order)) {
      victim[0] =
          kind.spawn(
              scheduler,
              "victim",
              co -> {
                said.add("victim");
                co.await(Timers.sleep(Duration.ofHours(1)));
                said.add("awake");
              });
      spawnThree(scheduler);
      scheduler.run();
    }
    assertThat(said).hasSize(7).doesNotContain("awake");
    assertThat(victim[0].state()).isEqualTo(Task.State.CANCELLED);
  }

  @Test
  void aPlaceThatDoesNotExistEndsTheRun() {
    boolean[] wrong = {true};
    try (Scheduler scheduler = steered(ready -> wrong[0] ? ready.size() : 0)) {
      spawnThree(scheduler);
      assertThatThrownBy(scheduler::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the order of turns has chosen place 3 of 3 ready tasks");
      wrong[0] = false;
    }
  }
}
