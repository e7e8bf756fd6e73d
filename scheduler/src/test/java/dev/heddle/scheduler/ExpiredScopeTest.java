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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A scope whose time is over, and a group that has failed, while the block goes on: promise C12.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ExpiredScopeTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  private interface Way {
    void run(Awaiter co) throws Exception;
  }

  /** Runs the body, and gives what it ended with for who joins it: null if with a result. */
  private Throwable failureOf(Way way) {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> body = kind.spawn(scheduler, "body", way::run);
      kind.spawn(
          scheduler,
          "joiner",
          co -> {
            try {
              Object _ = co.await(body.join());
            } catch (Throwable thrown) {
              trace.add("joiner got " + thrown.getMessage());
            }
          });
      scheduler.run();
      return body.state() == Task.State.SUCCEEDED ? null : body.exceptionNow();
    }
  }

  /** Catches what it should not, for ever. */
  private void pollForEver(Awaiter co) {
    while (true) {
      try {
        trace.add(co.await(new Promise<Void>().within(SECOND)));
      } catch (Exception nothingYet) {
        trace.add(nothingYet.getMessage());
      }
    }
  }

  @Test
  @Holds("C12")
  void aLoopThatCatchesTimeoutsEndsWhenTheScopesTimeIsOver() {
    Throwable failure =
        failureOf(
            co -> {
              try (var scope = CancelScope.withTimeout(SECOND.multipliedBy(2).plusMillis(1))) {
                pollForEver(co);
              }
            });
    assertThat(failure)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageMatching("timed out after PT2.001S");
    assertThat(trace)
        .containsExactly(
            "timed out after PT1S waiting for a promise",
            "timed out after PT1S waiting for a promise",
            "timed out after PT2.001S; it was waiting for a promise, for at most PT1S",
            "timed out after PT2.001S",
            "joiner got timed out after PT2.001S");
  }

  @Test
  @Holds("C12")
  void aLoopThatCatchesExceptionsEndsWhenTheGroupHasFailed() {
    Throwable failure =
        failureOf(
            co -> {
              try (var group = TaskGroup.open()) {
                kind.spawn(
                    group,
                    "helper",
                    helper -> {
                      throw new IllegalStateException("helper broke");
                    });
                pollForEver(co);
              }
            });
    assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessage("helper broke");
    assertThat(trace).containsExactly("helper broke", "helper broke", "joiner got helper broke");
  }

  @Test
  @Holds("C12")
  void twoAwaitsAfterTheTimeThrowTheTimeoutAndEachOneAfterThemCancelled() {
    failureOf(
        co ->
            assertThatThrownBy(
                    () -> {
                      try (var scope = CancelScope.withTimeout(Duration.ZERO)) {
                        for (int i = 0; i < 2; i++) {
                          assertThatThrownBy(() -> co.await(Task.yield()))
                              .isInstanceOf(TimeoutException.class);
                        }
                        for (int i = 0; i < 3; i++) {
                          assertThatThrownBy(() -> co.await(Task.yield()))
                              .isInstanceOf(Cancelled.class)
                              .hasMessage(
                                  "task 'body' was cancelled: the timeout of PT0S of task"
                                      + " 'body' is over");
                        }
                      }
                    })
                .isExactlyInstanceOf(TimeoutException.class)
                .hasMessage("timed out after PT0S"));
    assertThat(trace).isEmpty();
  }

  @Test
  @Holds("C12")
  void anInnerScopeReportsOnlyWhenItsOwnTimeIsOver() {
    Throwable failure =
        failureOf(
            co -> {
              try (var outer = CancelScope.withTimeout(SECOND)) {
                while (true) {
                  try {
                    try (var inner = CancelScope.withTimeout(HOUR)) {
                      try {
                        co.await(new Promise<Void>());
                      } finally {
                        trace.add(inner.isCancelled());
                      }
                    }
                  } catch (TimeoutException e) {
                    trace.add(e.getMessage());
                  }
                }
              }
            });
    assertThat(failure).isInstanceOf(TimeoutException.class).hasMessage("timed out after PT1S");
    assertThat(trace)
        .containsExactly(
            false,
            "timed out after PT1S; it was waiting for a promise",
            false,
            "timed out after PT1S",
            false,
            "joiner got timed out after PT1S");
  }

  /** Cleanup that waits, in a block whose time is over: an await like any other. */
  @Test
  @Holds("C12")
  void anAwaitInAFinallyDoesNotHideTheTimeout() {
    failureOf(
        co ->
            assertThatThrownBy(
                    () -> {
                      try (var scope = CancelScope.withTimeout(SECOND)) {
                        try {
                          co.await(new Promise<Void>());
                        } finally {
                          co.await(Task.yield());
                        }
                      }
                    })
                .isExactlyInstanceOf(TimeoutException.class));
  }

  @Test
  void swallowDoesNotSwallowATimeout() {
    failureOf(
        co -> {
          CancelScope<TimeoutException> scope = CancelScope.withTimeout(Duration.ZERO);
          try {
            try (var open = scope) {
              pollForEver(co);
            }
          } catch (Cancelled cancelled) {
            assertThatThrownBy(() -> scope.swallow(cancelled))
                .isExactlyInstanceOf(TimeoutException.class);
            trace.add("caught");
          }
        });
    assertThat(trace).contains("caught");
  }

  @Test
  void aTaskThatIsCancelledInAnExpiredScopeIsCancelled() {
    Throwable failure =
        failureOf(
            co -> {
              Task<?> me = co.task();
              try (var scope = CancelScope.withTimeout(Duration.ZERO)) {
                assertThatThrownBy(() -> co.await(Task.yield()))
                    .isInstanceOf(TimeoutException.class);
                me.cancel("enough");
                co.await(Task.yield());
              }
            });
    assertThat(failure).isInstanceOf(Cancelled.class).hasMessageContaining("enough");
  }

  // Around a call.

  private <T> T call(Awaiter co, Duration timeout, CancelScope.Call<T, Exception> block)
      throws Exception {
    return CancelScope.call(co, timeout, block);
  }

  @Test
  @Holds("C12")
  void aLoopInACallEndsByCancelledAndWhoeverCallsGetsTheTimeout() {
    failureOf(
        co ->
            assertThatThrownBy(() -> CancelScope.run(co, SECOND.plusMillis(1), this::pollForEver))
                .isExactlyInstanceOf(TimeoutException.class)
                .hasMessage(
                    "timed out after PT1.001S; it was waiting for a promise, for at most" + " PT1S")
                .hasNoSuppressedExceptions());
    assertThat(trace).containsExactly("timed out after PT1S waiting for a promise");
  }

  @Test
  void aCallThatIsThroughInTimeGivesItsResultAndLeavesNoDeadline() {
    long start = time.nanoTime();
    failureOf(
        co -> {
          trace.add(
              call(
                  co,
                  HOUR,
                  c -> {
                    c.await(Timers.sleep(SECOND));
                    return "result";
                  }));
          trace.add(call(co, SECOND, c -> "at once"));
        });
    assertThat(trace).containsExactly("result", "at once");
    assertThat(time.nanoTime() - start).isEqualTo(SECOND.toNanos());
  }

  @Test
  void whatTheBlockOfACallThrowsGoesOut() {
    failureOf(
        co ->
            assertThatThrownBy(
                    () ->
                        call(
                            co,
                            SECOND,
                            c -> {
                              c.await(Task.yield());
                              throw new IOException("broken");
                            }))
                .isInstanceOf(IOException.class)
                .hasNoSuppressedExceptions());
  }

  @Test
  void aBlockThatSwallowsCancelledOrThrowsInItsPlaceDoesNotHideTheTimeout() {
    failureOf(
        co -> {
          assertThatThrownBy(
                  () ->
                      call(
                          co,
                          Duration.ZERO,
                          c -> {
                            try {
                              c.await(Task.yield());
                            } catch (Cancelled cancelled) {
                              trace.add("swallowed");
                            }
                            return "result";
                          }))
              .isInstanceOf(TimeoutException.class);
          assertThatThrownBy(
                  () ->
                      call(
                          co,
                          Duration.ZERO,
                          c -> {
                            try {
                              c.await(Task.yield());
                            } finally {
                              throwBroken();
                            }
                            return "never";
                          }))
              .isInstanceOf(IOException.class)
              .satisfies(
                  e -> assertThat(e.getSuppressed()[0]).isInstanceOf(TimeoutException.class));
        });
  }

  private static void throwBroken() throws IOException {
    throw new IOException("broken");
  }

  @Test
  void ofNestedCallsTheOutermostExpiredOneReports() {
    failureOf(
        co ->
            assertThatThrownBy(
                    () ->
                        call(
                            co,
                            SECOND,
                            c -> CancelScope.call(c, HOUR, c2 -> c2.await(Timers.sleep(HOUR)))))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("timed out after PT1S; it was waiting for a sleep of PT1H"));
  }

  @Test
  void aCancellationFromAroundPassesThroughACall() {
    Throwable failure =
        failureOf(
            co -> {
              co.task().cancel("enough");
              call(co, HOUR, c -> c.await(Task.yield()));
            });
    assertThat(failure).isInstanceOf(Cancelled.class).hasMessageContaining("enough");
  }

  @Test
  void aScopeOfAnInnerBlockIsTurnedBackByTheCallAroundIt() {
    failureOf(
        co ->
            assertThatThrownBy(
                    () ->
                        CancelScope.run(
                            co,
                            HOUR,
                            c -> {
                              try (var scope = CancelScope.withTimeout(Duration.ZERO)) {
                                pollForEver(c);
                              }
                            }))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("timed out after PT0S"));
  }

  @Test
  void aNegativeTimeoutOfACallIsRefused() {
    failureOf(
        co ->
            assertThatThrownBy(() -> call(co, Duration.ofMillis(-5), c -> "never"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a timeout of PT-0.005S: must be 0 or more"));
  }
}
