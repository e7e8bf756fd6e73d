package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.heddle.fixtures.Holds;
import dev.heddle.pool.PollableQueue;
import dev.heddle.pool.TaskExecutor;
import dev.heddle.sync.PeriodicTimer;
import dev.heddle.sync.Queue;
import dev.heddle.trace.DeadlockCheck;
import dev.heddle.trace.TaskDump;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Durations about which a long of nanoseconds knows nothing: everywhere they mean very long. */
@Holds("Y9")
class DurationEdgesTest {
  /** A task that fails fails the run. */
  private static Scheduler strict() {
    return Scheduler.builder()
        .failureReporter(
            (task, failure) -> {
              throw new AssertionError(task + " failed", failure);
            })
        .build();
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#longOnes")
  void aLongTimeLimitDoesNotPass(Duration longest) {
    try (Scheduler scheduler = strict()) {
      Queue<String> queue = Queue.fifo();
      List<Task<?>> waiting =
          List.of(
              scheduler.spawn("sleep", () -> Task.await(Task.sleep(longest))),
              scheduler.spawn("within", () -> Task.await(queue.get().within(longest))),
              scheduler.spawn(
                  "scope",
                  () -> {
                    try (var scope = CancelScope.withTimeout(longest)) {
                      scope.moveDeadline(longest);
                      Duration left = scope.remaining();
                      assertThat(left).isNotNull().isPositive();
                      String _ = Task.await(queue.get());
                    }
                  }),
              scheduler.spawn(
                  "call",
                  () -> {
                    String _ = CancelScope.call(longest, () -> Task.await(queue.get()));
                  }),
              scheduler.spawn(
                  "call in coroutine style",
                  co -> {
                    String _ = CancelScope.call(co, longest, c -> c.await(queue.get()));
                  }),
              scheduler.spawn(
                  "run",
                  co ->
                      CancelScope.run(
                          co,
                          longest,
                          c -> {
                            String _ = c.await(queue.get());
                          })),
              scheduler.spawn(
                  "shielded",
                  () -> {
                    try (var _ = CancelScope.shielded(longest)) {
                      Task.await(Task.yield());
                    }
                    String _ = Task.await(queue.get());
                  }),
              scheduler.spawn(
                  "timer",
                  () -> {
                    try (PeriodicTimer timer = new PeriodicTimer(scheduler, longest)) {
                      assertThat(timer.stats().ticks()).isZero();
                      long _ = Task.await(timer.nextTick());
                    }
                  }));
      scheduler.spawn(
          "main",
          () -> {
            for (int i = 0; i < 3; i++) {
              Task.await(Task.sleep(Duration.ofNanos(1)));
            }
            assertThat(waiting).noneMatch(Task::isDone);
            assertThat(TaskDump.of(scheduler, longest).tasks()).hasSizeGreaterThan(7);
            scheduler.close();
          });
      scheduler.run();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#longOnes")
  void aLongGraceOrPeriodOrDelayIsAccepted(Duration longest) throws Exception {
    try (Scheduler scheduler = strict()) {
      DeadlockCheck.start(scheduler, longest);
      scheduler.spawn(
          "main",
          () -> {
            try (var scope = CancelScope.open()) {
              boolean _ = scope.cancel("by and by", longest);
              Task.await(Task.yield());
            }
            try (var group = TaskGroup.open()) {
              boolean _ = group.cancel("by and by", longest);
              Task.await(Task.yield());
            }
          });
      scheduler.run();
    }
    PollableQueue<String> queue = new PollableQueue<>("queue");
    queue.put("item");
    assertThat(queue.take(longest)).isEqualTo("item");
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#negativeOnes")
  void aNegativeDurationIsRefusedOrMeansNoTime(Duration negative) {
    try (Scheduler scheduler = strict()) {
      Queue<String> queue = Queue.fifo();
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> Timers.sleep(negative),
              () -> queue.get().within(negative),
              () -> new PeriodicTimer(scheduler, negative),
              () -> DeadlockCheck.start(scheduler, negative))) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
      }
      scheduler.spawn(
          "main",
          co -> {
            try (var scope = CancelScope.withTimeout(Duration.ofDays(1));
                var group = TaskGroup.open()) {
              for (ThrowingCallable call :
                  List.<ThrowingCallable>of(
                      () -> CancelScope.withTimeout(negative),
                      () -> CancelScope.shielded(negative),
                      () -> CancelScope.call(negative, () -> "never"),
                      () -> CancelScope.call(co, negative, c -> "never"),
                      () -> CancelScope.run(co, negative, c -> {}),
                      () -> scope.moveDeadline(negative),
                      () -> scope.cancel("by and by", negative),
                      () -> group.cancel("by and by", negative))) {
                assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a timeout of " + negative + ": must be 0 or more");
              }
              co.await(Task.yield()); // nothing was cancelled
            }
          });
      scheduler.run();
      assertThat(Timers.saturatedNanos(negative)).isNegative();
    }
    PollableQueue<String> empty = new PollableQueue<>("queue");
    assertThatThrownBy(() -> empty.take(negative)).isInstanceOf(TimeoutException.class);
  }

  @Test
  void anExecutorTakesTheLongestDelayAndPeriodThatALongCanHold() {
    try (Scheduler scheduler = strict()) {
      TaskExecutor executor = TaskExecutor.on(scheduler);
      var once = executor.schedule(() -> {}, Long.MAX_VALUE, TimeUnit.DAYS);
      var often =
          executor.scheduleAtFixedRate(() -> {}, Long.MAX_VALUE, Long.MAX_VALUE, TimeUnit.DAYS);
      assertThat(once.isDone() || often.isDone()).isFalse();
      scheduler.spawn(
          "main",
          () -> {
            Task.await(Task.sleep(Duration.ofNanos(1)));
            boolean _ = once.cancel(true);
            boolean _ = often.cancel(true);
            executor.shutdown();
          });
      scheduler.run();
    }
  }

  /** So that no new place forgets the edges. */
  @Test
  void theNanosecondsOfADurationThatAUserGivesAreAskedForInOnePlace() {
    ArchRuleDefinition.noClasses()
        .that()
        .doNotBelongToAnyOf(Timers.class)
        .and()
        .haveNameNotMatching(".*(HandoffCoroutine|JsonDump).*") // constants, and nanos of our own
        .should()
        .callMethod(Duration.class, "toNanos")
        .check(
            new ClassFileImporter()
                .importUrl(Scheduler.class.getProtectionDomain().getCodeSource().getLocation()));
  }
}
