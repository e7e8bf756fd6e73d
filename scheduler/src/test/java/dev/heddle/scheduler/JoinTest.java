package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Waiting for another task's end; G9. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class JoinTest {
  @Parameter Kind kind;

  private final List<Object> trace = new ArrayList<>();

  @Test
  void joinGivesTheResultNowOrLater() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<Integer> slow =
          kind.submit(
              scheduler,
              "slow",
              co -> {
                co.await(Task.yield());
                return 42;
              });
      kind.spawn(
          scheduler,
          "joiner",
          co -> {
            trace.add(co.await(slow.join()));
            trace.add(co.await(slow.join()));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(42, 42);
  }

  @Test
  void aNullResultIsAResult() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<String> task = kind.submit(scheduler, "null", co -> null);
      kind.spawn(scheduler, "joiner", co -> trace.add(co.await(task.join())));
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.SUCCEEDED);
      assertThat(task.resultNow()).isNull();
    }
    assertThat(trace).containsExactly((Object) null);
  }

  @Test
  @Holds("G9")
  void joinThrowsTheFailureWithItsOwnStackTrace() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> failing = kind.submit(scheduler, "failing", co -> failHere());
      kind.spawn(
          scheduler,
          "joiner",
          co -> {
            Throwable thrown = catchThrowable(() -> co.await(failing.join()));
            assertThat(thrown).isInstanceOf(IOException.class).hasMessage("boom");
            StackTraceElement top = thrown.getStackTrace()[0];
            assertThat(top.getMethodName()).isEqualTo("failHere");
            assertThat(top.getLineNumber()).isEqualTo(failLine);
          });
      scheduler.run();
    }
  }

  private static int failLine;

  private static Object failHere() throws IOException {
    failLine = new Throwable().getStackTrace()[0].getLineNumber() + 1;
    throw new IOException("boom");
  }

  @Test
  @Holds("G9")
  void joiningTwiceGivesTheSameFailure() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> failing = kind.submit(scheduler, "failing", co -> failHere());
      for (int i = 0; i < 2; i++) {
        kind.spawn(
            scheduler,
            "joiner " + i,
            co -> trace.add(catchThrowable(() -> co.await(failing.join()))));
      }
      scheduler.run();
      trace.add(failing.exceptionNow());
    }
    assertThat(trace).hasSize(3);
    assertThat(trace.get(1)).isSameAs(trace.get(0)).isSameAs(trace.get(2));
  }

  @Test
  void joinersWakeInTheOrderInWhichTheyCame() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<String> joined =
          kind.submit(
              scheduler,
              "joined",
              co -> {
                for (int i = 0; i < 3; i++) {
                  co.await(Task.yield());
                }
                return "result";
              });
      for (int i = 0; i < 5; i++) {
        int n = i;
        kind.spawn(
            scheduler,
            "joiner " + i,
            co -> {
              var _ = co.await(joined.join());
              trace.add(n);
            });
      }
      scheduler.run();
    }
    assertThat(trace).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void aCancelledJoinerLeavesTheOthersAndTheJoinedAlone() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<String> joined =
          kind.submit(
              scheduler,
              "joined",
              co -> {
                co.await(Timers.sleep(Duration.ofMillis(1)));
                return "result";
              });
      Task<?> first =
          kind.spawn(scheduler, "first", co -> trace.add("1 " + co.await(joined.join())));
      kind.spawn(scheduler, "second", co -> trace.add("2 " + co.await(joined.join())));
      kind.spawn(scheduler, "canceller", co -> first.cancel("enough"));
      scheduler.run();
      assertThat(joined.state()).isEqualTo(Task.State.SUCCEEDED);
    }
    assertThat(trace).containsExactly("2 result");
  }

  @Test
  void joiningOneselfIsAnErrorAndNotAWaitForEver() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "narcissus",
          co ->
              assertThatThrownBy(() -> co.await(co.task().join()))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("task 'narcissus' would wait for itself"));
      scheduler.run();
    }
  }

  @Test
  void joiningATaskOfAnotherSchedulerIsAnError() {
    try (Scheduler here = kind.builder().name("here").build();
        Scheduler there = kind.builder().name("there").build()) {
      Task<String> stranger = kind.submit(there, "stranger", co -> "result");
      kind.spawn(
          here,
          "joiner",
          co ->
              assertThatThrownBy(() -> co.await(stranger.join()))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("task 'stranger'")
                  .hasMessageContaining("scheduler 'there'"));
      here.run();
    }
  }

  @Test
  void oneJoinEventMayBeAwaitedByMany() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<String> joined =
          kind.submit(
              scheduler,
              "joined",
              co -> {
                co.await(Task.yield());
                co.await(Task.yield());
                return "result";
              });
      YieldEvent<String, Exception> end = joined.join();
      kind.spawn(scheduler, "first", co -> trace.add(co.await(end)));
      kind.spawn(scheduler, "second", co -> trace.add(co.await(end)));
      scheduler.run();
    }
    assertThat(trace).containsExactly("result", "result");
  }

  @Test
  void joinsOfAnEndedTaskDoNotHoldUpTheOthers() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<String> joined = kind.submit(scheduler, "joined", co -> "result");
      boolean[] over = new boolean[1];
      kind.spawn(
          scheduler,
          "joiner",
          co -> {
            while (!over[0]) {
              var _ = co.await(joined.join());
            }
          });
      kind.spawn(
          scheduler,
          "other",
          co -> {
            for (int i = 0; i < 10; i++) {
              co.await(Task.yield());
            }
            over[0] = true;
          });
      scheduler.run();
    }
  }
}
