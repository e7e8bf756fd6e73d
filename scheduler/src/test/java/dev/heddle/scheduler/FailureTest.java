package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** S10, and what becomes of failures that nobody joins. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class FailureTest {
  @Parameter Kind kind;

  private final List<String> reports = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();

  /** Tasks that are not garbage, which would be reported at once. */
  private final List<Task<?>> kept = new ArrayList<>();

  private Scheduler scheduler() {
    return kind.builder()
        .failureReporter((name, thrown) -> reports.add(name + ": " + thrown.getMessage()))
        .build();
  }

  @Test
  @Holds("S10")
  void aFailingTaskStopsNeitherTheLoopNorAnotherTask() {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(
          scheduler,
          "failing",
          co -> {
            co.await(Task.yield());
            throw new IOException("checked");
          });
      kind.spawn(
          scheduler,
          "other",
          co -> {
            for (int i = 0; i < 5; i++) {
              co.await(Task.yield());
            }
            trace.add("other is through");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("other is through");
    assertThat(reports).containsExactly("failing: checked");
  }

  @Test
  @Holds("S10")
  void anOutOfMemoryErrorInOneTaskEndsThatTask() {
    try (Scheduler scheduler = scheduler()) {
      Task<?> task =
          kind.spawn(
              scheduler,
              "greedy",
              co -> {
                co.await(Task.yield());
                throw new OutOfMemoryError("artificial");
              });
      kind.spawn(scheduler, "other", co -> otherTurns(co::await));
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.FAILED);
    }
    assertThat(trace).containsExactly("other is through");
  }

  /** A row of failures is no storm of stack traces, and none is lost from the count. */
  @Test
  void ofAThousandFailuresOfOneKindTheDefaultReporterLogsAFewAndCountsTheOthers() {
    try (LogRecords log = new LogRecords("dev.heddle");
        Scheduler scheduler = Scheduler.builder().engine(kind.engine()).build()) {
      for (int i = 0; i < 1000; i++) {
        kind.spawn(
            scheduler,
            "client",
            co -> {
              throw new IOException("reset");
            });
      }
      kind.spawn(
          scheduler,
          "other",
          co -> {
            throw new IllegalStateException("of another kind");
          });
      scheduler.run();
      List<String> records = log.atLeast(Level.SEVERE).stream().map(LogRecord::getMessage).toList();
      long logged = records.stream().filter("task 'client' failed"::equals).count();
      long counted =
          records.stream()
              .filter(r -> r.endsWith("more tasks failed by a java.io.IOException; see above"))
              .mapToLong(r -> Long.parseLong(r.substring(0, r.indexOf(' '))))
              .sum();
      assertThat(logged + counted).isEqualTo(1000);
      assertThat(logged).isLessThan(500);
      assertThat(records).contains("task 'other' failed");
    }
  }

  @Test
  void aStackOverflowInOneTaskEndsThatTask() {
    try (Scheduler scheduler = scheduler()) {
      Task<?> task = kind.spawn(scheduler, "deep", co -> trace.add("never " + deeper(0)));
      kind.spawn(scheduler, "other", co -> otherTurns(co::await));
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.FAILED);
      assertThat(task.exceptionNow()).isInstanceOf(StackOverflowError.class);
    }
    assertThat(trace).containsExactly("other is through");
  }

  private interface Awaits {
    Object await(YieldEvent<Void, RuntimeException> event);
  }

  private void otherTurns(Awaits co) {
    for (int i = 0; i < 5; i++) {
      co.await(Task.yield());
    }
    trace.add("other is through");
  }

  @SuppressWarnings("InfiniteRecursion") // that is the point
  private static int deeper(int n) {
    return deeper(n + 1) + 1;
  }

  @Test
  @Holds("Y3")
  void whatAHookOfAnEventThrowsIsThrownAtTheAwait() {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            assertThatThrownBy(() -> co.await(new Broken(false))).hasMessage("handleYield");
            assertThatThrownBy(() -> co.await(new Broken(true))).hasMessage("handleResume");
            trace.add("goes on");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("goes on");
  }

  @Test
  @Holds("Y4")
  void theFailureOfASpawnedTaskIsReportedAtOnceThoughItsHandleIsHeld() {
    try (Scheduler scheduler = scheduler()) {
      Task<?> held = failing(scheduler, "spawned");
      kind.spawn(
          scheduler,
          "other",
          co -> {
            trace.addAll(reports);
            assertThatThrownBy(() -> co.await(held.join())).hasMessage("boom");
          });
      scheduler.run();
    }
    assertThat(trace).as("before the next task's turn").containsExactly("spawned: boom");
    assertThat(reports).as("once").containsExactly("spawned: boom");
  }

  @Test
  @Holds("Y4")
  void whoWaitsForTheEndOfASpawnedTaskHearsOfItsFailureAndNobodyElse() {
    try (Scheduler scheduler = scheduler()) {
      Task<?> failing =
          kind.spawn(
              scheduler,
              "failing",
              co -> {
                co.await(Task.yield());
                throwBoom();
              });
      kind.spawn(
          scheduler,
          "joiner",
          co -> assertThatThrownBy(() -> co.await(failing.join())).hasMessage("boom"));
      scheduler.run();
    }
    assertThat(reports).isEmpty();
  }

  @Test
  @Holds("Y4")
  void theFailureOfASubmittedTaskThatNobodyJoinedIsReportedOnceAtTheEndOfTheRun() {
    try (Scheduler scheduler = scheduler()) {
      kept.add(submitted(scheduler, "first"));
      kept.add(submitted(scheduler, "second"));
      kind.spawn(scheduler, "other", co -> trace.addAll(reports));
      scheduler.run();
      assertThat(reports).containsExactly("first: boom", "second: boom");
      kind.spawn(scheduler, "later", co -> trace.add("later"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("later");
    assertThat(reports).containsExactly("first: boom", "second: boom");
  }

  @Test
  @Holds("Y4")
  void aSubmittedFailureThatIsJoinedLaterIsNotReported() {
    try (Scheduler scheduler = scheduler()) {
      Task<?> failing = submitted(scheduler, "failing");
      kind.spawn(
          scheduler,
          "joiner",
          co -> {
            co.await(Task.yield());
            assertThatThrownBy(() -> co.await(failing.join())).hasMessage("boom");
          });
      scheduler.run();
    }
    assertThat(reports).isEmpty();
  }

  @Test
  void askingForTheExceptionCountsAsAJoin() {
    try (Scheduler scheduler = scheduler()) {
      Task<?> failing = submitted(scheduler, "failing");
      kind.spawn(
          scheduler,
          "asker",
          co -> {
            co.await(Task.yield());
            assertThat(failing.exceptionNow()).hasMessage("boom");
          });
      scheduler.run();
    }
    assertThat(reports).isEmpty();
  }

  @Test
  void aCancellationIsNotReported() {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(
          scheduler,
          "cancelled",
          co -> {
            co.task().cancel("enough");
            co.await(Task.yield());
          });
      scheduler.run();
    }
    assertThat(reports).isEmpty();
  }

  /** A server runs for ever: it must not wait for the end of the run to hear of a failure. */
  @Test
  void aSubmittedFailureIsReportedDuringTheRunOnceItsTaskIsGarbage() {
    try (Scheduler scheduler = scheduler()) {
      submitted(scheduler, "forgotten");
      Task<?> kept = submitted(scheduler, "kept");
      kind.spawn(
          scheduler,
          "server",
          co -> {
            long start = System.nanoTime();
            while (reports.isEmpty() && System.nanoTime() - start < 20_000_000_000L) {
              System.gc();
              co.await(Task.yield());
            }
            trace.addAll(reports);
            assertThatThrownBy(() -> co.await(kept.join())).hasMessage("boom");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("forgotten: boom");
    assertThat(reports).containsExactly("forgotten: boom");
  }

  @Test
  void aTaskThatHasEndedIsGarbageEvenWhenItFailed() {
    try (Scheduler scheduler = scheduler()) {
      var gone = new java.lang.ref.WeakReference<Task<?>>(failing(scheduler, "failing"));
      kind.spawn(scheduler, "another has the last turn", co -> co.await(Task.yield()));
      scheduler.run();
      Until.collected("the task is garbage", () -> gone.get() == null);
    }
  }

  @Test
  void aFailureOnTheWayOutOfACloseIsReportedToo() {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(
          scheduler,
          "fails while it is closed",
          co -> {
            try {
              co.await(new Promise<>());
            } finally {
              throwBoom();
            }
          });
      kind.spawn(
          scheduler,
          "closer",
          co -> {
            scheduler.close();
          });
      scheduler.run();
    }
    assertThat(reports).containsExactly("fails while it is closed: boom");
  }

  @Test
  void aReporterThatThrowsLeavesTheSchedulerUsable() {
    boolean[] broken = {true};
    try (Scheduler scheduler =
        kind.builder()
            .failureReporter(
                (name, thrown) -> {
                  if (broken[0]) {
                    throw new IllegalStateException("the reporter is broken");
                  }
                })
            .build()) {
      Promise<Void> never = new Promise<>();
      kind.spawn(scheduler.daemons(), "daemon", co -> co.await(never));
      failing(scheduler, "failing");
      assertThatThrownBy(scheduler::run).hasMessageContaining("the reporter is broken");
      broken[0] = false;
      kind.spawn(scheduler, "next", co -> trace.add("runs again"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("runs again");
    assertThatThrownBy(Task::current).isInstanceOf(WrongThreadException.class);
  }

  @Test
  void aReporterThatThrowsWhileTheSchedulerClosesDoesNotKeepItRunning() {
    Scheduler scheduler =
        kind.builder()
            .failureReporter(
                (name, thrown) -> {
                  throw new IllegalStateException("the reporter is broken");
                })
            .build();
    kind.spawn(
        scheduler,
        "fails when cancelled",
        co -> {
          try {
            co.await(new Promise<>());
          } finally {
            throwBoom();
          }
        });
    assertThatThrownBy(scheduler::close).hasMessageContaining("the reporter is broken");
    assertThat(scheduler.isInside()).as("the creator's again").isTrue();
    assertThat(scheduler.running()).isNull();
  }

  private Task<?> failing(Scheduler scheduler, String name) {
    return kind.spawn(scheduler, name, co -> throwBoom());
  }

  @CanIgnoreReturnValue
  private Task<?> submitted(Scheduler scheduler, String name) {
    return kind.submit(
        scheduler,
        name,
        co -> {
          throwBoom();
          return null;
        });
  }

  private static void throwBoom() throws IOException {
    throw new IOException("boom");
  }

  private static final class Broken extends YieldEvent<Void, RuntimeException> {
    private final boolean later;

    Broken(boolean later) {
      this.later = later;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      if (!later) {
        throw new IllegalStateException("handleYield");
      }
      scheduler.post(() -> wakeToResume(task));
    }

    @Override
    protected void handleResume(Scheduler scheduler, Waiter task) {
      throw new IllegalStateException("handleResume");
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return "something broken";
    }
  }
}
