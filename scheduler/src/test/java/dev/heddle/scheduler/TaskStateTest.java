package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be seen of a task, and how daemons and others decide when a run ends. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TaskStateTest {
  @Parameter Kind kind;

  private final List<Object> trace = new ArrayList<>();

  @Test
  void theStateIsRightAtEachPoint() {
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<String> promise = new Promise<>();
      Task<String> task =
          kind.submit(
              scheduler,
              "watched",
              co -> {
                trace.add(co.task().state());
                return co.await(promise);
              });
      assertThat(task.state()).isEqualTo(Task.State.READY);
      assertThat(task.isDone()).isFalse();
      kind.spawn(
          scheduler,
          "watcher",
          co -> {
            trace.add(task.state());
            assertThat(task.waitingFor()).isSameAs(promise);
            assertThatThrownBy(task::resultNow).isInstanceOf(IllegalStateException.class);
            promise.complete("result");
            trace.add(task.state());
            co.await(Task.yield());
            co.await(Task.yield());
            trace.add(task.state());
          });
      scheduler.run();
      assertThat(trace)
          .containsExactly(
              Task.State.RUNNING, Task.State.WAITING, Task.State.READY, Task.State.SUCCEEDED);
      assertThat(task.isDone()).isTrue();
      assertThat(task.waitingFor()).isNull();
      assertThat(task.resultNow()).isEqualTo("result");
      assertThatThrownBy(task::exceptionNow).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aTaskKnowsItselfInEachStyle() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?>[] seen = new Task<?>[2];
      Task<?> task =
          kind.spawn(
              scheduler,
              "self",
              co -> {
                seen[0] = co.task();
                seen[1] = Task.current();
              });
      scheduler.run();
      assertThat(seen).containsExactly(task, task);
    }
  }

  @Test
  void namesAndIdsAreGivenInOrder() {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      Task<?> named = kind.spawn(scheduler, "named", co -> {});
      Task<Void> anonymous = scheduler.spawn(() -> {});
      assertThat(named.id()).isEqualTo(1);
      assertThat(anonymous.id()).isEqualTo(2);
      assertThat(anonymous.name()).isEqualTo("task-2");
      assertThat(named).hasToString("task 'named' (READY)");
      assertThat(scheduler).hasToString("scheduler 'mill'");
      assertThat(scheduler.name()).isEqualTo("mill");
      assertThat(scheduler.tasks()).containsExactly(named, anonymous);
      scheduler.run();
      assertThat(scheduler.tasks()).isEmpty();
      assertThat(named).hasToString("task 'named' (SUCCEEDED)");
    }
  }

  @Test
  void tasksAreListedInTheOrderOfTheirSpawningWhateverEndedBetween() {
    try (Scheduler scheduler = kind.scheduler()) {
      for (int i = 0; i < 6; i++) {
        int n = i;
        kind.spawn(
            scheduler,
            "task " + i,
            co -> {
              for (int turn = 0; turn < (n % 2) * 5; turn++) {
                co.await(Task.yield());
              }
            });
      }
      kind.spawn(
          scheduler,
          "lister",
          co -> {
            co.await(Task.yield());
            trace.addAll(scheduler.tasks().stream().map(Task::name).toList());
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("task 1", "task 3", "task 5", "lister");
  }

  @Test
  void theRunEndsWhenOnlyDaemonsAreLeftAndCanBeCalledAgain() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> daemon =
          kind.spawn(
              scheduler.daemons(),
              "daemon",
              co -> {
                for (int i = 0; ; i++) {
                  trace.add("daemon " + i);
                  co.await(Task.yield());
                }
              });
      assertThat(daemon.isDaemon()).isTrue();
      assertThat(kind.spawn(scheduler, "first", co -> trace.add("first")).isDaemon()).isFalse();
      scheduler.run();
      assertThat(daemon.isDone()).isFalse();
      int before = trace.size();
      kind.spawn(scheduler, "second", co -> trace.add("second"));
      scheduler.run();
      assertThat(trace.subList(before, trace.size())).contains("second", "daemon " + (before - 1));
    }
  }

  @Test
  void aRunWithNothingToDoReturnsAtOnce() {
    try (Scheduler scheduler = kind.scheduler()) {
      scheduler.run();
      scheduler.run();
    }
  }

  @Test
  void aRunWithDaemonsOnlyReturnsAtOnce() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler.daemons(), "daemon", co -> co.await(new Promise<>()));
      scheduler.run();
    }
  }

  @Test
  void whatADaemonSpawnsByTheSchedulerIsNoDaemon() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler.daemons(),
          "daemon",
          co -> {
            kind.spawn(
                scheduler,
                "child",
                child -> {
                  co.task();
                  child.await(Task.yield());
                  trace.add("child is through");
                });
            co.await(new Promise<>());
          });
      kind.spawn(scheduler, "other", co -> co.await(Task.yield()));
      scheduler.run();
    }
    assertThat(trace).containsExactly("child is through");
  }
}
