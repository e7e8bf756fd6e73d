package dev.heddle.pool;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Clock;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskLocal;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a {@link TaskExecutor} has beside the contract: its commands are tasks. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TaskExecutorTest {
  @Parameter Kind kind;

  private final List<Object> trace = Collections.synchronizedList(new ArrayList<>());

  private static <T> T result(Future<T> future) {
    return future.resultNow();
  }

  private String waitsForEver() throws Exception {
    try {
      return Task.await(new Promise<String>());
    } finally {
      trace.add("ended");
    }
  }

  private static String result(TaskExecutor executor, List<Callable<String>> commands)
      throws Exception {
    return executor.invokeAny(commands);
  }

  /** F10. */
  @Test
  void losersOfInvokeAnyThatAwaitAreCancelled() throws Exception {
    try (TaskExecutor executor = TaskExecutor.create("jobs")) {
      List<Callable<String>> commands = List.of(this::waitsForEver, () -> "winner");
      assertThat(result(executor, commands)).isEqualTo("winner");
      executor.shutdown();
      assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
    }
    assertThat(trace.size()).isLessThanOrEqualTo(1); // it may have been cancelled before it began
  }

  /** F10. */
  @Test
  void aFutureOfAnExecutorCompletionServiceThatAwaitsIsCancelled() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    try (TaskExecutor executor = TaskExecutor.create("jobs")) {
      Future<String> future =
          new ExecutorCompletionService<String>(executor)
              .submit(
                  () -> {
                    begun.countDown();
                    return waitsForEver();
                  });
      assertThat(begun.await(30, SECONDS)).isTrue();
      assertThat(future.cancel(true)).isTrue();
      executor.shutdown();
      assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
    }
    assertThat(trace).containsExactly("ended");
  }

  /** F15. */
  @Test
  void aPeriodicCommandInTheMiddleOfARunIsCancelledWhenThatRunIsOver() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (TaskExecutor executor = TaskExecutor.create("jobs")) {
      Future<?> future =
          executor.scheduleAtFixedRate(
              () -> {
                begun.countDown();
                try {
                  go.await();
                } catch (InterruptedException e) {
                  trace.add(e);
                }
              },
              0,
              1,
              TimeUnit.NANOSECONDS);
      assertThat(begun.await(30, SECONDS)).isTrue();
      executor.shutdown();
      assertThat(future.isDone()).isFalse();
      go.countDown();
      assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
      assertThat(future.isCancelled()).isTrue();
    }
    assertThat(trace).isEmpty();
  }

  @Test
  void commandsAreTasksAndMayAwait() {
    try (Scheduler scheduler = kind.scheduler();
        TaskExecutor executor = TaskExecutor.on(scheduler)) {
      Promise<Integer> promise = new Promise<>();
      Future<Integer> waits = executor.submit(() -> Task.await(promise) + 1);
      Future<Boolean> completes = executor.submit(() -> promise.complete(1));
      scheduler.run();
      assertThat(result(waits)).isEqualTo(2);
      assertThat(result(completes)).isTrue();
    }
  }

  @Test
  void tasksAndCommandsTakeTurns() {
    try (Scheduler scheduler = kind.scheduler();
        TaskExecutor executor = TaskExecutor.on(scheduler)) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            executor.execute(() -> trace.add("command"));
            co.await(Task.yield());
            trace.add("task");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("command", "task");
  }

  /** It has run and does not wait for its next time yet: it waited an hour for that, cancelled. */
  @Test
  void aPeriodicCommandThatIsCancelledJustAfterItsRunEnds() {
    VirtualTime time = new VirtualTime();
    AtomicReference<Future<?>> ranJustNow = new AtomicReference<>();
    Clock cancels =
        () -> {
          Future<?> ran = ranJustNow.getAndSet(null);
          trace.add(ran == null ? "looks" : ran.cancel(false));
          return time.nanoTime();
        };
    try (Scheduler scheduler = kind.builder().clock(cancels).poller(time).build();
        TaskExecutor executor = TaskExecutor.on(scheduler)) {
      long start = time.nanoTime();
      List<Future<?>> periodic = new ArrayList<>();
      periodic.add(
          executor.scheduleWithFixedDelay(() -> ranJustNow.set(periodic.getFirst()), 0, 1, HOURS));
      scheduler.run();
      assertThat(trace).contains(true);
      assertThat(periodic.getFirst().isCancelled()).isTrue();
      assertThat(Duration.ofNanos(time.nanoTime() - start)).isLessThan(Duration.ofHours(1));
    }
  }

  /** On virtual time: no timing, and an hour passes at once. */
  @Test
  void delaysAndPeriodsFollowTheSchedulersClock() {
    VirtualTime time = new VirtualTime();
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time);
        TaskExecutor executor = TaskExecutor.on(scheduler)) {
      var _ = executor.schedule(() -> trace.add("hour"), 1, HOURS);
      List<Future<?>> periodic = new ArrayList<>();
      periodic.add(
          executor.scheduleAtFixedRate(
              () -> {
                trace.add((time.nanoTime() - start) / TimeUnit.MINUTES.toNanos(1));
                time.advance(Duration.ofMinutes(trace.size() == 1 ? 25 : 1)); // two are missed
                if (trace.size() == 5) {
                  assertThat(periodic.getFirst().cancel(false)).isTrue();
                }
              },
              10,
              10,
              TimeUnit.MINUTES));
      scheduler.run();
    }
    assertThat(trace).containsExactly(10L, 35L, 36L, 40L, 50L, "hour");
  }

  @Test
  void withAFixedDelayLostTimeIsNotMadeUp() {
    VirtualTime time = new VirtualTime();
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time);
        TaskExecutor executor = TaskExecutor.on(scheduler)) {
      List<Future<?>> periodic = new ArrayList<>();
      periodic.add(
          executor.scheduleWithFixedDelay(
              () -> {
                trace.add((time.nanoTime() - start) / TimeUnit.MINUTES.toNanos(1));
                time.advance(Duration.ofMinutes(25));
                if (trace.size() == 3) {
                  assertThat(periodic.getFirst().cancel(false)).isTrue();
                }
              },
              10,
              10,
              TimeUnit.MINUTES));
      scheduler.run();
    }
    assertThat(trace).containsExactly(10L, 45L, 80L);
  }

  @Test
  void cancellingAFutureReachesACommandThatAwaits() {
    try (Scheduler scheduler = kind.scheduler();
        TaskExecutor executor = TaskExecutor.on(scheduler)) {
      Future<?> sleeper =
          executor.submit(
              () -> {
                try {
                  Task.await(Timers.sleep(Duration.ofHours(1)));
                } finally {
                  trace.add("cleaned up");
                }
              });
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            co.await(Task.yield());
            assertThat(sleeper.cancel(true)).isTrue();
          });
      scheduler.run();
      assertThat(sleeper.isCancelled()).isTrue();
    }
    assertThat(trace).containsExactly("cleaned up");
  }

  @Test
  void closingTheSchedulerCancelsCommandsAndRejectsNewOnes() throws Exception {
    Scheduler scheduler = kind.scheduler();
    TaskExecutor executor = TaskExecutor.on(scheduler);
    Future<Integer> given = executor.submit(() -> 1);
    Future<Integer> hour = executor.schedule(() -> 2, 1, HOURS);
    kind.spawn(
        scheduler,
        "closer",
        co -> {
          co.await(Task.yield());
          co.await(Task.yield());
          scheduler.close();
        });
    Future<?> awaits = executor.submit(() -> Task.await(Timers.sleep(Duration.ofHours(1))));
    scheduler.run();
    assertThat(result(given)).isEqualTo(1);
    assertThat(hour.isCancelled()).isTrue();
    assertThat(awaits.isCancelled()).isTrue();
    assertThatThrownBy(() -> hour.get(1, SECONDS)).isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> executor.submit(() -> 1))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageEndingWith("is closed");
    executor.close();
    assertThat(executor.isTerminated()).isTrue();
  }

  @Test
  void commandsThatWaitForARunAreCancelledIfNoneComes() throws Exception {
    Scheduler scheduler = kind.scheduler();
    TaskExecutor executor = TaskExecutor.on(scheduler);
    Future<Integer> given = Foreign.call(() -> executor.submit(() -> 1));
    scheduler.close();
    assertThat(given.isDone()).isTrue();
    executor.close();
  }

  @Test
  void aLoopIsNotToStandStillForAFuture() {
    try (Scheduler scheduler = kind.scheduler();
        TaskExecutor executor = TaskExecutor.on(scheduler)) {
      scheduler.spawn(
          new Step<>() {
            @Override
            protected YieldEvent<?, ?> step(Object sent) throws Exception {
              Future<Integer> future = executor.submit(() -> 1);
              assertThatThrownBy(future::get)
                  .isInstanceOf(WrongThreadException.class)
                  .hasMessageContaining("await an event instead");
              assertThatThrownBy(() -> future.get(1, SECONDS))
                  .isInstanceOf(WrongThreadException.class);
              assertThatThrownBy(() -> executor.awaitTermination(1, SECONDS))
                  .isInstanceOf(WrongThreadException.class);
              return null;
            }
          });
      scheduler.run();
    }
  }

  @Test
  void commandsHaveTheTaskLocalsOfWhoGaveThem() {
    TaskLocal<String> local = TaskLocal.withInitial(() -> "none");
    try (Scheduler scheduler = kind.scheduler();
        TaskExecutor executor = TaskExecutor.on(scheduler);
        ThreadPool pool = ThreadPool.platform("p", 1)) {
      kind.spawn(
          scheduler,
          "giver",
          co -> {
            local.set("mine");
            executor.execute(() -> trace.add(local.get()));
            co.await(
                pool.apply(
                    () -> {
                      executor.execute(() -> trace.add(local.get() + ", by the pool"));
                      return scheduler.call(() -> trace.add(local.get() + ", called back"));
                    }));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("mine", "mine, by the pool", "mine, called back");
  }

  @Test
  void whatAnExecutedCommandThrowsIsReported() {
    try (Scheduler scheduler =
            kind.builder().failureReporter((task, e) -> trace.add(e.getMessage())).build();
        TaskExecutor executor = TaskExecutor.on(scheduler)) {
      executor.execute(
          () -> {
            throw new IllegalStateException("boom");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("boom");
  }

  @Test
  void shutdownNowKeepsWhatHadNoTurnYetFromBeginning() throws Exception {
    try (TaskExecutor executor = TaskExecutor.create("busy")) {
      CountDownLatch begun = new CountDownLatch(1);
      executor.execute(
          () -> {
            begun.countDown();
            while (!executor.isShutdown()) {
              Thread.onSpinWait(); // nobody else has a turn
            }
          });
      Until.down(begun);
      Runnable waiting = () -> trace.add("ran");
      executor.execute(waiting);
      assertThat(executor.shutdownNow()).containsExactly(waiting);
      assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
    }
    assertThat(trace).isEmpty();
  }
}
