package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Script;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskEvent;
import dev.heddle.scheduler.TaskEvent.What;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What an observer of tasks is told, when, and what becomes of one that fails. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ObserverTest {
  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<TaskEvent> heard = new ArrayList<>();

  private Scheduler observed(Consumer<TaskEvent> observer) {
    return kind.builder().clock(time).poller(time).observer(observer).build();
  }

  private List<String> told() {
    return heard.stream().map(TaskEvent::toString).toList();
  }

  private static final Script TWO_TURNS = co -> co.await(Task.yield());

  @Test
  void aTasksLifeIsToldFromItsStartToItsEnd() {
    try (Scheduler scheduler = observed(heard::add)) {
      kind.spawn(scheduler, "a", co -> co.await(Timers.sleep(Duration.ofSeconds(1))));
      scheduler.run();
    }
    assertThat(told())
        .containsExactly(
            "a SPAWNED", "a TURN", "a WAITS a sleep of PT1S", "a WOKEN", "a TURN", "a ENDED");
    assertThat(heard.getLast().task().state()).isEqualTo(Task.State.SUCCEEDED);
  }

  @Test
  void aTaskThatGivesUpItsTurnIsToldToAndIsNotWoken() {
    try (Scheduler scheduler = observed(heard::add)) {
      kind.spawn(scheduler, "a", TWO_TURNS);
      kind.spawn(scheduler, "b", TWO_TURNS);
      scheduler.run();
    }
    assertThat(told())
        .containsExactly(
            "a SPAWNED",
            "b SPAWNED", //
            "a TURN",
            "a GIVES_UP",
            "b TURN",
            "b GIVES_UP", //
            "a TURN",
            "a ENDED",
            "b TURN",
            "b ENDED");
  }

  @Test
  void whatATaskDoesToAnotherIsToldWhenItsTurnIsOverWithTheTimeAtWhichItHappened() {
    Event event = new Event("go");
    long start = time.nanoTime();
    try (Scheduler scheduler = observed(heard::add)) {
      kind.spawn(scheduler, "waiter", co -> co.await(event.await()));
      kind.spawn(
          scheduler,
          "setter",
          co -> {
            int before = heard.size();
            event.set();
            time.advance(Duration.ofNanos(7));
            assertThat(heard).hasSize(before);
          });
      scheduler.run();
    }
    assertThat(told().subList(2, 7))
        .containsExactly(
            "waiter TURN",
            "waiter WAITS event 'go' to be set",
            "setter TURN",
            "waiter WOKEN",
            "setter ENDED");
    assertThat(heard.get(5).nanos()).isEqualTo(start);
    assertThat(heard.get(6).nanos()).isEqualTo(start + 7);
  }

  @Test
  void theBeginningOfATurnIsToldBeforeIt() {
    try (Scheduler scheduler = observed(heard::add)) {
      kind.spawn(scheduler, "a", co -> assertThat(heard.getLast().what()).isEqualTo(What.TURN));
      scheduler.run();
    }
  }

  @Test
  void itIsCalledByTheLoopBetweenTwoTurns() {
    List<Boolean> inside = new ArrayList<>();
    try (Scheduler scheduler =
        observed(
            moment -> {
              inside.add(moment.task().scheduler().isInside());
              assertThatThrownBy(Task::current).isInstanceOf(WrongThreadException.class);
              heard.add(moment);
            })) {
      kind.spawn(scheduler, "a", TWO_TURNS);
      scheduler.run();
    }
    assertThat(inside).hasSize(5).containsOnly(true);
    assertThat(heard).hasSize(5);
  }

  @Test
  void aCancelledTaskIsToldToBeBeforeItIsWokenAndEnds() {
    Event never = new Event("never");
    try (Scheduler scheduler = observed(heard::add)) {
      Task<?> victim = kind.spawn(scheduler, "victim", co -> co.await(never.await()));
      kind.spawn(scheduler, "killer", co -> victim.cancel("enough"));
      scheduler.run();
    }
    assertThat(told().subList(3, told().size()))
        .containsExactly(
            "victim WAITS event 'never' to be set",
            "killer TURN",
            "victim CANCELLED",
            "victim WOKEN",
            "killer ENDED",
            "victim TURN",
            "victim ENDED");
    assertThat(heard.getLast().task().state()).isEqualTo(Task.State.CANCELLED);
  }

  @Test
  void aTaskThatComesOutOfAShieldedScopeIsToldAgainToBeCancelled() {
    try (Scheduler scheduler = observed(heard::add)) {
      kind.spawn(
          scheduler,
          "a",
          co -> {
            co.task().cancel("enough");
            try (var scope = CancelScope.shielded()) {
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
    assertThat(told())
        .containsExactly(
            "a SPAWNED", "a TURN", "a CANCELLED", "a GIVES_UP", "a TURN", "a CANCELLED", "a ENDED");
  }

  @Test
  void aBodyThatHasLeftAGroupWaitsForItAndThenEndsOutsideOfItsTurn() {
    Event never = new Event("never");
    try (Scheduler scheduler = observed(heard::add)) {
      kind.spawn(
          scheduler,
          "parent",
          co -> {
            TaskGroup<?> group = TaskGroup.open();
            kind.spawn(group, "child", c -> c.await(never.await()));
            co.await(Task.yield());
          });
      scheduler.run();
    }
    assertThat(heard)
        .filteredOn(m -> m.task().name().equals("parent"))
        .extracting(TaskEvent::what)
        .containsExactly(
            What.SPAWNED,
            What.TURN,
            What.GIVES_UP,
            What.TURN,
            What.CANCELLED,
            What.WAITS,
            What.ENDED);
    assertThat(told().subList(told().size() - 3, told().size()))
        .containsExactly("child TURN", "child ENDED", "parent ENDED");
  }

  @Test
  void whatHappensWhileTheSchedulerDoesNotRunIsToldInTheNextRun() {
    try (Scheduler scheduler = observed(heard::add)) {
      Task<?> task = kind.spawn(scheduler, "a", TWO_TURNS);
      assertThat(task.cancel("before its first turn")).isTrue();
      assertThat(heard).isEmpty();
    }
    assertThat(told()).containsExactly("a SPAWNED", "a CANCELLED", "a TURN", "a ENDED");
  }

  @Test
  void itMayUseTheScheduler() {
    List<String> trace = new ArrayList<>();
    Scheduler[] used = new Scheduler[1];
    try (Scheduler scheduler =
        observed(
            moment -> {
              if (moment.toString().equals("first ENDED")) {
                kind.spawn(used[0], "second", co -> trace.add("second"));
              }
            })) {
      used[0] = scheduler;
      kind.spawn(scheduler, "first", co -> trace.add("first"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("first", "second");
  }

  @Test
  void oneThatFailsIsDroppedAndReportedOnceAndTheTasksNoticeNothing() {
    List<String> trace = new ArrayList<>();
    Script twice =
        co -> {
          trace.add(co.task().name() + 1);
          co.await(Task.yield());
          trace.add(co.task().name() + 2);
        };
    try (LogRecords log = new LogRecords("dev.heddle");
        Scheduler scheduler =
            observed(
                moment -> {
                  heard.add(moment);
                  if (moment.what() == What.GIVES_UP) {
                    throw new AssertionError("on purpose");
                  }
                })) {
      kind.spawn(scheduler, "a", twice);
      kind.spawn(scheduler, "b", twice);
      scheduler.run();
      assertThat(log.atLeast(Level.INFO))
          .singleElement()
          .satisfies(
              record -> {
                assertThat(record.getMessage())
                    .isEqualTo("the observer of " + scheduler + " failed and hears no more of it");
                assertThat(record.getThrown()).hasMessage("on purpose");
              });
    }
    assertThat(told()).containsExactly("a SPAWNED", "b SPAWNED", "a TURN", "a GIVES_UP");
    assertThat(trace).containsExactly("a1", "b1", "a2", "b2");
  }
}
