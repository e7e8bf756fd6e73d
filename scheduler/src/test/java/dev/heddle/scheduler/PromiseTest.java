package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Results that come from anywhere. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class PromiseTest {
  @Parameter Kind kind;

  private final List<Object> trace = new ArrayList<>();

  @Test
  void theFirstCompletionWins() {
    Promise<String> promise = new Promise<>();
    assertThat(promise.isDone()).isFalse();
    assertThat(promise.complete("first")).isTrue();
    assertThat(promise.complete("second")).isFalse();
    assertThat(promise.fail(new IOException("third"))).isFalse();
    assertThat(promise.cancel()).isFalse();
    assertThat(promise.isDone()).isTrue();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "waiter", co -> trace.add(co.await(promise)));
      scheduler.run();
    }
    assertThat(trace).containsExactly("first");
  }

  @Test
  void theFutureIsCancelledWhenItsLastWaiterIsTimedOutCancelledOrHasLost() {
    CompletableFuture<String> timedOut = new CompletableFuture<>();
    CompletableFuture<String> lost = new CompletableFuture<>();
    CompletableFuture<String> cancelled = new CompletableFuture<>();
    try (Scheduler scheduler = kind.scheduler(new VirtualTime())) {
      kind.spawn(
          scheduler,
          "waiter",
          co -> {
            assertThatThrownBy(() -> co.await(Promise.from(timedOut).within(Duration.ofMillis(1))))
                .isInstanceOf(TimeoutException.class);
            trace.add(
                co.await(Select.any(Promise.from(lost), Timers.sleep(Duration.ofMillis(1))))
                    .index());
            Object _ = co.await(Promise.from(cancelled));
          });
      kind.spawn(
          scheduler,
          "other",
          co -> {
            co.await(Task.sleep(Duration.ofMillis(20)));
            for (Task<?> task : scheduler.tasks()) {
              boolean _ = (task != co.task() && task.cancel("enough"));
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(1);
    assertThat(timedOut).isCancelled();
    assertThat(lost).isCancelled();
    assertThat(cancelled).isCancelled();
  }

  @Test
  void theFutureGoesOnWhileAnotherTaskWaitsForIt() {
    CompletableFuture<String> future = new CompletableFuture<>();
    Promise<String> promise = Promise.from(future);
    try (Scheduler scheduler = kind.scheduler(new VirtualTime())) {
      kind.spawn(scheduler, "waits", co -> trace.add(co.await(promise)));
      kind.spawn(
          scheduler,
          "gives up",
          co -> {
            assertThatThrownBy(() -> co.await(promise.within(Duration.ofMillis(1))))
                .isInstanceOf(TimeoutException.class);
            assertThat(future).isNotDone();
            assertThat(future.complete("result")).isTrue();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("result");
  }

  @Test
  void aPromiseThatFollowsACopyLeavesTheFutureAlone() {
    CompletableFuture<String> future = new CompletableFuture<>();
    try (Scheduler scheduler = kind.scheduler(new VirtualTime())) {
      kind.spawn(
          scheduler,
          "waits",
          co ->
              assertThatThrownBy(
                      () -> co.await(Promise.from(future.copy()).within(Duration.ofMillis(1))))
                  .isInstanceOf(TimeoutException.class));
      scheduler.run();
    }
    assertThat(future).isNotDone();
  }

  /** The interface lets a stage refuse it. */
  private static final class Uncancellable extends CompletableFuture<String> {
    @Override
    public CompletableFuture<String> toCompletableFuture() {
      throw new UnsupportedOperationException("not a future");
    }
  }

  @Test
  void aStageThatCannotBeCancelledGoesOnAndItsWaiterIsTimedOutAllTheSame() {
    CompletableFuture<String> stage = new Uncancellable();
    try (Scheduler scheduler = kind.scheduler(new VirtualTime())) {
      kind.spawn(
          scheduler,
          "waits",
          co ->
              assertThatThrownBy(() -> co.await(Promise.from(stage).within(Duration.ofMillis(1))))
                  .isInstanceOf(TimeoutException.class));
      scheduler.run();
    }
    assertThat(stage).isNotDone();
  }

  @Test
  void exactlyOneOfManyThreadsWins() throws Exception {
    for (int i = 0; i < 200; i++) {
      Promise<Integer> promise = new Promise<>();
      AtomicInteger winners = new AtomicInteger();
      CyclicBarrier start = new CyclicBarrier(3);
      List<FutureTask<Void>> threads = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        int n = t;
        threads.add(
            Foreign.start(
                "completer",
                () -> {
                  start.await(30, TimeUnit.SECONDS);
                  if (promise.complete(n)) {
                    winners.incrementAndGet();
                  }
                }));
      }
      for (FutureTask<Void> thread : threads) {
        var _ = Foreign.get(thread);
      }
      assertThat(winners).hasValue(1);
    }
  }

  @Test
  void aValueMayBeNull() {
    Promise<String> promise = new Promise<>();
    assertThat(promise.complete(null)).isTrue();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "waiter", co -> trace.add(co.await(promise)));
      scheduler.run();
    }
    assertThat(trace).containsExactly((Object) null);
  }

  @Test
  void aFailureMayNotBeNull() {
    Promise<String> promise = new Promise<>();
    assertThatThrownBy(() -> promise.fail(null)).isInstanceOf(NullPointerException.class);
    assertThat(promise.isDone()).isFalse();
  }

  @Test
  void aFailureIsThrownAsItIsAtEachAwait() {
    IOException failure = new IOException("boom");
    Promise<String> promise = new Promise<>();
    try (Scheduler scheduler = kind.scheduler()) {
      for (int i = 0; i < 2; i++) {
        kind.spawn(
            scheduler,
            "waiter " + i,
            co -> assertThatThrownBy(() -> co.await(promise)).isSameAs(failure));
      }
      kind.spawn(scheduler, "failer", co -> trace.add(promise.fail(failure)));
      scheduler.run();
    }
    assertThat(trace).containsExactly(true);
  }

  @Test
  void cancellingThePromiseIsAFailureAndNoCancellationOfTheWaiter() {
    Promise<String> promise = new Promise<>();
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> waiter =
          kind.spawn(
              scheduler,
              "waiter",
              co -> {
                assertThatThrownBy(() -> co.await(promise))
                    .isInstanceOf(CancellationException.class);
                co.await(Task.yield());
              });
      kind.spawn(scheduler, "canceller", co -> promise.cancel());
      scheduler.run();
      assertThat(waiter.state()).isEqualTo(Task.State.SUCCEEDED);
    }
  }

  @Test
  void manyWaitersWakeInTheOrderInWhichTheyCame() throws Exception {
    Promise<String> promise = new Promise<>();
    try (Scheduler scheduler = kind.scheduler()) {
      for (int i = 0; i < 10; i++) {
        int n = i;
        kind.spawn(
            scheduler,
            "waiter " + i,
            co -> {
              var _ = co.await(promise);
              trace.add(n);
            });
      }
      kind.spawn(
          scheduler,
          "completer",
          co -> Foreign.run(() -> assertThat(promise.complete("x")).isTrue()));
      scheduler.run();
    }
    assertThat(trace).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void aCancelledWaiterLeavesTheOthersWaiting() {
    Promise<String> promise = new Promise<>();
    try (Scheduler scheduler = kind.scheduler()) {
      List<Task<?>> waiters = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int n = i;
        waiters.add(kind.spawn(scheduler, "waiter " + i, co -> trace.add(n + co.await(promise))));
      }
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            waiters.get(1).cancel("enough");
            promise.complete("!");
          });
      scheduler.run();
      assertThat(waiters.get(1).state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("0!", "2!");
  }

  @Test
  void aPromiseFollowsAStageOfTheJdk() {
    CompletableFuture<String> future = new CompletableFuture<>();
    Promise<String> promise = Promise.from(future.thenApply(s -> s + "!"));
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "waiter", co -> trace.add(co.await(promise)));
      kind.spawn(scheduler, "completer", co -> future.complete("it"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("it!");
  }

  @Test
  void aFailureOfAStageComesWithoutTheJdksWrapping() {
    IOException failure = new IOException("boom");
    CompletableFuture<String> future = new CompletableFuture<>();
    Promise<String> promise = Promise.from(future.thenApply(s -> s).thenApply(s -> s));
    future.completeExceptionally(failure); // arrives as a CompletionException
    Promise<String> direct = Promise.from(CompletableFuture.failedStage(failure));
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "waiter",
          co -> {
            assertThatThrownBy(() -> co.await(promise)).isSameAs(failure);
            assertThatThrownBy(() -> co.await(direct)).isSameAs(failure);
          });
      scheduler.run();
    }
  }

  /** The race that the essay in {@code Promise} decides: complete against the beginning wait. */
  @Test
  void completionAndAwaitAtOnceNeverMissEachOther() throws Exception {
    int rounds = Integer.getInteger("heddle.test.rounds", 5_000);
    List<Promise<Integer>> promises = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      promises.add(new Promise<>());
    }
    int[] sum = new int[1];
    AtomicInteger reached = new AtomicInteger();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "waiter",
          co -> {
            for (int i = 0; i < rounds; i++) {
              reached.set(i);
              sum[0] += co.await(promises.get(i));
            }
          });
      FutureTask<Void> completer =
          Foreign.start(
              "completer",
              () -> {
                for (int i = 0; i < rounds; i++) {
                  while (reached.get() < i) {
                    Thread.onSpinWait(); // just before the waiter waits
                  }
                  for (int spin = 0; spin < i % 50; spin++) {
                    Thread.onSpinWait();
                  }
                  assertThat(promises.get(i).complete(1)).isTrue();
                }
              });
      scheduler.run();
      var _ = Foreign.get(completer);
    }
    assertThat(sum[0]).isEqualTo(rounds);
  }

  @Test
  void completionAndCancellationAtOnceNeverLoseTheTask() throws Exception {
    int rounds = 300;
    for (int i = 0; i < rounds; i++) {
      Promise<String> promise = new Promise<>();
      try (Scheduler scheduler = kind.scheduler()) {
        Task<?> waiter = kind.spawn(scheduler, "waiter", co -> co.await(promise));
        FutureTask<Void> completer =
            Foreign.start("completer", () -> assertThat(promise.complete("x")).isTrue());
        kind.spawn(scheduler, "canceller", co -> waiter.cancel("enough"));
        scheduler.run();
        var _ = Foreign.get(completer);
        assertThat(waiter.isDone()).isTrue();
      }
    }
  }
}
