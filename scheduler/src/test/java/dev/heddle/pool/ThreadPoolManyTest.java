package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskLocal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** O1: work beside the task, and the end. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ThreadPoolManyTest {
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

  // Eager.

  @Test
  void startedWorkGoesOnBesideTheTask() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            Promise<String> promise = co.await(pool.submit(this::gated));
            assertThat(promise.isDone()).isFalse();
            gate.countDown();
            trace.add(co.await(promise));
            Promise<String> failed = co.await(pool.submit(ThreadPoolManyTest::fails));
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
              promises.add(co.await(pool.submit(this::gated)));
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
            assertThat(pool.trySubmit(() -> 1)).as("no room").isNull();
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
      kind.spawn(scheduler, "busy", co -> co.await(pool.apply(this::gated)));
      Task<?> starter =
          kind.spawn(scheduler, "starter", co -> co.await(pool.submit(() -> trace.add("ran"))));
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            assertThat(starter.cancel("enough")).isTrue();
            gate.countDown();
          });
      scheduler.run();
      assertThat(starter.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).isEmpty();
  }

  @Test
  void workWhosePromiseIsCancelledBeforeItBeginsNeverBegins() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            Promise<String> first = co.await(pool.submit(this::gated));
            Promise<Boolean> second = co.await(pool.submit(() -> trace.add("ran")));
            assertThat(second.cancel()).isTrue();
            gate.countDown();
            trace.add(co.await(first));
            co.await(pool.join());
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("through");
  }

  @Test
  void threadsStartWorkTooAndTheJdksCallbacksWork() throws Exception {
    try (ThreadPool pool = ThreadPool.platform("p", 2)) {
      Promise<Integer> promise = pool.trySubmit(() -> 41);
      assertThat(promise).isNotNull();
      assertThat(CompletableFuture.supplyAsync(() -> 41, pool).thenApply(n -> n + 1).get())
          .isEqualTo(42);
      pool.awaitJoin();
      assertThat(promise.isDone()).isTrue();
      assertThat(pool).hasToString("pool 'p' (0 running, 0 queued, 0 waiting for room)");
    }
  }

  // Around it.

  @Test
  @Holds("D1")
  void taskLocalsHoldAcrossOffload() {
    TaskLocal<String> local = TaskLocal.withInitial(() -> "none");
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            local.set("mine");
            trace.add(
                co.await(
                    pool.apply(
                        () -> {
                          String seen = local.get();
                          local.set("of the work");
                          return seen + ", " + local.get();
                        })));
            trace.add(local.get());
            trace.add(co.await(pool.map(List.of(1), n -> local.get(), 1).next()));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("mine, of the work", "mine", "mine");
  }

  @Test
  @Holds("O2")
  void aThreadOfThePoolCallsBackIntoTheScheduler() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co ->
              trace.add(
                  co.await(
                      pool.apply(
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
      kind.spawn(scheduler, "task", co -> trace.add(co.await(pool.apply(() -> n))));
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
                              pool.apply(
                                  () -> {
                                    try {
                                      return gated();
                                    } finally {
                                      interrupted.countDown();
                                    }
                                  })))
                  .isInstanceOf(PoolClosedException.class)
                  .hasMessage("pool 'p' is closed"));
      kind.spawn(
          scheduler,
          "waiting",
          co ->
              assertThatThrownBy(() -> co.await(pool.apply(() -> 1)))
                  .isInstanceOf(PoolClosedException.class));
      kind.spawn(
          scheduler,
          "starting",
          co ->
              assertThatThrownBy(() -> co.await(pool.submit(() -> 1)))
                  .isInstanceOf(PoolClosedException.class));
      kind.spawn(
          scheduler,
          "closer",
          co -> {
            untilDown(begun);
            pool.close();
            pool.close();
            co.await(pool.join());
            assertThat(interrupted.getCount()).isZero();
            assertThatThrownBy(() -> co.await(pool.apply(() -> 1)))
                .isInstanceOf(PoolClosedException.class);
          });
      scheduler.run();
    }
    assertThatThrownBy(() -> pool.trySubmit(() -> 1)).isInstanceOf(PoolClosedException.class);
    assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    assertThat(pool.isShutdown()).isTrue();
  }

  @Test
  void afterShutdownWhatWasBroughtIsDone() {
    ThreadPool pool = ThreadPool.platform("p", 1, 1);
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "running", co -> trace.add(co.await(pool.apply(this::gated))));
      kind.spawn(scheduler, "waiting", co -> trace.add(co.await(pool.apply(() -> 1))));
      kind.spawn(
          scheduler,
          "starting",
          co -> {
            Promise<Integer> promise = co.await(pool.submit(() -> 2));
            trace.add(co.await(promise));
          });
      kind.spawn(
          scheduler,
          "closer",
          co -> {
            pool.shutdown();
            assertThatThrownBy(() -> co.await(pool.apply(() -> 1)))
                .isInstanceOf(PoolClosedException.class);
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
      assertThatThrownBy(() -> pool.apply(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> pool.apply(() -> 1, null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> pool.trySubmit(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> pool.execute(null)).isInstanceOf(NullPointerException.class);
    }
  }

  private static String fails() throws IOException {
    throw new IOException("boom");
  }
}
