package dev.heddle.pool;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the Javadoc of {@code ExecutorService} says, sentence by sentence; {@link
 * ScheduledContractTest} has {@code ScheduledExecutorService}.
 */
@ParameterizedClass
@MethodSource("dev.heddle.pool.ExecutorKind#all")
class ExecutorContractTest {
  @Parameter ExecutorKind kind;

  private ExecutorKind.Running running;
  private ScheduledExecutorService executor;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);

  @BeforeEach
  void make() throws Exception {
    running = kind.maker().call();
    executor = running.executor();
  }

  @AfterEach
  void end() throws Exception {
    gate.countDown();
    executor.shutdownNow();
    running.end().run();
    assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
  }

  private String gated() throws InterruptedException {
    begun.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
    return "through";
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.get(30, SECONDS);
  }

  // submit, execute

  @Test
  void submitGivesTheResult() throws Exception {
    assertThat(get(executor.submit(() -> "x"))).isEqualTo("x");
    assertThat((Object) get(executor.submit(() -> {}))).isNull();
    assertThat(get(executor.submit(() -> {}, "given"))).isEqualTo("given");
  }

  @Test
  void executeRunsTheCommandSomeTime() throws Exception {
    executor.execute(begun::countDown);
    Until.down(begun);
  }

  @Test
  void commandsOfOneThreadAreSeenByTheNext() throws Exception {
    int[] plain = {0};
    for (int i = 1; i <= 50; i++) {
      assertThat(get(executor.submit(() -> ++plain[0]))).isEqualTo(i);
    }
  }

  @Test
  void aFailureIsTheCauseOfAnExecutionException() {
    IOException failure = new IOException("boom");
    Future<?> future =
        executor.submit(
            (Callable<?>)
                () -> {
                  throw failure;
                });
    assertThatThrownBy(() -> get(future))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isSameAs(failure);
    assertThat(future).isDone();
    assertThat(future.state()).isEqualTo(Future.State.FAILED);
    assertThat(future.exceptionNow()).isSameAs(failure);
  }

  @Test
  void aCommandThatFailsHarmsNoOther() throws Exception {
    try (LogRecords _ = new LogRecords("dev.heddle")) {
      executor.execute(
          () -> {
            Thread.currentThread().setUncaughtExceptionHandler((_, _) -> {});
            throw new IllegalStateException("boom");
          });
      assertThat(get(executor.submit(() -> 1))).isEqualTo(1);
    }
  }

  @Test
  void getWithATimeoutThrowsWhenItElapses() throws Exception {
    Future<String> future = executor.submit(this::gated);
    assertThatThrownBy(() -> future.get(1, MILLISECONDS)).isInstanceOf(TimeoutException.class);
    assertThat(future.isDone()).isFalse();
    gate.countDown();
    assertThat(get(future)).isEqualTo("through");
  }

  @Test
  void commandsMayUseTheExecutor() throws Exception {
    assertThat(get(executor.submit(() -> get(executor.submit(() -> "inner"))))).isEqualTo("inner");
  }

  @Test
  void commandsAreUnderWayAtOnce() throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(3);
    List<Future<Integer>> parties = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      parties.add(executor.submit(() -> barrier.await(30, SECONDS)));
    }
    for (Future<Integer> party : parties) {
      assertThat(get(party)).isBetween(0, 2);
    }
  }

  @Test
  void manyThreadsSubmitAtOnce() throws Exception {
    AtomicInteger sum = new AtomicInteger();
    List<FutureTask<Void>> submitters = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      submitters.add(
          Foreign.start(
              "submitter " + t,
              () -> {
                List<Future<?>> futures = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                  futures.add(executor.submit(sum::incrementAndGet));
                }
                for (Future<?> future : futures) {
                  var _ = get(future);
                }
              }));
    }
    for (FutureTask<Void> submitter : submitters) {
      var _ = Foreign.get(submitter);
    }
    assertThat(sum).hasValue(400);
  }

  // cancel

  @Test
  void cancelInterruptsARunningCommandIfAsked() throws Exception {
    Future<String> future = executor.submit(this::gated);
    Until.down(begun);
    assertThat(future.cancel(true)).isTrue();
    Until.down(interrupted);
    assertThat(future.isCancelled()).isTrue();
    assertThat(future.isDone()).isTrue();
    assertThat(future.state()).isEqualTo(Future.State.CANCELLED);
    assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
    assertThat(future.cancel(true)).as("a second time").isFalse();
  }

  @Test
  void cancelLetsARunningCommandRunIfAsked() throws Exception {
    CountDownLatch through = new CountDownLatch(1);
    Future<?> future =
        executor.submit(
            () -> {
              assertThat(gated()).isEqualTo("through");
              through.countDown();
              return 1;
            });
    Until.down(begun);
    assertThat(future.cancel(false)).isTrue();
    assertThat(future.isCancelled()).isTrue();
    gate.countDown();
    Until.down(through);
  }

  @Test
  void aCommandThatIsCancelledBeforeItBeginsNeverRuns() throws Exception {
    ScheduledFuture<?> future = executor.schedule(begun::countDown, 1, HOURS);
    assertThat(future.cancel(false)).isTrue();
    assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
    executor.shutdown();
    assertThat(executor.shutdownNow().size()).isBetween(0, 1);
    assertThat(begun.getCount()).isEqualTo(1);
  }

  @Test
  void cancelOfACommandThatHasEndedDoesNothing() throws Exception {
    Future<Integer> future = executor.submit(() -> 1);
    assertThat(get(future)).isEqualTo(1);
    assertThat(future.cancel(true)).isFalse();
    assertThat(future.isCancelled()).isFalse();
    assertThat(future.resultNow()).isEqualTo(1);
  }

  // invokeAll, invokeAny

  @Test
  void invokeAllGivesAllInTheOrderGivenAllDone() throws Exception {
    List<Callable<Integer>> tasks =
        List.of(
            () -> 1,
            () -> {
              throw new IOException("boom");
            },
            () -> 3);
    List<Future<Integer>> futures = executor.invokeAll(tasks);
    assertThat(futures).hasSize(3).allMatch(Future::isDone);
    assertThat(futures.get(0).resultNow()).isEqualTo(1);
    assertThat(futures.get(1).exceptionNow()).hasMessage("boom");
    assertThat(futures.get(2).resultNow()).isEqualTo(3);
    assertThat(executor.invokeAll(List.of())).isEmpty();
  }

  @Test
  void invokeAllCancelsWhatHasNotEndedWhenTheTimeIsOver() throws Exception {
    List<Future<String>> futures = executor.invokeAll(List.of(this::gated), 1, MILLISECONDS);
    assertThat(futures).hasSize(1).allMatch(Future::isDone).allMatch(Future::isCancelled);
  }

  @Test
  void invokeAllThatIsInterruptedCancelsWhatHasNotEnded() throws Exception {
    AtomicReference<Thread> caller = new AtomicReference<>();
    FutureTask<Void> invoker =
        Foreign.start(
            "invoker",
            () -> {
              caller.set(Thread.currentThread());
              assertThatThrownBy(() -> executor.invokeAll(List.of(this::gated)))
                  .isInstanceOf(InterruptedException.class);
            });
    Until.down(begun);
    caller.get().interrupt();
    var _ = Foreign.get(invoker);
    Until.down(interrupted);
  }

  @Test
  void invokeAnyGivesTheResultOfOneAndCancelsTheOthers() throws Exception {
    List<Callable<String>> tasks =
        List.of(
            this::gated,
            () -> {
              Until.down(begun);
              return "quick";
            });
    assertThat(executor.invokeAny(tasks)).isEqualTo("quick");
    Until.down(interrupted);
  }

  @Test
  void invokeAnyFailsOnlyWhenAllFail() throws Exception {
    Callable<Integer> fails =
        () -> {
          throw new IOException("boom");
        };
    assertThat(executor.invokeAny(List.of(fails, () -> 2))).isEqualTo(2);
    assertThatThrownBy(() -> executor.invokeAny(List.of(fails, fails)))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThatThrownBy(() -> executor.invokeAny(List.of(this::gated), 1, MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> executor.invokeAny(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // The end

  @SuppressWarnings("FutureReturnValueIgnored") // there is none: each call throws
  @Test
  void shutdownRunsWhatWasSubmittedAndAcceptsNothingNew() throws Exception {
    Future<String> before = executor.submit(this::gated);
    assertThat(executor.isShutdown()).isFalse();
    executor.shutdown();
    executor.shutdown();
    assertThat(executor.isShutdown()).isTrue();
    assertThat(executor.isTerminated()).isFalse();
    for (Callable<?> submission :
        List.<Callable<?>>of(
            () -> executor.submit(() -> 1),
            () -> executor.submit(() -> {}),
            () -> executor.schedule(() -> 1, 0, SECONDS),
            () -> executor.scheduleAtFixedRate(() -> {}, 0, 1, SECONDS),
            () -> executor.scheduleWithFixedDelay(() -> {}, 0, 1, SECONDS),
            () -> executor.invokeAll(List.of(() -> 1)),
            () -> executor.invokeAny(List.of(() -> 1)))) {
      assertThatThrownBy(submission::call).isInstanceOf(RejectedExecutionException.class);
    }
    assertThatThrownBy(() -> executor.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    gate.countDown();
    assertThat(get(before)).isEqualTo("through");
    assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
    assertThat(executor.isTerminated()).isTrue();
  }

  @Test
  void shutdownNowInterruptsWhatRunsAndGivesWhatNeverBegan() throws Exception {
    Future<String> runs = executor.submit(this::gated);
    AtomicInteger ran = new AtomicInteger();
    ScheduledFuture<Integer> waits = executor.schedule(ran::incrementAndGet, 1, HOURS);
    Until.down(begun);
    List<Runnable> never = executor.shutdownNow();
    assertThat(never).containsExactly((Runnable) waits);
    Until.down(interrupted);
    assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
    assertThat(runs.isDone()).isTrue();
    assertThat(waits.isDone()).isFalse();
    assertThat(ran).hasValue(0);
    assertThat(executor.shutdownNow()).isEmpty();
  }

  @Test
  void awaitTerminationTellsThatTheTimeElapsedAndIsInterruptible() throws Exception {
    Future<String> _ = executor.submit(this::gated);
    executor.shutdown();
    assertThat(executor.awaitTermination(1, NANOSECONDS)).isFalse();
    Foreign.run(
        () -> {
          Thread.currentThread().interrupt();
          assertThatThrownBy(() -> executor.awaitTermination(30, SECONDS))
              .isInstanceOf(InterruptedException.class);
        });
    gate.countDown();
    assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
  }

  @Test
  void closeWaitsForWhatWasSubmitted() throws Exception {
    Future<String> future = executor.submit(this::gated);
    FutureTask<Void> closer = Foreign.start("closer", executor::close);
    Until.true_("it is shut down", executor::isShutdown);
    assertThat(closer.isDone()).isFalse();
    gate.countDown();
    var _ = Foreign.get(closer);
    assertThat(future.resultNow()).isEqualTo("through");
    assertThat(executor.isTerminated()).isTrue();
    executor.close();
  }

  @Test
  void closeThatIsInterruptedStopsWhatRunsAndAssertsTheInterruptAgain() throws Exception {
    Future<String> _ = executor.submit(this::gated);
    Until.down(begun);
    Foreign.run(
        () -> {
          Thread.currentThread().interrupt();
          executor.close();
          assertThat(Thread.interrupted()).isTrue();
        });
    Until.down(interrupted);
    assertThat(executor.isTerminated()).isTrue();
  }

  // Null

  @SuppressWarnings("FutureReturnValueIgnored") // there is none: each call throws
  @Test
  void nullIsRefused() {
    for (Callable<?> call :
        List.<Callable<?>>of(
            () -> executor.submit((Callable<?>) null),
            () -> executor.submit((Runnable) null),
            () -> executor.submit(null, 1),
            () -> executor.invokeAll(null),
            () -> executor.invokeAll(Arrays.asList((Callable<Integer>) null)),
            () -> executor.invokeAll(List.of(() -> 1), 1, null),
            () -> executor.invokeAny(null),
            () -> executor.invokeAny(Collections.singletonList((Callable<Integer>) null)),
            () -> executor.invokeAny(List.of(() -> 1), 1, null),
            () -> executor.awaitTermination(1, null),
            () -> executor.schedule((Runnable) null, 1, SECONDS),
            () -> executor.schedule((Callable<?>) null, 1, SECONDS),
            () -> executor.schedule(() -> 1, 1, null),
            () -> executor.scheduleAtFixedRate(null, 1, 1, SECONDS),
            () -> executor.scheduleAtFixedRate(() -> {}, 1, 1, null),
            () -> executor.scheduleWithFixedDelay(null, 1, 1, SECONDS),
            () -> executor.scheduleWithFixedDelay(() -> {}, 1, 1, null))) {
      assertThatThrownBy(call::call).isInstanceOf(NullPointerException.class);
    }
    assertThatThrownBy(() -> executor.execute(null)).isInstanceOf(NullPointerException.class);
  }
}
