package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The states of a promise, and what is called when it is completed (recipe R5). */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class PromiseCallbackTest {
  @Parameter Kind kind;

  private final List<Object> trace = new ArrayList<>();

  @Test
  void aPromiseIsPendingThenSucceededFailedOrCancelled() {
    Promise<String> pending = new Promise<>();
    assertThat(pending.state()).isEqualTo(Promise.State.PENDING);
    assertThatThrownBy(pending::resultNow)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a promise (PENDING) has no result");
    Promise<String> succeeded = new Promise<>();
    assertThat(succeeded.complete("x")).isTrue();
    assertThat(succeeded.state()).isEqualTo(Promise.State.SUCCEEDED);
    assertThat(succeeded.resultNow()).isEqualTo("x");
    assertThatThrownBy(succeeded::exceptionNow).hasMessage("a promise (SUCCEEDED) has no failure");
    Promise<String> failed = new Promise<>();
    assertThat(failed.fail(new IOException("gone"))).isTrue();
    assertThat(failed.state()).isEqualTo(Promise.State.FAILED);
    assertThat(failed.exceptionNow()).hasMessage("gone");
    Promise<String> cancelled = new Promise<>();
    assertThat(cancelled.cancel()).isTrue();
    assertThat(cancelled.state()).isEqualTo(Promise.State.CANCELLED);
    assertThat(cancelled.exceptionNow()).isInstanceOf(CancellationException.class);
  }

  @Test
  void callbacksComeInOrderAndNeverInsideOfTheCompletingCall() {
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<String> promise = new Promise<>();
      kind.spawn(
          scheduler,
          "completes",
          co -> {
            for (int i = 0; i < 3; i++) {
              int n = i;
              onDone(co, promise, () -> trace.add("callback " + n + " " + promise.resultNow()));
            }
            promise.complete("x");
            trace.add("completed");
            onDone(co, promise, () -> trace.add("late"));
            trace.add("asked");
          });
      scheduler.run();
    }
    assertThat(trace)
        .containsExactly(
            "completed", "asked", "callback 0 x", "callback 1 x", "callback 2 x", "late");
  }

  private static void onDone(Awaiter co, Promise<String> promise, Runnable call) throws Exception {
    promise.onDone(co.task().scheduler(), done -> call.run());
  }

  @Test
  void aCallbackRunsInsideWhenAnotherThreadCompletes() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<String> promise = new Promise<>();
      promise.onDone(
          scheduler,
          done -> {
            assertThat(scheduler.isInside()).isTrue();
            trace.add(done.state());
          });
      kind.spawn(scheduler, "waits", co -> trace.add(co.await(promise)));
      FutureTask<Void> completer =
          Foreign.start("completer", () -> assertThat(promise.complete("x")).isTrue());
      scheduler.run();
      var _ = Foreign.get(completer);
    }
    assertThat(trace).containsExactly("x", Promise.State.SUCCEEDED);
  }

  @Test
  void aCallbackThatFailsIsReportedAndTheOthersAreCalled() {
    List<String> reported = new ArrayList<>();
    try (Scheduler scheduler =
        kind.builder().failureReporter((task, failure) -> reported.add(task)).build()) {
      Promise<String> promise = new Promise<>();
      promise.onDone(
          scheduler,
          done -> {
            throw new IllegalStateException("callback failed");
          });
      promise.onDone(scheduler, done -> trace.add("second"));
      assertThat(promise.complete("x")).isTrue();
      scheduler.run();
    }
    assertThat(reported).containsExactly("a callback of a promise");
    assertThat(trace).containsExactly("second");
  }
}
