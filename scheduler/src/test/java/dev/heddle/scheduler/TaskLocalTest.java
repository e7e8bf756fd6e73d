package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link TaskLocal}: promise D1. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TaskLocalTest {
  @Parameter Kind kind;

  private final List<Object> trace = new ArrayList<>();

  @Test
  @Holds("D1")
  void aChildGetsASnapshotAtSpawnAndChangesDoNotFlowBack() {
    TaskLocal<String> user = TaskLocal.withInitial(() -> "nobody");
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "parent",
          co -> {
            user.set("parent's");
            Task<?> child =
                kind.spawn(
                    scheduler,
                    "child",
                    other -> {
                      trace.add(user.get());
                      user.set("child's");
                      trace.add(user.get());
                    });
            user.set("parent's second");
            co.await(child.join());
            trace.add(user.get());
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("parent's", "child's", "parent's second");
  }

  @Test
  void twoTasksHaveTwoValuesAcrossTheirTurns() {
    TaskLocal<Object> connection = TaskLocal.withInitial(Object::new);
    try (Scheduler scheduler = kind.scheduler()) {
      for (int i = 0; i < 2; i++) {
        kind.spawn(
            scheduler,
            "task " + i,
            co -> {
              Object first = connection.get();
              co.await(Task.yield());
              assertThat(connection.get()).isSameAs(first);
              trace.add(first);
            });
      }
      scheduler.run();
    }
    assertThat(trace).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void aRemovedValueBeginsAnew() {
    TaskLocal<List<String>> list = TaskLocal.withInitial(ArrayList::new);
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            list.get().add("item");
            list.remove();
            trace.add(list.get());
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(List.of());
  }

  @Test
  void aSnapshotTakesTheValuesToAnotherThread() {
    TaskLocal<String> user = TaskLocal.withInitial(() -> "nobody");
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            user.set("me");
            TaskLocal.Snapshot mine = TaskLocal.snapshot();
            trace.add(
                co.await(
                    Promise.from(
                        CompletableFuture.supplyAsync(
                            () -> {
                              try {
                                return mine.call(
                                    () -> {
                                      String seen = user.get();
                                      user.set("other");
                                      return seen + ", " + user.get();
                                    });
                              } catch (Exception e) {
                                throw new AssertionError(e);
                              }
                            }))));
            trace.add(user.get());
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("me, other", "me");
  }

  @Test
  void outsideOfATaskThereIsNoValue() {
    assertThatThrownBy(TaskLocal.withInitial(() -> "x")::get)
        .isInstanceOf(WrongThreadException.class)
        .hasMessageStartingWith("TaskLocal.get outside of a task");
  }
}
