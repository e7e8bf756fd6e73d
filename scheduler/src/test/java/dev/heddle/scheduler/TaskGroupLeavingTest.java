package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link TaskGroup}: leaving its block, joined or not. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TaskGroupLeavingTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  private Children children;

  @BeforeEach
  void children() {
    children = new Children(kind, trace);
  }

  @Test
  void leavingWithoutJoinCancelsTheChildrenAndIsAnError() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            assertThatThrownBy(
                    () -> {
                      try (var group = TaskGroup.open()) {
                        children.sleeper(group, "child", HOUR);
                        co.await(Task.yield());
                        co.await(Task.yield());
                      }
                    })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was left without group.join()");
            co.await(Task.yield());
            trace.add("goes on");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("child is cancelled", "goes on");
  }

  @Test
  void noChildSurvivesTheBlockAlsoIfItTakesItsTimeToEnd() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> owner =
          kind.spawn(
              scheduler,
              "owner",
              co -> {
                try {
                  try (var group = TaskGroup.open()) {
                    kind.spawn(
                        group,
                        "child",
                        child -> {
                          try {
                            child.await(Timers.sleep(HOUR));
                          } finally {
                            try (var shield = CancelScope.shielded()) {
                              child.await(Timers.sleep(SECOND));
                            }
                            trace.add("child is through");
                          }
                        });
                    co.await(Task.yield());
                    co.await(Task.yield());
                    throw new IOException("body failed");
                  }
                } catch (IOException e) {
                  co.await(Task.yield());
                  trace.add("owner goes on");
                }
              });
      scheduler.run();
      assertThat(owner.state()).isEqualTo(Task.State.SUCCEEDED);
    }
    assertThat(trace).containsExactly("child is through", "owner goes on");
  }

  @Test
  void theOwnersEndWaitsForTheChildrenToo() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> owner =
          kind.spawn(
              scheduler,
              "owner",
              co -> {
                TaskGroup<?> group = TaskGroup.open();
                children.sleeper(group, "child", HOUR);
                co.await(Task.yield());
                co.await(Task.yield());
              });
      kind.spawn(
          scheduler,
          "joiner",
          co -> {
            co.await(owner.join());
            trace.add("owner has ended");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("child is cancelled", "owner has ended");
  }

  @Test
  void aWaitForTheTasksOfAGroupThatWasLeftBeginsWhenItBegins() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> owner =
          kind.spawn(
              scheduler,
              "owner",
              co -> {
                co.await(Timers.sleep(SECOND));
                try {
                  try (var group = TaskGroup.open()) {
                    kind.spawn(
                        group,
                        "child",
                        c -> {
                          try (var _ = CancelScope.shielded()) {
                            c.await(Timers.sleep(SECOND));
                          }
                        });
                  }
                } catch (IllegalStateException forgotten) {
                  co.await(Task.yield());
                }
              });
      kind.spawn(
          scheduler,
          "looks",
          co -> {
            co.await(Timers.sleep(SECOND.plusMillis(500)));
            trace.add(owner.waitingFor().describe());
            trace.add(Duration.ofNanos(scheduler.nanoTime() - owner.waitingSince));
          });
      scheduler.run();
    }
    assertThat(trace).element(1).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  @Holds("C4")
  void aDeadlineThatPassesWhileAGroupIsLeftFiresBeforeTheNextEventIsStarted() {
    Duration little = Duration.ofNanos(1_000); // too little for a look between two turns
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co ->
              assertThatThrownBy(
                      () -> {
                        try (var scope = CancelScope.withTimeout(little)) {
                          leavesAGroupWhoseChildTakes(little, co);
                          co.await(Task.yield());
                          trace.add("goes on");
                        }
                      })
                  .isInstanceOf(TimeoutException.class));
      scheduler.run();
    }
    assertThat(trace).isEmpty();
  }

  private void leavesAGroupWhoseChildTakes(Duration cost, Awaiter co) throws Exception {
    try {
      try (var group = TaskGroup.open()) {
        kind.spawn(group, "child", child -> takesToEnd(cost, child));
        co.await(Task.yield());
        throw new IOException("leaves");
      }
    } catch (IOException e) {
      assertThat(e).hasMessage("leaves");
    }
  }

  private void takesToEnd(Duration cost, Awaiter child) throws Exception {
    try {
      child.await(new Promise<Void>());
    } finally {
      time.advance(cost);
    }
  }
}
