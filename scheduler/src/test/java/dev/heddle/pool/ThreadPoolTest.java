package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskLocal;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** O1. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ThreadPoolTest {
  @Parameter Kind kind;

  private final List<Object> trace = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);

  /** Work that begins, and ends when the gate is opened. */
  private String gated() throws InterruptedException {
    begun.countDown();
    gate.await();
    return "through";
  }

  private static void untilDown(CountDownLatch latch) {
    Until.true_("the latch is down", () -> latch.getCount() == 0);
  }

  @Test
  void offloadedWorkKeepsTheLoopRunning() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "waiter", co -> trace.add(co.await(pool.submit(this::gated))));
      kind.spawn(
          scheduler,
          "other",
          co -> {
            while (begun.getCount() > 0) {
              co.await(Task.yield());
            }
            trace.add("the loop runs");
            gate.countDown();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("the loop runs", "through");
  }

  @Test
  void workRunsInAThreadNamedAfterThePool() {
    try (ThreadPool platform = ThreadPool.platform("hash", 1);
        ThreadPool virtual = ThreadPool.virtual("fetch", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            for (ThreadPool pool : List.of(platform, virtual)) {
              Thread thread = co.await(pool.submit(Thread::currentThread));
              trace.add(thread.getName() + " " + thread.isVirtual() + " " + thread.isDaemon());
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("hash-1 false true", "fetch-1 true true");
  }

  @Test
  void nothingHappensUntilTheEventIsYieldedAndEachYieldDoesItAgain() {
    AtomicInteger times = new AtomicInteger();
    try (ThreadPool pool = ThreadPool.platform("p", 2);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            var work = pool.submit(times::incrementAndGet);
            assertThat(pool).hasToString("pool 'p' (0 running, 0 queued, 0 waiting for room)");
            assertThat(work).hasToString("work in pool 'p'");
            assertThat(co.await(work)).isEqualTo(1);
            assertThat(co.await(work)).isEqualTo(2);
          });
      scheduler.run();
    }
  }

  @Test
  void aFailureArrivesAsItIsWithTheStackOfTheWork() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co ->
              assertThatThrownBy(() -> co.await(pool.submit(ThreadPoolTest::fails)))
                  .isInstanceOf(IOException.class)
                  .hasMessage("boom")
                  .satisfies(
                      e -> assertThat(e.getStackTrace()[0].getMethodName()).isEqualTo("fails")));
      scheduler.run();
    }
  }

  private static String fails() throws IOException {
    throw new IOException("boom");
  }

  @Test
  void noMoreRunAtOnceThanThereAreThreads() {
    for (boolean virtual : new boolean[] {false, true}) {
      AtomicInteger now = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      try (ThreadPool pool =
              virtual ? ThreadPool.virtual("p", 3, 2) : ThreadPool.platform("p", 3, 2);
          Scheduler scheduler = kind.scheduler()) {
        for (int i = 0; i < 20; i++) {
          kind.spawn(
              scheduler,
              "task " + i,
              co ->
                  trace.add(
                      co.await(
                          pool.submit(
                              () -> {
                                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                                Thread.yield();
                                return now.decrementAndGet();
                              }))));
        }
        scheduler.run();
      }
      assertThat(most.get()).isBetween(1, 3);
    }
    assertThat(trace).hasSize(40);
  }

  @Test
  void workBeginsInTheOrderInWhichItWasBrought() {
    try (ThreadPool pool = ThreadPool.platform("p", 1, 1);
        Scheduler scheduler = kind.scheduler()) {
      for (int i = 0; i < 10; i++) {
        int n = i;
        kind.spawn(scheduler, "task " + i, co -> co.await(pool.submit(() -> trace.add(n))));
      }
      scheduler.run();
    }
    assertThat(trace).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  // Cancellation.

  @Test
  void workThatHasNotBegunWhenItsTaskIsCancelledNeverBegins() {
    for (WhenCancelled when : WhenCancelled.values()) {
      try (ThreadPool pool = ThreadPool.platform("p", 1, 1);
          Scheduler scheduler = kind.scheduler()) {
        CountDownLatch open = new CountDownLatch(1);
        kind.spawn(
            scheduler,
            "first",
            co ->
                co.await(
                    pool.submit(
                        () -> {
                          open.await();
                          return 1;
                        })));
        List<Task<?>> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          others.add(
              kind.spawn(
                  scheduler, "other", co -> co.await(pool.submit(() -> trace.add("ran"), when))));
        }
        kind.spawn(
            scheduler,
            "canceller",
            co -> {
              for (Task<?> other : others) {
                assertThat(co.inside(() -> other.cancel("enough"))).isTrue();
              }
              open.countDown();
            });
        scheduler.run();
        assertThat(others).allMatch(other -> other.state() == Task.State.CANCELLED);
      }
    }
    assertThat(trace).isEmpty();
  }

  @Test
  void cancelledWaitingAbandonsTheWork() throws Exception {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      CountDownLatch after = new CountDownLatch(1);
      Task<?> waiter =
          kind.spawn(
              scheduler,
              "waiter",
              co ->
                  co.await(
                      pool.submit(
                          () -> {
                            gated();
                            trace.add("interrupted: " + Thread.interrupted());
                            after.countDown();
                            return 1;
                          })));
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            while (begun.getCount() > 0) {
              co.await(Task.yield());
            }
            assertThat(co.inside(() -> waiter.cancel("enough"))).isTrue();
          });
      scheduler.run();
      assertThat(waiter.state()).isEqualTo(Task.State.CANCELLED);
      assertThat(trace).as("it runs on").isEmpty();
      gate.countDown();
      Until.down(after);
      pool.awaitJoin();
    }
    assertThat(trace).containsExactly("interrupted: false");
  }

  @Test
  void cancelledWaitingInterruptsTheWorkIfAskedAndWaitsForItsEnd() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      Task<?> waiter =
          kind.spawn(
              scheduler,
              "waiter",
              co -> {
                try {
                  co.await(
                      pool.submit(
                          () -> {
                            try {
                              return gated();
                            } finally {
                              trace.add("work ends");
                            }
                          },
                          WhenCancelled.INTERRUPT));
                } catch (Cancelled e) {
                  trace.add("then the task goes on");
                  throw e;
                }
              });
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            while (begun.getCount() > 0) {
              co.await(Task.yield());
            }
            assertThat(co.inside(() -> waiter.cancel("enough"))).isTrue();
          });
      scheduler.run();
      assertThat(waiter.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("work ends", "then the task goes on");
  }

  @Test
  void interruptedWorkThatHasAResultAllTheSameDeliversIt() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      Task<?> waiter =
          kind.spawn(
              scheduler,
              "waiter",
              co -> {
                trace.add(
                    co.await(
                        pool.submit(
                            () -> {
                              try {
                                return gated();
                              } catch (InterruptedException e) {
                                return "a result";
                              }
                            },
                            WhenCancelled.INTERRUPT)));
                assertThatThrownBy(() -> co.await(Task.yield())).isInstanceOf(Cancelled.class);
              });
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            while (begun.getCount() > 0) {
              co.await(Task.yield());
            }
            assertThat(co.inside(() -> waiter.cancel("enough"))).isTrue();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("a result");
  }

  /** It is for the work that was cancelled; the thread goes on to other work. */
  @Test
  void anInterruptNeverHitsTheNextWork() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "driver",
          co -> {
            for (int i = 0; i < 200; i++) {
              AtomicInteger stage = new AtomicInteger();
              int spins = i * 5;
              Task<?> victim =
                  co.inside(
                      () ->
                          scheduler.spawn(
                              () ->
                                  Task.await(
                                      pool.submit(
                                          () -> {
                                            stage.set(1);
                                            for (int n = 0; n < spins; n++) {
                                              Thread.onSpinWait();
                                            }
                                            return 1;
                                          },
                                          WhenCancelled.INTERRUPT))));
              while (stage.get() == 0) {
                co.await(Task.yield());
              }
              var _ = co.inside(() -> victim.cancel("enough"));
              assertThat(co.await(pool.submit(Thread::interrupted))).isFalse();
            }
          });
      scheduler.run();
    }
  }

  @Test
  void workHasATimeLimitAndIsAnArmOfASelect() {
    try (ThreadPool pool = ThreadPool.platform("p", 2);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            var first =
                co.await(
                    Select.<Object>any(
                        pool.submit(this::gated), pool.submit(() -> 1), pool.submit(() -> 2)));
            trace.add(first.index() > 0);
            assertThatThrownBy(() -> co.await(pool.submit(this::gated).within(Duration.ZERO)))
                .isInstanceOf(java.util.concurrent.TimeoutException.class)
                .hasMessage("timed out after PT0S waiting for work in pool 'p'");
            var third =
                co.await(
                    Select.<Object>any(
                        pool.submit(this::gated, WhenCancelled.INTERRUPT),
                        Timers.sleep(Duration.ofNanos(1))));
            trace.add(third.index());
            gate.countDown();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(true, 1);
  }

  // Eager.

  @Test
  void startedWorkGoesOnBesideTheTask() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            Promise<String> promise = co.await(pool.start(this::gated));
            assertThat(promise.isDone()).isFalse();
            gate.countDown();
            trace.add(co.await(promise));
            Promise<String> failed = co.await(pool.start(ThreadPoolTest::fails));
            assertThatThrownBy(() -> co.await(failed)).isInstanceOf(IOException.class);
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("through");
  }

  @Test
  void whoStartsWorkWaitsWhenThereIsNoRoom() {
    try (ThreadPool pool = ThreadPool.platform("p", 1, 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "starter",
          co -> {
            List<Promise<String>> promises = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
              promises.add(co.await(pool.start(this::gated)));
              trace.add("started " + i);
            }
            for (Promise<String> promise : promises) {
              trace.add(co.await(promise));
            }
          });
      kind.spawn(
          scheduler,
          "opener",
          co -> {
            untilDown(begun);
            co.await(Task.yield());
            assertThat(pool).hasToString("pool 'p' (1 running, 1 queued, 1 waiting for room)");
            assertThat(pool.tryStart(() -> 1)).as("no room").isNull();
            assertThatThrownBy(() -> pool.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageEndingWith("has no room");
            trace.add("full");
            gate.countDown();
          });
      scheduler.run();
    }
    assertThat(trace)
        .containsExactly(
            "started 0",
            "started 1",
            "full",
            "started 2",
            "started 3",
            "through",
            "through",
            "through",
            "through");
  }

  @Test
  void whoIsCancelledWaitingForRoomTakesTheWorkBack() {
    try (ThreadPool pool = ThreadPool.platform("p", 1, 0);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "busy", co -> co.await(pool.submit(this::gated)));
      Task<?> starter =
          kind.spawn(scheduler, "starter", co -> co.await(pool.start(() -> trace.add("ran"))));
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            assertThat(co.inside(() -> starter.cancel("enough"))).isTrue();
            gate.countDown();
          });
      scheduler.run();
      assertThat(starter.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).isEmpty();
  }

  @Test
  void threadsStartWorkTooAndTheJdksCallbacksWork() throws Exception {
    try (ThreadPool pool = ThreadPool.platform("p", 2)) {
      Promise<Integer> promise = pool.tryStart(() -> 41);
      assertThat(promise).isNotNull();
      assertThat(CompletableFuture.supplyAsync(() -> 41, pool).thenApply(n -> n + 1).get())
          .isEqualTo(42);
      pool.awaitJoin();
      assertThat(promise.isDone()).isTrue();
      assertThat(pool).hasToString("pool 'p' (0 running, 0 queued, 0 waiting for room)");
    }
  }

  // Many.

  @Test
  void mapGivesResultsInOrderAndBeginsNoMoreThanTheLookAhead() {
    AtomicInteger begunCount = new AtomicInteger();
    try (ThreadPool pool = ThreadPool.platform("p", 4);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            int taken = 0;
            try (Results<Integer> squares =
                pool.map(
                    IntStream.range(0, 50).boxed().toList(),
                    n -> {
                      begunCount.incrementAndGet();
                      return n * n;
                    },
                    3)) {
              assertThat(begunCount).hasValue(0);
              while (squares.hasNext()) {
                trace.add(co.await(squares.next()));
                taken++;
                assertThat(begunCount.get()).isLessThanOrEqualTo(taken + 2);
              }
              assertThatThrownBy(() -> co.await(squares.next()))
                  .isInstanceOf(NoSuchElementException.class)
                  .hasMessage("there are no more results of pool 'p'");
            }
          });
      scheduler.run();
    }
    assertThat(trace).isEqualTo(IntStream.range(0, 50).<Object>mapToObj(n -> n * n).toList());
  }

  @Test
  void asCompletedGivesTheFirstThatHasEndedFirst() {
    try (ThreadPool pool = ThreadPool.platform("p", 2);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            List<Callable<Object>> works = List.of(this::gated, () -> "quick", () -> "second");
            Results<Object> results = pool.asCompleted(works, 3);
            trace.add(co.await(results.next()));
            trace.add(co.await(results.next()));
            gate.countDown();
            trace.add(co.await(results.next()));
            assertThat(results.hasNext()).isFalse();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("quick", "second", "through");
  }

  @Test
  void aFailureIsThrownInItsTurnAndTheOthersGoOn() {
    try (ThreadPool pool = ThreadPool.platform("p", 2);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            Results<Integer> results = pool.map(List.of(1, 0, 5), n -> 10 / n, 2);
            trace.add(co.await(results.next()));
            assertThatThrownBy(() -> co.await(results.next()))
                .isInstanceOf(ArithmeticException.class);
            trace.add(co.await(results.next()));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(10, 2);
  }

  @Test
  void closedResultsBeginNothingMore() {
    AtomicInteger ran = new AtomicInteger();
    try (ThreadPool pool = ThreadPool.platform("p", 1, 0);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            Results<Integer> results = pool.map(List.of(1, 2, 3), n -> ran.incrementAndGet(), 1);
            trace.add(co.await(results.next()));
            results.close();
            results.close();
            assertThat(results.hasNext()).isFalse();
          });
      scheduler.run();
    }
    assertThat(ran).hasValue(1);
    assertThatThrownBy(() -> ThreadPool.virtual("p", 1).map(List.of(1), n -> n, 0).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a look-ahead of 0: must be 1 or more");
  }

  // Around it.

  @Test
  void taskLocalsHoldAcrossOffload() {
    TaskLocal<String> local = TaskLocal.withInitial(() -> "none");
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            co.inside(
                () -> {
                  local.set("mine");
                  return null;
                });
            trace.add(
                co.await(
                    pool.submit(
                        () -> {
                          String seen = local.get();
                          local.set("of the work");
                          return seen + ", " + local.get();
                        })));
            trace.add(co.inside(local::get));
            trace.add(co.await(pool.map(List.of(1), n -> local.get(), 1).next()));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("mine, of the work", "mine", "mine");
  }

  @Test
  void aThreadOfThePoolCallsBackIntoTheScheduler() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co ->
              trace.add(
                  co.await(
                      pool.submit(
                          () ->
                              scheduler.call(
                                  () -> {
                                    Task.await(Task.yield());
                                    return scheduler.isInside();
                                  })))));
      scheduler.run();
    }
    assertThat(trace).containsExactly(true);
  }

  @Test
  void severalSchedulersShareAPool() throws Exception {
    try (ThreadPool pool = ThreadPool.platform("p", 2)) {
      var other =
          Foreign.start(
              "other",
              () -> {
                try (Scheduler scheduler = kind.scheduler()) {
                  hundredWorks(scheduler, pool);
                }
              });
      try (Scheduler scheduler = kind.scheduler()) {
        hundredWorks(scheduler, pool);
      }
      var _ = Foreign.get(other);
    }
    assertThat(trace).hasSize(200);
  }

  private void hundredWorks(Scheduler scheduler, ThreadPool pool) {
    for (int i = 0; i < 100; i++) {
      int n = i;
      kind.spawn(scheduler, "task", co -> trace.add(co.await(pool.submit(() -> n))));
    }
    scheduler.run();
  }

  // The end.

  @Test
  void closingDropsWhatWaitsAndInterruptsWhatRunsAndAllWhoWaitHearOfIt() throws Exception {
    ThreadPool pool = ThreadPool.platform("p", 1, 1);
    try (Scheduler scheduler = kind.scheduler()) {
      CountDownLatch interrupted = new CountDownLatch(1);
      kind.spawn(
          scheduler,
          "running",
          co ->
              assertThatThrownBy(
                      () ->
                          co.await(
                              pool.submit(
                                  () -> {
                                    try {
                                      return gated();
                                    } finally {
                                      interrupted.countDown();
                                    }
                                  })))
                  .isInstanceOf(ClosedException.class)
                  .hasMessage("pool 'p' is closed"));
      kind.spawn(
          scheduler,
          "waiting",
          co ->
              assertThatThrownBy(() -> co.await(pool.submit(() -> 1)))
                  .isInstanceOf(ClosedException.class));
      kind.spawn(
          scheduler,
          "starting",
          co ->
              assertThatThrownBy(() -> co.await(pool.start(() -> 1)))
                  .isInstanceOf(ClosedException.class));
      kind.spawn(
          scheduler,
          "closer",
          co -> {
            untilDown(begun);
            pool.close();
            pool.close();
            co.await(pool.join());
            assertThat(interrupted.getCount()).isZero();
            assertThatThrownBy(() -> co.await(pool.submit(() -> 1)))
                .isInstanceOf(ClosedException.class);
          });
      scheduler.run();
    }
    assertThatThrownBy(() -> pool.tryStart(() -> 1)).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    assertThat(pool.isShutdown()).isTrue();
  }

  @Test
  void afterShutdownWhatWasBroughtIsDone() {
    ThreadPool pool = ThreadPool.platform("p", 1, 1);
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "running", co -> trace.add(co.await(pool.submit(this::gated))));
      kind.spawn(scheduler, "waiting", co -> trace.add(co.await(pool.submit(() -> 1))));
      kind.spawn(
          scheduler,
          "starting",
          co -> {
            Promise<Integer> promise = co.await(pool.start(() -> 2));
            trace.add(co.await(promise));
          });
      kind.spawn(
          scheduler,
          "closer",
          co -> {
            pool.shutdown();
            assertThatThrownBy(() -> co.await(pool.submit(() -> 1)))
                .isInstanceOf(ClosedException.class);
            gate.countDown();
            co.await(pool.join());
          });
      scheduler.run();
    }
    assertThat(trace).containsExactlyInAnyOrder("through", 1, 2);
    assertThat(pool).hasToString("pool 'p' (0 running, 0 queued, 0 waiting for room, shut down)");
  }

  @Test
  void badNumbersAreNamedWithTheirRange() {
    assertThatThrownBy(() -> ThreadPool.platform("p", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pool 'p' of 0 threads: must be 1 to 10000");
    assertThatThrownBy(() -> ThreadPool.virtual("p", 1_000_001))
        .hasMessage("pool 'p' of 1000001 threads: must be 1 to 1000000");
    assertThatThrownBy(() -> ThreadPool.platform("p", 1, -1))
        .hasMessage("a queue for -1: must be 0 to 1000000");
    assertThatThrownBy(() -> ThreadPool.platform(null, 1)).isInstanceOf(NullPointerException.class);
    try (ThreadPool pool = ThreadPool.virtual("p", 1)) {
      assertThatThrownBy(() -> pool.submit(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> pool.submit(() -> 1, null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> pool.tryStart(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> pool.execute(null)).isInstanceOf(NullPointerException.class);
    }
  }
}
