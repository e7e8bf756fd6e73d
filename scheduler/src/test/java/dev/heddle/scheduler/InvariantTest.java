package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the kernel's class comments call an invariant, quoted from there, and tried from outside.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class InvariantTest {
  @Parameter Kind kind;

  private final List<String> trace = new ArrayList<>();

  private static final class Entry extends YieldEvent<String, RuntimeException> {
    private final WaitQueue queue;
    private Waiter waiter;

    Entry(WaitQueue queue) {
      this.queue = queue;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter begins) {
      waiter = begins;
      queue.add(begins);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter cancelled) {
      return queue.remove(cancelled);
    }

    @Override
    public String describe() {
      return "an entry";
    }
  }

  /** WaitQueue: "a waiter is woken only after it was taken out". */
  @Test
  void aWaiterIsWokenOnlyAfterItWasTakenOut() {
    WaitQueue queue = new WaitQueue();
    Entry entry = new Entry(queue);
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "waits", co -> trace.add(co.await(entry)));
      kind.spawn(
          scheduler,
          "wakes",
          co -> {
            assertThatThrownBy(() -> entry.waiter.wake("too early"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("take it out first");
            queue.poll().wake("in order");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("in order");
    assertThat(queue.isEmpty()).isTrue();
  }

  /** WaitQueue: "whoever stands in the queue waits": one whose wait was undone has left. */
  @Test
  void whoeverStandsInTheQueueWaits() {
    WaitQueue queue = new WaitQueue();
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> cancelled = kind.spawn(scheduler, "cancelled", co -> co.await(new Entry(queue)));
      Task<?> selects =
          kind.spawn(
              scheduler,
              "selects",
              co -> co.await(Select.any(new Entry(queue), Timers.sleep(Duration.ofHours(1)))));
      kind.spawn(
          scheduler,
          "looks",
          co -> {
            trace.add(queue.size() + " wait");
            cancelled.cancel("enough");
            trace.add(queue.size() + " waits");
            selects.cancel("enough");
            trace.add(queue.size() + " wait");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("2 wait", "1 waits", "0 wait");
    assertThat(queue.isEmpty()).isTrue();
  }

  /** TaskState: "after its end there is no body". */
  @Test
  void afterItsEndATaskHasNoBodyAndWaitsForNothing() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> ended = kind.spawn(scheduler, "ends", co -> co.await(Task.yield()));
      scheduler.run();
      assertThat(ended.coroutine).isNull();
      assertThat(ended.event()).isNull();
      assertThatThrownBy(() -> ended.wake("late"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("waits for nothing");
    }
  }

  /**
   * TaskScopes: "a task's own scopes come before those of other tasks, its root is the outermost".
   */
  @Test
  void aTasksOwnScopesComeBeforeThoseOfOtherTasks() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              Task<?> child =
                  kind.spawn(
                      group,
                      "child",
                      inner -> {
                        try (var scope = CancelScope.shielded()) {
                          Task.current().cancel("makes the root");
                          trace.add(hosts(Task.current()));
                          trace.add(String.valueOf(TaskScopes.reaching(scope) == null));
                        }
                      });
              co.await(group.join());
              assertThat(child.isDone()).isTrue();
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("child child owner", "true");
  }

  private static String hosts(Task<?> task) {
    List<String> hosts = new ArrayList<>();
    for (CancelScope<?> scope = task.scope; scope != null; scope = scope.parent) {
      hosts.add(scope.host.name());
    }
    return String.join(" ", hosts);
  }

  /** CancelScope: "one that is cancelled for good has no deadline". */
  @Test
  void aScopeThatIsCancelledForGoodHasNoDeadline() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "host",
          co -> {
            CancelScope<?> scope = CancelScope.open();
            scope.cancel("softly", Duration.ofHours(1));
            trace.add(scope.isCancelled() + " " + scope.hasDeadline());
            scope.cancel("for good");
            trace.add(scope.isCancelled() + " " + scope.hasDeadline());
            scope.close();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("true true", "true false");
  }

  /** Loop: "an event completes at once at most 128 times in a turn". */
  @Test
  void anEventCompletesAtOnceAtMost128TimesInATurn() {
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<String> done = new Promise<>();
      done.complete("done");
      int[] completed = {0};
      kind.spawn(
          scheduler,
          "busy",
          co -> {
            while (completed[0] < 1000) {
              co.await(done);
              completed[0]++;
            }
          });
      kind.spawn(scheduler, "other", co -> trace.add("after " + completed[0]));
      scheduler.run();
    }
    assertThat(trace).hasSize(1);
    assertThat(Integer.parseInt(trace.getFirst().substring(6))).isBetween(1, 128);
  }

  private static final class Indescribable extends YieldEvent<String, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {}

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      return true;
    }

    @Override
    public String describe() {
      throw new UnsupportedOperationException("no words");
    }
  }

  @Test
  void anEventThatCannotDescribeItselfHarmsNobody() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> cancelled = kind.spawn(scheduler, "cancelled", co -> co.await(new Indescribable()));
      kind.spawn(
          scheduler,
          "late",
          co -> {
            try {
              co.await(new Indescribable().within(Duration.ofNanos(1)));
            } catch (TimeoutException e) {
              trace.add(e.getMessage());
            }
            cancelled.cancel("enough");
          });
      scheduler.run();
      assertThat(cancelled.exceptionNow())
          .hasMessageContaining("cannot describe itself: java.lang");
    }
    assertThat(trace).hasSize(1);
    assertThat(trace.getFirst()).contains("which cannot describe itself: java.lang");
  }
}
