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

/** {@link TaskGroup}: promises G1 to G6 and G9. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TaskGroupTest {
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
  @Holds("G1")
  void aGroupEndsOnlyWhenAllItsChildrenHaveAndAcceptsNoneAfterwards() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              children.sleeper(group, "a", SECOND);
              children.sleeper(group, "b", SECOND.multipliedBy(2));
              co.await(group.join());
              trace.add("joined");
              assertThatThrownBy(() -> children.sleeper(group, "c", SECOND))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("accepts no more tasks");
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("a is through", "b is through", "joined");
  }

  @Test
  @Holds("G2")
  void theFirstFailingChildCancelsTheSiblingsAndTheOthersAreSuppressedInIt() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co ->
              assertThatThrownBy(
                      () -> {
                        try (var group = TaskGroup.open()) {
                          children.failing(group, "first", SECOND);
                          children.sleeper(group, "sibling", HOUR);
                          kind.spawn(
                              group,
                              "second",
                              child -> {
                                try {
                                  child.await(Timers.sleep(HOUR));
                                } finally {
                                  throwIo("second failed");
                                }
                              });
                          co.await(group.join());
                        }
                      })
                  .isInstanceOf(IOException.class)
                  .hasMessage("first failed")
                  .satisfies(
                      e ->
                          assertThat(e.getSuppressed())
                              .singleElement()
                              .satisfies(s -> assertThat(s).hasMessage("second failed"))));
      scheduler.run();
    }
    assertThat(trace).containsExactly("sibling is cancelled");
  }

  private static void throwIo(String message) throws IOException {
    throw new IOException(message);
  }

  @Test
  @Holds("G2")
  void theFirstFailingChildCancelsTheBodyWhichLearnsTheFailure() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            assertThatThrownBy(
                    () -> {
                      try (var group = TaskGroup.open()) {
                        children.failing(group, "child", SECOND);
                        co.await(Timers.sleep(HOUR));
                      }
                    })
                .isInstanceOf(IOException.class)
                .hasMessage("child failed");
            co.await(Task.yield());
            trace.add("goes on");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("goes on");
  }

  @Test
  void aTimeoutInsideOfTheBlockStopsTheJoinAndLeavesTheChildrenAlone() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              children.sleeper(group, "child", SECOND.multipliedBy(2));
              assertThatThrownBy(
                      () -> {
                        try (var _ = CancelScope.withTimeout(SECOND)) {
                          co.await(group.join());
                        }
                      })
                  .isInstanceOf(TimeoutException.class);
              trace.add("goes on");
              co.await(group.join());
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("goes on", "child is through");
  }

  @Test
  void aShieldedJoinGivesItsResultThoughTheChildrenAreCancelledFromOutside() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> owner =
          kind.spawn(
              scheduler,
              "owner",
              co -> {
                try (var group = TaskGroup.open()) {
                  children.sleeper(group, "child", HOUR);
                  try (var _ = CancelScope.shielded()) {
                    co.await(group.join());
                    trace.add("joined");
                  }
                  co.await(Task.yield());
                  trace.add("not reached");
                }
              });
      kind.spawn(
          scheduler,
          "cancels",
          co -> {
            co.await(Timers.sleep(SECOND));
            owner.cancel("enough");
          });
      scheduler.run();
      assertThat(owner.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("child is cancelled", "joined");
  }

  @Test
  @Holds("G3")
  void childrenLiveUnderTheScopesInForceWhereTheGroupWasOpened() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co ->
              assertThatThrownBy(
                      () -> {
                        try (var scope = CancelScope.withTimeout(SECOND)) {
                          try (var group = TaskGroup.open()) {
                            try (var shield = CancelScope.shielded()) {
                              children.sleeper(group, "child", HOUR);
                            }
                            co.await(group.join());
                          }
                        }
                      })
                  .isInstanceOf(TimeoutException.class));
      scheduler.run();
    }
    assertThat(trace).containsExactly("child is cancelled");
  }

  @Test
  @Holds("G4")
  void spawnOnACancelledGroupThrowsAndTheBodyNeverStarts() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              group.cancel("enough");
              assertThatThrownBy(() -> children.sleeper(group, "late", SECOND))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("is cancelled and accepts no more tasks");
              co.await(group.join());
            }
          });
      scheduler.run();
    }
    assertThat(trace).isEmpty();
  }

  @Test
  @Holds("G5")
  void cancelIsIdempotentAndEndsTheBlockWithoutAnErrorOfItsOwn() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> owner =
          kind.spawn(
              scheduler,
              "owner",
              co -> {
                try (var group = TaskGroup.open()) {
                  children.sleeper(group, "child", HOUR);
                  co.await(Task.yield());
                  trace.add(group.cancel("enough"));
                  trace.add(group.cancel("enough"));
                  co.await(group.join());
                }
                co.await(Task.yield());
              });
      scheduler.run();
      assertThat(owner.state()).isEqualTo(Task.State.SUCCEEDED);
    }
    assertThat(trace).containsExactly(true, false, "child is cancelled");
  }

  @Test
  @Holds("G6")
  void cancelledFromOutsideWhileJoiningTheOutsideCancellationGoesOn() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> owner =
          kind.spawn(
              scheduler,
              "owner",
              co -> {
                try (var group = TaskGroup.open()) {
                  children.sleeper(group, "child", HOUR);
                  co.await(group.join());
                  trace.add("must not come here");
                }
              });
      kind.spawn(
          scheduler,
          "other",
          co -> {
            co.await(Task.yield());
            owner.cancel("enough");
          });
      scheduler.run();
      assertThat(owner.state()).isEqualTo(Task.State.CANCELLED);
      assertThat(owner.exceptionNow()).hasMessageContaining("enough, by task 'other'");
    }
    assertThat(trace).containsExactly("child is cancelled");
  }

  @Test
  @Holds("G6")
  void aChildsFailureWinsOverAnOutsideCancellation() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> owner =
          kind.spawn(
              scheduler,
              "owner",
              co -> {
                try (var group = TaskGroup.open()) {
                  kind.spawn(
                      group,
                      "child",
                      child -> {
                        try {
                          child.await(Timers.sleep(HOUR));
                        } finally {
                          throwIo("cleanup failed");
                        }
                      });
                  co.await(group.join());
                }
              });
      kind.spawn(
          scheduler,
          "other",
          co -> {
            co.await(Task.yield());
            co.await(Task.yield());
            owner.cancel("enough");
            assertThatThrownBy(() -> co.await(owner.join()))
                .isInstanceOf(IOException.class)
                .hasMessage("cleanup failed");
          });
      scheduler.run();
    }
  }

  @Test
  void joiningTwiceGivesTheSame() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              Task<?> child = children.failing(group, "child", SECOND);
              for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> co.await(group.join())).hasMessage("child failed");
              }
              assertThat(child.exceptionNow()).hasMessage("child failed");
            }
          });
      scheduler.run();
    }
  }

  @Test
  void aTimeoutOfJoinStopsWaitingOnly() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              children.sleeper(group, "child", SECOND.multipliedBy(2));
              assertThatThrownBy(() -> co.await(group.join().within(SECOND)))
                  .isInstanceOf(TimeoutException.class);
              co.await(group.join());
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("child is through");
  }

  @Test
  void onlyTheTaskThatOpenedItMayJoin() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              kind.spawn(
                  group,
                  "child",
                  child ->
                      assertThatThrownBy(() -> child.await(group.join()))
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("which only the task may that opened it"));
              co.await(group.join());
            }
          });
      scheduler.run();
    }
  }

  @Test
  void groupsNestAndACancellationReachesTheGrandchildren() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> owner =
          kind.spawn(
              scheduler,
              "owner",
              co -> {
                try (var group = TaskGroup.open()) {
                  kind.spawn(
                      group,
                      "child",
                      child -> {
                        try (var inner = TaskGroup.open()) {
                          children.sleeper(inner, "grandchild", HOUR);
                          child.await(inner.join());
                        }
                      });
                  co.await(group.join());
                }
              });
      kind.spawn(
          scheduler,
          "other",
          co -> {
            co.await(Timers.sleep(SECOND));
            owner.cancel("enough");
          });
      scheduler.run();
      assertThat(owner.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("grandchild is cancelled");
  }
}
