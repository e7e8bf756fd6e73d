package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
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

  @Test
  @Holds("O1")
  void offloadedWorkKeepsTheLoopRunning() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "waiter", co -> trace.add(co.await(pool.apply(this::gated))));
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
              Thread thread = co.await(pool.apply(Thread::currentThread));
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
            var work = pool.apply(times::incrementAndGet);
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
              assertThatThrownBy(() -> co.await(pool.apply(ThreadPoolTest::fails)))
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
  @Holds("O1")
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
                          pool.apply(
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
        kind.spawn(scheduler, "task " + i, co -> co.await(pool.apply(() -> trace.add(n))));
      }
      scheduler.run();
    }
    assertThat(trace).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  // Cancellation.

  @Test
  void workThatHasNotBegunWhenItsTaskIsCancelledNeverBegins() {
    for (CancelPolicy when : CancelPolicy.values()) {
      try (ThreadPool pool = ThreadPool.platform("p", 1, 1);
          Scheduler scheduler = kind.scheduler()) {
        CountDownLatch open = new CountDownLatch(1);
        kind.spawn(
            scheduler,
            "first",
            co ->
                co.await(
                    pool.apply(
                        () -> {
                          open.await();
                          return 1;
                        })));
        List<Task<?>> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          others.add(
              kind.spawn(
                  scheduler, "other", co -> co.await(pool.apply(() -> trace.add("ran"), when))));
        }
        kind.spawn(
            scheduler,
            "canceller",
            co -> {
              for (Task<?> other : others) {
                assertThat(other.cancel("enough")).isTrue();
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
  @Holds("O1")
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
                      pool.apply(
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
            assertThat(waiter.cancel("enough")).isTrue();
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
  @Holds("O1")
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
                      pool.apply(
                          () -> {
                            try {
                              return gated();
                            } finally {
                              trace.add("work ends");
                            }
                          },
                          CancelPolicy.INTERRUPT));
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
            assertThat(waiter.cancel("enough")).isTrue();
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
                        pool.apply(
                            () -> {
                              try {
                                return gated();
                              } catch (InterruptedException e) {
                                return "a result";
                              }
                            },
                            CancelPolicy.INTERRUPT)));
                assertThatThrownBy(() -> co.await(Task.yield())).isInstanceOf(Cancelled.class);
              });
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            while (begun.getCount() > 0) {
              co.await(Task.yield());
            }
            assertThat(waiter.cancel("enough")).isTrue();
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
                  scheduler.spawn(
                      () ->
                          Task.await(
                              pool.apply(
                                  () -> {
                                    stage.set(1);
                                    for (int n = 0; n < spins; n++) {
                                      Thread.onSpinWait();
                                    }
                                    return 1;
                                  },
                                  CancelPolicy.INTERRUPT)));
              while (stage.get() == 0) {
                co.await(Task.yield());
              }
              var _ = victim.cancel("enough");
              assertThat(co.await(pool.apply(Thread::interrupted))).isFalse();
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
                        pool.apply(this::gated), pool.apply(() -> 1), pool.apply(() -> 2)));
            trace.add(first.index() > 0);
            assertThatThrownBy(() -> co.await(pool.apply(this::gated).within(Duration.ZERO)))
                .isInstanceOf(java.util.concurrent.TimeoutException.class)
                .hasMessage("timed out after PT0S waiting for work in pool 'p'");
            var third =
                co.await(
                    Select.<Object>any(
                        pool.apply(this::gated, CancelPolicy.INTERRUPT),
                        Timers.sleep(Duration.ofNanos(1))));
            trace.add(third.index());
            gate.countDown();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(true, 1);
  }

  @Test
  @Holds("O8")
  void aPoolWithoutWorkDoesNotHideThatAllTasksWait() {
    Event never = new Event("never");
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "waits for ever",
          co -> {
            trace.add(co.await(pool.apply(() -> "done")));
            co.await(never.await());
          });
      assertThatThrownBy(scheduler::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("task 'waits for ever'");
    }
    assertThat(trace).containsExactly("done");
  }
}
