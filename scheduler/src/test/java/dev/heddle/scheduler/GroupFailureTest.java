package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Who hears of the failures of a group's children: promise Y4, and the policy of a supervisor. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class GroupFailureTest {
  @Parameter Kind kind;

  private final List<String> reports = new ArrayList<>();
  private final List<Object> trace = new ArrayList<>();

  private Scheduler scheduler() {
    return kind.builder()
        .failureReporter((name, thrown) -> reports.add(name + ": " + told(thrown)))
        .build();
  }

  private static void fail(String message) throws IOException {
    throw new IOException(message);
  }

  private void failing(TaskGroup<?> group, String name) {
    kind.spawn(group, name, child -> fail(name));
  }

  /** A child that fails only when it is cancelled. */
  private void failingLate(TaskGroup<?> group, String name) {
    kind.spawn(
        group,
        name,
        child -> {
          try {
            child.await(new Promise<>());
          } finally {
            fail(name);
          }
        });
  }

  /** The messages of a failure and of all that is suppressed in it, but for forgotten joins. */
  private static String told(Throwable thrown) {
    List<String> messages = new ArrayList<>();
    tell(thrown, messages);
    return String.join(", ", messages);
  }

  private static void tell(Throwable thrown, List<String> messages) {
    if (!thrown.getMessage().contains("left without group.join()")) {
      messages.add(thrown.getMessage());
    }
    for (Throwable each : thrown.getSuppressed()) {
      tell(each, messages);
    }
  }

  @CanIgnoreReturnValue
  private Task<?> owner(Scheduler scheduler, Script script) {
    return kind.spawn(scheduler, "owner", script::run);
  }

  private interface Script {
    void run(Awaiter co) throws Exception;
  }

  @Test
  @Holds("Y4")
  void aFailureThatTheOwnerWillHearIsNotReportedWhileASiblingStillEnds() {
    try (Scheduler scheduler = scheduler()) {
      owner(
          scheduler,
          co -> {
            try {
              try (var group = TaskGroup.open()) {
                failing(group, "fails");
                kind.spawn(
                    group,
                    "cleans up",
                    child -> {
                      try {
                        child.await(new Promise<>());
                      } finally {
                        try (var scope = CancelScope.shielded()) {
                          for (int i = 0; i < 4; i++) {
                            System.gc();
                            child.await(Task.yield());
                          }
                        }
                      }
                    });
                co.await(group.join());
              }
            } catch (IOException e) {
              trace.add("owner caught " + told(e));
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("owner caught fails");
    assertThat(reports).isEmpty();
  }

  @Test
  @Holds("Y4")
  void whoSpawnsInAFailedGroupLearnsWhyItFailed() {
    try (Scheduler scheduler = scheduler()) {
      owner(
          scheduler,
          co ->
              assertThatThrownBy(
                      () -> {
                        try (var group = TaskGroup.open()) {
                          failing(group, "important");
                          try (var scope = CancelScope.shielded()) {
                            co.await(Task.yield());
                          }
                          kind.spawn(group, "late", child -> {});
                        }
                      })
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("task 'important' of its group failed")
                  .cause()
                  .hasMessage("important"));
      scheduler.run();
    }
    assertThat(reports).isEmpty();
  }

  /** Does not hold what is suppressed in it. */
  private static final class Closed extends Exception {
    Closed(String message) {
      super(message, null, false, true);
    }
  }

  @Test
  @Holds("Y4")
  void aSecondFailureThatTheFirstCannotHoldIsReported() {
    try (Scheduler scheduler = scheduler()) {
      owner(
          scheduler,
          co ->
              assertThatThrownBy(
                      () -> {
                        try (var group = TaskGroup.open()) {
                          kind.spawn(
                              group,
                              "first",
                              child -> {
                                throw new Closed("first");
                              });
                          failing(group, "second");
                          failing(group, "third");
                          co.await(group.join());
                        }
                      })
                  .hasMessage("first"));
      scheduler.run();
    }
    assertThat(reports).containsExactly("second: second", "third: third");
  }

  @Test
  @Holds("Y4")
  void whatAChildFailsWithWhenItsGroupIsCancelledIsThrownByTheClose() {
    try (Scheduler scheduler = scheduler()) {
      owner(
          scheduler,
          co -> {
            try (var group = TaskGroup.open()) {
              failingLate(group, "late");
              failingLate(group, "later");
              co.await(Task.yield());
              group.cancel("enough");
            }
            co.await(Task.yield());
          });
      scheduler.run();
    }
    assertThat(reports).containsExactly("owner: late, later");
  }

  @Test
  @Holds("Y4")
  void whatAChildFailsWithLateIsSuppressedInWhatLeavesTheBlock() {
    try (Scheduler scheduler = scheduler()) {
      owner(
          scheduler,
          co -> {
            try (var group = TaskGroup.open()) {
              failingLate(group, "late");
              co.await(Task.yield());
              fail("own");
            }
          });
      scheduler.run();
    }
    assertThat(reports).containsExactly("owner: own, late");
  }

  @Test
  @Holds("Y4")
  void aLateFailureWinsOverTheCancellationOfTheOwner() {
    try (Scheduler scheduler = scheduler()) {
      Task<?> owner =
          owner(
              scheduler,
              co -> {
                try (var group = TaskGroup.open()) {
                  failingLate(group, "late");
                  co.await(new Promise<>());
                }
              });
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            co.await(Task.yield());
            owner.cancel("enough");
          });
      scheduler.run();
      assertThat(owner.state()).isEqualTo(Task.State.FAILED);
    }
    assertThat(reports).containsExactly("owner: late");
  }

  @Test
  @Holds("Y4")
  void whoSwallowsTheCancellationOfItsGroupMeetsTheFailureThatItHides() {
    try (Scheduler scheduler = scheduler()) {
      owner(
          scheduler,
          co -> {
            TaskGroup<?>[] opened = {null};
            try {
              try (var group = TaskGroup.open()) {
                opened[0] = group;
                failingLate(group, "late");
                kind.spawn(group, "canceller", child -> group.cancel(""));
                co.await(new Promise<>());
              }
            } catch (Cancelled cancelled) {
              opened[0].swallow(cancelled); // throws it, unless the style cannot wait in close
            }
            co.await(Task.yield());
            trace.add("never");
          });
      scheduler.run();
    }
    assertThat(trace).isEmpty();
    assertThat(reports).containsExactly("owner: late");
  }

  @Test
  @Holds("Y4")
  void whatASettlingGroupWasNotAskedForIsThrownWhenItIsLeft() {
    try (Scheduler scheduler = scheduler()) {
      owner(
          scheduler,
          co -> {
            try (var group = TaskGroup.settle()) {
              failing(group, "given");
              failing(group, "not given");
              co.await(group.next());
              co.await(Task.yield());
              fail("own");
            }
          });
      scheduler.run();
    }
    assertThat(reports).containsExactly("owner: own, not given");
  }

  @Test
  @Holds("G8")
  void aFailureInASupervisorDisturbsNobodyAndIsReportedAtOnce() {
    try (Scheduler scheduler = scheduler()) {
      owner(
          scheduler,
          co -> {
            try (var group = TaskGroup.supervisor()) {
              failing(group, "fails");
              kind.spawn(
                  group,
                  "goes on",
                  child -> {
                    for (int i = 0; i < 3; i++) {
                      child.await(Task.yield());
                    }
                    trace.add("child after " + reports);
                  });
              co.await(group.join());
              trace.add("joined");
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("child after [fails: fails]", "joined");
    assertThat(reports).containsExactly("fails: fails");
  }

  @Test
  @Holds("G8")
  void aSupervisorKeepsNothingOfAChildThatHasEnded() {
    List<WeakReference<Task<?>>> ended = new ArrayList<>();
    try (Scheduler scheduler = scheduler()) {
      owner(
          scheduler,
          co -> {
            try (var group = TaskGroup.supervisor()) {
              ended.add(new WeakReference<>(kind.spawn(group, "ends", child -> {})));
              ended.add(new WeakReference<>(kind.spawn(group, "fails", child -> fail("f"))));
              for (int i = 0; i < 5; i++) {
                co.await(Task.yield());
              }
              Until.collected(
                  "both are garbage while the group is open",
                  () -> ended.stream().allMatch(each -> each.get() == null));
              assertThatThrownBy(() -> group.next())
                  .hasMessageContaining("keeps no tasks that have ended");
              co.await(group.join());
            }
          });
      scheduler.run();
    }
    assertThat(reports).containsExactly("fails: f");
  }
}
