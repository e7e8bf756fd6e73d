package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.pool.ThreadPool;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code run()} and the thread that calls it. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class RunTest {
  @Parameter Kind kind;

  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

  @Test
  void anInterruptOfTheThreadInRunCancelsTheTasksAndIsPassedOn() throws Exception {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      kind.spawn(
          scheduler,
          "waiter",
          co -> {
            try {
              co.await(new Promise<>());
            } catch (Cancelled c) {
              trace.add(c.reason());
              throw c;
            }
          });
      Thread loop = Thread.currentThread();
      var foreign =
          Foreign.start(
              "interrupter",
              () -> {
                Until.blocked(loop);
                loop.interrupt();
              });
      scheduler.run();
      assertThat(Thread.interrupted()).isTrue();
      var _ = Foreign.get(foreign);
    }
    assertThat(trace).containsExactly("the thread of scheduler 'mill' was interrupted");
  }

  @Test
  void anInterruptBeforeTheRunCancelsItTooAndIsPassedOn() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> waiter = kind.spawn(scheduler, "waiter", co -> co.await(new Promise<>()));
      Thread.currentThread().interrupt();
      scheduler.run();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(waiter.state()).isEqualTo(Task.State.CANCELLED);
    }
  }

  @Test
  void anInterruptReachesTasksThatBlockInTheJdk() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      CountDownLatch blocking = new CountDownLatch(1);
      scheduler.spawn(
          "blocked",
          () -> {
            blocking.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              trace.add("interrupted");
            }
          });
      Thread loop = Thread.currentThread();
      var foreign =
          Foreign.start(
              "interrupter",
              () -> {
                Until.down(blocking);
                Until.blocked(loop);
                loop.interrupt();
              });
      scheduler.run();
      assertThat(Thread.interrupted()).isTrue();
      var _ = Foreign.get(foreign);
    }
    assertThat(trace).containsExactly("interrupted");
  }

  @Test
  void aTaskMayNotRunItsOwnScheduler() {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      kind.spawn(
          scheduler,
          "task",
          co ->
              assertThatThrownBy(
                      () -> {
                        scheduler.run();
                      })
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageStartingWith("scheduler 'mill' runs already"));
      scheduler.run();
    }
  }

  @Test
  void aTaskMayRunAnotherScheduler() {
    try (Scheduler outer = kind.builder().name("outer").build()) {
      kind.spawn(
          outer,
          "outer task",
          co -> {
            try (Scheduler inner = kind.builder().name("inner").build()) {
              kind.spawn(
                  inner,
                  "inner task",
                  in -> {
                    in.await(Task.yield());
                    trace.add(Task.current().name());
                  });
              inner.run();
            }
            trace.add(Task.current().name());
          });
      outer.run();
    }
    assertThat(trace).containsExactly("inner task", "outer task");
  }

  @Test
  void theMainCallOfAProgramIsRefusedInATaskWhoseSchedulerWouldStandStill() {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      kind.spawn(
          scheduler,
          "miller",
          co -> {
            assertThatThrownBy(() -> Scheduler.run(in -> trace.add("ran")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                    "Scheduler.run or compute inside of task 'miller' (RUNNING) of"
                        + " scheduler 'mill', all of whose tasks would wait for it");
            assertThatThrownBy(() -> kind.builder().compute(() -> trace.add("ran")))
                .isInstanceOf(IllegalStateException.class);
          });
      kind.spawn(
          scheduler,
          "goes round",
          co -> {
            try (ThreadPool pool = ThreadPool.platform("p", 1)) {
              trace.add(co.await(pool.apply(() -> Scheduler.compute(in -> "in a thread"))));
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("in a thread");
  }

  /** On the handoff engine the inner loop runs on the outer task's own thread. */
  @Test
  void aStepOfANestedSchedulerIsTheCurrentTaskAndNotTheTaskThatRunsTheNest() {
    try (Scheduler outer = kind.scheduler()) {
      outer.spawn(
          "outer task",
          () -> {
            try (Scheduler inner = kind.scheduler()) {
              inner.spawn(
                  "inner step",
                  new Step<Void>() {
                    @Override
                    protected YieldEvent<?, ?> step(Object sent) {
                      trace.add(Task.current().name());
                      return null;
                    }
                  });
              inner.run();
            }
            trace.add(Task.current().name());
          });
      outer.run();
    }
    assertThat(trace).containsExactly("inner step", "outer task");
  }

  @Test
  void anotherThreadMayNotRunItMeanwhile() throws Exception {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      Promise<Void> end = new Promise<>();
      CountDownLatch running = new CountDownLatch(1);
      kind.spawn(
          scheduler,
          "waiter",
          co -> {
            running.countDown();
            co.await(end);
          });
      var foreign =
          Foreign.start(
              "second runner",
              () -> {
                Until.down(running);
                try {
                  assertThatThrownBy(scheduler::run)
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageStartingWith("scheduler 'mill' runs already");
                } finally {
                  var _ = end.complete(null);
                }
              });
      scheduler.run();
      var _ = Foreign.get(foreign);
    }
  }

  @Test
  void theThreadThatRanItLastMayUseItLikeTheOneThatCreatedIt() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      Foreign.run(
          () -> {
            scheduler.run();
            kind.spawn(scheduler, "task", co -> trace.add("spawned by who ran it"));
            scheduler.run();
          });
    }
    assertThat(trace).containsExactly("spawned by who ran it");
  }

  @Test
  void itMayBeRunFromAVirtualThread() throws Exception {
    Thread thread =
        Thread.startVirtualThread(
            () -> {
              try (Scheduler scheduler = kind.scheduler()) {
                kind.spawn(
                    scheduler,
                    "task",
                    co -> {
                      co.await(Task.yield());
                      trace.add("ran");
                    });
                scheduler.run();
              }
            });
    Until.ended(thread);
    assertThat(trace).containsExactly("ran");
  }

  @Test
  void manySchedulersRunAtOnceInTheirThreads() throws Exception {
    List<java.util.concurrent.FutureTask<Void>> runs = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      runs.add(
          Foreign.start(
              "runner " + n,
              () -> {
                try (Scheduler scheduler = kind.scheduler()) {
                  for (int i = 0; i < 10; i++) {
                    kind.spawn(
                        scheduler,
                        "task",
                        co -> {
                          for (int k = 0; k < 100; k++) {
                            co.await(Task.yield());
                          }
                          trace.add("done");
                        });
                  }
                  scheduler.run();
                }
              }));
    }
    for (var run : runs) {
      var _ = Foreign.get(run);
    }
    assertThat(trace).hasSize(80);
  }

  /**
   * The last thing a run does, reporting failures, may take long. If another thread begins a run or
   * a close meanwhile, the end of the first must not take away what the second has begun.
   */
  @Test
  void theEndOfARunDoesNotEndTheNextOneThatAnotherThreadHasBegun() throws Exception {
    CountDownLatch reporting = new CountDownLatch(1);
    CountDownLatch secondRuns = new CountDownLatch(1);
    CountDownLatch firstIsOver = new CountDownLatch(1);
    Scheduler scheduler =
        kind.builder()
            .failureReporter(
                (name, thrown) -> {
                  reporting.countDown();
                  // The second run begins now, unless the first holds it off until it is through.
                  Until.soon(300, () -> secondRuns.getCount() == 0);
                })
            .build();
    Task<?> failing =
        kind.submit(
            scheduler,
            "failing",
            co -> {
              throw new IllegalStateException("reported at the end of the first run");
            });
    var second =
        Foreign.start(
            "second",
            () -> {
              Until.down(reporting);
              scheduler.execute(
                  () -> {
                    secondRuns.countDown();
                    Until.true_("the first is over", () -> firstIsOver.getCount() == 0);
                    trace.add("inside: " + scheduler.isInside());
                  });
              while (true) {
                try {
                  scheduler.run();
                  break;
                } catch (IllegalStateException runsAlready) {
                  Thread.onSpinWait();
                }
              }
            });
    try {
      scheduler.run();
    } finally {
      Reference.reachabilityFence(failing); // as garbage it would be reported in the run
    }
    firstIsOver.countDown();
    var _ = Foreign.get(second);
    scheduler.close();
    assertThat(trace).containsExactly("inside: true");
  }
}
