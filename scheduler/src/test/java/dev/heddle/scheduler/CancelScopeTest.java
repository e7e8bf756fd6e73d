package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link CancelScope}: promises C1 to C11 where they speak of scopes. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class CancelScopeTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  @Test
  @Holds("C1")
  void onceAScopeIsCancelledEveryAwaitInsideItThrowsUntilItIsLeft() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co -> {
            try (var scope = CancelScope.open()) {
              scope.cancel("enough");
              for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> co.await(Task.yield()))
                    .isInstanceOf(Cancelled.class)
                    .hasMessage("task 'body' was cancelled: enough");
              }
              assertThatThrownBy(() -> co.await(full().tryGetOrWait()))
                  .isInstanceOf(Cancelled.class);
            }
            co.await(Task.yield());
            trace.add("left");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("left");
  }

  /** An operation that would complete at once. */
  private static Full full() {
    Queue<String> queue = Queue.fifo();
    assertThat(queue.tryPut("item")).isTrue();
    return queue::get;
  }

  private interface Full {
    YieldEvent<String, RuntimeException> tryGetOrWait();
  }

  @Test
  void aWaitInsideIsUndoneWhenAnotherTaskCancelsTheScope() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      List<CancelScope<?>> scopes = new ArrayList<>();
      Task<?> body =
          kind.spawn(
              scheduler,
              "body",
              co -> {
                CancelScope<RuntimeException> mine = CancelScope.open();
                scopes.add(mine);
                try {
                  try (var scope = mine) {
                    co.await(Timers.sleep(HOUR));
                  }
                } catch (Cancelled e) {
                  mine.swallow(e);
                  trace.add(e.getMessage());
                }
              });
      kind.spawn(scheduler, "other", co -> scopes.getFirst().cancel("no more need"));
      scheduler.run();
      assertThat(body.state()).isEqualTo(Task.State.SUCCEEDED);
    }
    assertThat(trace)
        .containsExactly(
            "task 'body' was cancelled: no more need, by task 'other'; it was waiting for a sleep"
                + " of PT1H");
  }

  @Test
  @Holds("C2")
  void aScopeSwallowsOnlyTheCancellationItCausedItself() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> body =
          kind.spawn(
              scheduler,
              "body",
              co -> {
                CancelScope<RuntimeException> mine = CancelScope.open();
                try {
                  try (var scope = mine) {
                    co.await(Timers.sleep(HOUR));
                  }
                } catch (Cancelled e) {
                  mine.swallow(e);
                  trace.add("must not come here");
                }
              });
      kind.spawn(scheduler, "other", co -> body.cancel("all of it"));
      scheduler.run();
      assertThat(body.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).isEmpty();
  }

  @Test
  @Holds("C3")
  void aShieldedScopeHoldsOffOuterCancellationOnly() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> body =
          kind.spawn(
              scheduler,
              "body",
              co -> {
                co.task().cancel("enough");
                try (var scope = CancelScope.shielded()) {
                  co.await(Timers.sleep(SECOND));
                  trace.add("cleaned up");
                }
                co.await(Task.yield());
                trace.add("must not come here");
              });
      scheduler.run();
      assertThat(body.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("cleaned up");
  }

  @Test
  @Holds("C3")
  void theDeadlineOfAShieldedScopeStillFires() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co -> {
            co.task().cancel("enough");
            assertThatThrownBy(
                    () -> {
                      try (var scope = CancelScope.shielded(SECOND)) {
                        co.await(Timers.sleep(HOUR));
                      }
                    })
                .isInstanceOf(TimeoutException.class)
                .hasMessage("timed out after PT1S; it was waiting for a sleep of PT1H");
          });
      scheduler.run();
    }
  }

  @Test
  @Holds("C6")
  void aTimeoutIsATimeoutExceptionThatLeavesTheBlock() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co -> {
            try {
              try (var scope = CancelScope.withTimeout(SECOND)) {
                co.await(new Promise<Void>());
              }
            } catch (TimeoutException e) {
              trace.add(e.getMessage());
            }
            co.await(Task.yield());
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("timed out after PT1S; it was waiting for a promise");
    assertThat(time.nanoTime() - start).isEqualTo(SECOND.toNanos());
  }

  @Test
  @Holds("C6")
  void aTimeoutThatTheBodySwallowsDoesNotDisappear() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co ->
              assertThatThrownBy(
                      () -> {
                        try (var scope = CancelScope.withTimeout(SECOND)) {
                          try {
                            co.await(Timers.sleep(HOUR));
                          } catch (Exception e) {
                            trace.add("swallowed");
                          }
                        }
                      })
                  .isInstanceOf(TimeoutException.class)
                  .hasMessage("the scope was left after its timeout of PT1S"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("swallowed");
  }

  @Test
  void aBodyThatIsThroughInTimeLeavesNoDeadline() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co -> {
            try (var scope = CancelScope.withTimeout(HOUR)) {
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
    assertThat(time.nanoTime()).isEqualTo(start);
  }

  @Test
  @Holds("C4")
  void aDeadlineCountsFromEnteringTheScope() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co -> {
            co.await(Timers.sleep(SECOND));
            assertThatThrownBy(
                    () -> {
                      try (var scope = CancelScope.withTimeout(SECOND)) {
                        assertThat(scope.remaining()).isEqualTo(SECOND);
                        co.await(new Promise<Void>());
                      }
                    })
                .isInstanceOf(TimeoutException.class);
          });
      scheduler.run();
    }
    assertThat(time.nanoTime() - start).isEqualTo(SECOND.multipliedBy(2).toNanos());
  }

  @Test
  @Holds("C4")
  void aDeadlineMayBeMovedWhileActive() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co ->
              assertThatThrownBy(
                      () -> {
                        try (var scope = CancelScope.withTimeout(HOUR)) {
                          scope.moveDeadline(SECOND);
                          co.await(new Promise<Void>());
                        }
                      })
                  .isInstanceOf(TimeoutException.class));
      scheduler.run();
    }
    assertThat(time.nanoTime() - start).isEqualTo(SECOND.toNanos());
  }

  @Test
  @Holds("C4")
  void aDeadlineThatIsAlreadyPastFiresAtTheNextAwait() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co ->
              assertThatThrownBy(
                      () -> {
                        try (var scope = CancelScope.withTimeout(SECOND)) {
                          time.advance(SECOND);
                          trace.add(co.await(full().tryGetOrWait()));
                        }
                      })
                  .isInstanceOf(TimeoutException.class));
      scheduler.run();
    }
    assertThat(trace).isEmpty();
  }

  @Test
  @Holds("C7")
  void ofNestedTimeoutsTheOutermostExpiredOneReports() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co ->
              assertThatThrownBy(() -> nested(co))
                  .isInstanceOf(TimeoutException.class)
                  .hasMessageStartingWith("timed out after PT2S"));
      kind.spawn(
          scheduler,
          "busy",
          co -> {
            co.await(Task.yield());
            time.advance(SECOND.multipliedBy(3));
          });
      scheduler.run();
    }
  }

  private static void nested(Awaiter co) throws Exception {
    try (var outer = CancelScope.withTimeout(SECOND.multipliedBy(2))) {
      try {
        try (var inner = CancelScope.withTimeout(SECOND)) {
          co.await(new Promise<Void>().within(SECOND.plusNanos(1)));
        }
      } finally {
        assertThat(outer.isCancelled()).isTrue();
      }
    }
  }

  @Test
  void aSoftCancellationSparesWhoIsFinishingForTheGrace() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      List<CancelScope<?>> scopes = new ArrayList<>();
      Task<?> body =
          kind.spawn(
              scheduler,
              "body",
              co -> {
                try (var scope = CancelScope.open()) {
                  scopes.add(scope);
                  try (var finishing = CancelScope.finishing()) {
                    co.await(Timers.sleep(SECOND));
                    trace.add("finished");
                  }
                  co.await(Timers.sleep(SECOND));
                  trace.add("must not come here");
                }
              });
      kind.spawn(scheduler, "other", co -> scopes.getFirst().cancel("shutting down", HOUR));
      scheduler.run();
      assertThat(body.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("finished");
    assertThat(time.nanoTime() - start).isEqualTo(SECOND.toNanos());
  }

  @Test
  void whoDoesNotFinishWithinTheGraceIsCancelledForGood() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      List<CancelScope<?>> scopes = new ArrayList<>();
      kind.spawn(
          scheduler,
          "body",
          co -> {
            try (var scope = CancelScope.open()) {
              scopes.add(scope);
              try (var finishing = CancelScope.finishing()) {
                co.await(Timers.sleep(HOUR));
              }
            }
          });
      kind.spawn(scheduler, "other", co -> scopes.getFirst().cancel("shutting down", SECOND));
      scheduler.run();
    }
    assertThat(time.nanoTime() - start).isEqualTo(SECOND.toNanos());
  }

  @Test
  void aScopeIsToBeLeftByItsOwnTaskInnermostFirst() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "body",
          co -> {
            CancelScope<?> outer = CancelScope.open();
            CancelScope<?> inner = CancelScope.open();
            assertThatThrownBy(
                    () -> {
                      outer.close();
                    })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was left before");
            inner.close();
            co.await(Task.yield());
          });
      scheduler.run();
    }
  }

  @Test
  void aTaskThatEndsLeavesItsScopes() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(scheduler, "body", co -> CancelScope.withTimeout(HOUR));
      kind.spawn(scheduler, "other", co -> co.await(Timers.sleep(SECOND)));
      scheduler.run();
    }
    assertThat(time.nanoTime() - start).isEqualTo(SECOND.toNanos());
  }

  @Test
  void outsideOfATaskThereIsNoScope() {
    assertThatThrownBy(CancelScope::open).isInstanceOf(WrongThreadException.class);
  }

  @Test
  void aNegativeTimeoutIsRefused() {
    assertThatThrownBy(() -> CancelScope.withTimeout(Duration.ofMillis(-5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a timeout of PT-0.005S: must be 0 or more");
  }
}
