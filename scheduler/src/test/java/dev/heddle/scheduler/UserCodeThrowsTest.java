package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.LoggedFailures;
import dev.heddle.pool.ResultIterator;
import dev.heddle.pool.TaskExecutor;
import dev.heddle.pool.ThreadPool;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What users give the scheduler to call may throw: it is reported, and costs nobody else.
 *
 * <p>This file is long because it goes through all that the scheduler calls.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class UserCodeThrowsTest {
  @Parameter Kind kind;

  private final List<Object> trace = new ArrayList<>();
  private final List<String> reported = new ArrayList<>();

  private Scheduler scheduler() {
    return kind.builder()
        .failureReporter((name, thrown) -> reported.add(name + ": " + thrown.getMessage()))
        .build();
  }

  private static RuntimeException broken(String what) {
    return new IllegalStateException("a broken " + what);
  }

  @Test
  void anActionThatWasHandedInAndThrowsIsReportedAndTheOthersRun() throws Exception {
    Scheduler scheduler = scheduler();
    kind.spawn(scheduler, "task", co -> trace.add("task"));
    Thread outside =
        new Thread(
            () -> {
              for (int i = 0; i < 4; i++) {
                int number = i;
                boolean _ =
                    scheduler.runInside(
                        () -> {
                          if (number % 2 == 0) {
                            throw broken("action " + number);
                          }
                          trace.add(number);
                        });
              }
            });
    outside.start();
    outside.join();
    scheduler.run();
    assertThat(trace).containsExactly(1, 3, "task");
    assertThat(reported)
        .containsExactly(
            "an action given to runInside: a broken action 0",
            "an action given to runInside: a broken action 2");
  }

  @Test
  void anErrorOfSuchAnActionEndsTheRunAfterTheOthers() throws Exception {
    Scheduler scheduler = scheduler();
    kind.spawn(scheduler, "task", co -> trace.add("task"));
    Thread outside =
        new Thread(
            () -> {
              boolean _ =
                  scheduler.runInside(
                      () -> {
                        throw new AssertionError("a broken assertion");
                      });
              boolean _ = scheduler.runInside(() -> trace.add("other"));
            });
    outside.start();
    outside.join();
    assertThatThrownBy(scheduler::run).hasMessage("a broken assertion");
    scheduler.run();
    assertThat(trace).containsExactly("other", "task");
  }

  @Test
  void aCallbackOfAPromiseThatThrowsIsReportedAndTheOthersAreCalled() {
    Scheduler scheduler = scheduler();
    Promise<String> promise = new Promise<>();
    kind.spawn(
        scheduler,
        "task",
        co -> {
          promise.onDone(
              scheduler,
              done -> {
                throw broken("callback");
              });
          promise.onDone(scheduler, done -> trace.add("second"));
          var _ = promise.complete("x");
          trace.add(co.await(promise));
        });
    scheduler.run();
    assertThat(trace).containsExactly("x", "second");
    assertThat(reported).containsExactly("a callback of a promise: a broken callback");
  }

  @Test
  void aStageThatThrowsIsThrownByPromiseFrom() {
    CompletableFuture<String> stage =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<String> whenComplete(
              BiConsumer<? super String, ? super Throwable> action) {
            throw broken("stage");
          }
        };
    assertThatThrownBy(() -> Promise.from(stage)).hasMessage("a broken stage");
  }

  @Test
  void aSupplierOfATaskLocalThatThrowsIsThrownAtGetAndAskedAgain() {
    int[] asked = {0};
    TaskLocal<String> local =
        TaskLocal.withInitial(
            () -> {
              if (asked[0]++ == 0) {
                throw broken("supplier");
              }
              return "value";
            });
    Scheduler scheduler = scheduler();
    kind.spawn(
        scheduler,
        "task",
        co -> {
          assertThatThrownBy(() -> local.get()).hasMessage("a broken supplier");
          trace.add(local.get());
        });
    scheduler.run();
    assertThat(trace).containsExactly("value");
  }

  @Test
  void aDeadlineThatThrowsIsReportedAndTheOthersAreKept() {
    Scheduler scheduler = scheduler();
    for (int i = 0; i < 4; i++) {
      int number = i;
      scheduler.setDeadline(
          new Timed() {
            @Override
            protected void handleDeadline(Scheduler passed) {
              if (number % 2 == 0) {
                throw broken("deadline " + number);
              }
              trace.add(number);
            }
          },
          scheduler.nanoTime() + i);
    }
    kind.spawn(scheduler, "task", co -> co.await(Timers.sleep(Duration.ofMillis(1))));
    scheduler.run();
    assertThat(trace).containsExactly(1, 3);
    assertThat(reported)
        .containsExactly("a deadline: a broken deadline 0", "a deadline: a broken deadline 2");
  }

  /** An event whose deadline is broken. */
  private static final class Late extends SingleWaiterEvent<String, RuntimeException> {
    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      scheduler.setDeadline(this, scheduler.nanoTime() + 1);
    }

    @Override
    protected void handleDeadline(Scheduler scheduler) {
      throw broken("deadline");
    }

    @Override
    public String describe() {
      return "a late event";
    }
  }

  @Test
  void anEventWhoseDeadlineThrowsEndsTheWaitWithThat() {
    Scheduler scheduler = scheduler();
    kind.spawn(
        scheduler,
        "task",
        co -> {
          assertThatThrownBy(() -> co.await(new Late())).hasMessage("a broken deadline");
          trace.add("on");
        });
    scheduler.run();
    assertThat(trace).containsExactly("on");
    assertThat(reported).isEmpty();
  }

  @Test
  void aChainOfAHundredThousandCallbacksThatCompleteTheNextPromiseEnds() {
    Scheduler scheduler = scheduler();
    List<Promise<Integer>> promises = new ArrayList<>();
    kind.spawn(
        scheduler,
        "task",
        co -> {
          for (int i = 0; i < 100_000; i++) {
            promises.add(new Promise<>());
          }
          for (int i = 1; i < promises.size(); i++) {
            Promise<Integer> next = promises.get(i);
            promises.get(i - 1).onDone(scheduler, done -> next.complete(done.resultNow() + 1));
          }
          var _ = promises.getFirst().complete(1);
          trace.add(co.await(promises.getLast()));
        });
    scheduler.run();
    assertThat(trace).containsExactly(100_000);
  }

  /** Can be asked for nothing. */
  private static final class Mute extends Exception {
    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable getCause() {
      throw new StackOverflowError("no cause");
    }

    @Override
    @SuppressWarnings("NullAway") // on purpose
    public StackTraceElement[] getStackTrace() {
      return null;
    }
  }

  @Test
  void anExceptionThatCanBeAskedForNothingEndsItsTaskAndReachesWhoJoins() {
    try (Scheduler scheduler = kind.builder().failureReporter((name, thrown) -> {}).build()) {
      Mute mute = new Mute();
      Task<?> failing =
          kind.submit(
              scheduler,
              "failing",
              co -> {
                co.await(Task.yield());
                throw mute;
              });
      kind.spawn(
          scheduler,
          "joiner",
          co -> {
            try {
              co.await(failing.join());
            } catch (Mute thrown) {
              trace.add(thrown);
            }
          });
      scheduler.run();
      assertThat(trace.getFirst()).isSameAs(mute);
    }
  }

  @Test
  void failuresOfAGroupThatCanBeAskedForNothingEndTheGroup() {
    Scheduler scheduler = scheduler();
    kind.spawn(
        scheduler,
        "owner",
        co -> {
          try {
            try (var group = TaskGroup.open()) {
              for (int i = 0; i < 3; i++) {
                kind.spawn(
                    group,
                    "child",
                    child -> {
                      throw new Mute();
                    });
              }
              co.await(group.join());
            }
          } catch (Mute thrown) {
            trace.add(thrown.getSuppressed().length);
          }
        });
    scheduler.run();
    assertThat(trace).hasSize(1);
  }

  @Test
  void theReporterThatIsThereUnlessOneIsSetPrintsWhatCannotBePrinted() {
    try (Scheduler scheduler = Scheduler.builder().engine(kind.engine()).build()) {
      kind.spawn(
          scheduler,
          "failing",
          co -> {
            throw new Mute();
          });
      kind.spawn(scheduler, "other", co -> trace.add("on"));
      scheduler.run();
      assertThat(trace).containsExactly("on");
      assertThat(LoggedFailures.taken()).hasSize(1);
    }
  }

  @Test
  void commandsOfAnExecutorThatThrowErrorsCostTheOthersNothing() throws Exception {
    try (Scheduler scheduler = scheduler()) {
      TaskExecutor executor = TaskExecutor.on(scheduler);
      Future<?> failed =
          executor.submit(
              () -> {
                throw new StackOverflowError("a broken command");
              });
      executor.execute(
          () -> {
            throw new AssertionError("a broken runnable");
          });
      Future<String> other = executor.submit(() -> "on");
      scheduler.spawn("end", executor::shutdown);
      scheduler.run();
      assertThat(other.get()).isEqualTo("on");
      assertThatThrownBy(failed::get).hasCauseInstanceOf(StackOverflowError.class);
      assertThat(executor.isTerminated()).isTrue();
      assertThat(reported).hasSize(1).first().asString().endsWith("a broken runnable");
    }
  }

  @Test
  void workOfAPoolThatThrowsWhatCanBeAskedForNothingCostsNoThread() {
    Scheduler scheduler = scheduler();
    try (ThreadPool pool = ThreadPool.platform("pool", 1, 10)) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            for (int i = 0; i < 3; i++) {
              assertThatThrownBy(
                      () ->
                          co.await(
                              pool.apply(
                                  () -> {
                                    throw new Mute();
                                  })))
                  .isInstanceOf(Mute.class);
              trace.add(co.await(pool.apply(() -> "on")));
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("on", "on", "on");
  }

  @Test
  void anIteratorThatThrowsInTheLookAheadIsThrownAtNext() {
    Scheduler scheduler = scheduler();
    Iterable<Integer> inputs =
        () ->
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                return true;
              }

              @Override
              public Integer next() {
                throw new AssertionError("a broken iterator");
              }
            };
    try (ThreadPool pool = ThreadPool.platform("pool", 1, 10)) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            ResultIterator<Integer> results = pool.map(inputs, (Integer input) -> input, 2);
            assertThatThrownBy(() -> co.await(results.next())).hasMessage("a broken iterator");
            trace.add(co.await(pool.apply(() -> "on")));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("on");
  }

  @Test
  void aPrimitiveThatATaskHasMadeMayBeUsedByAHookThatRunsInNoTask() {
    Scheduler scheduler = scheduler();
    kind.spawn(
        scheduler,
        "task",
        co -> {
          Queue<String> queue = Queue.fifo();
          scheduler.setDeadline(
              new Timed() {
                @Override
                protected void handleDeadline(Scheduler passed) {
                  trace.add(queue.tryPut("item"));
                }
              },
              scheduler.nanoTime());
          co.await(Timers.sleep(Duration.ofMillis(1)));
          trace.add(co.await(queue.get()));
        });
    scheduler.run();
    assertThat(trace).containsExactly(true, "item");
    assertThat(reported).isEmpty();
  }

  /** The JVM has one OutOfMemoryError for many; no throwable can be suppressed in itself. */
  @Test
  void oneErrorThatManyThrowHoldsNotItselfAndIsReportedForEach() {
    OutOfMemoryError one = new OutOfMemoryError("artificial");
    int[] told = new int[1];
    Scheduler scheduler =
        kind.builder()
            .failureReporter(
                (name, thrown) -> {
                  told[0]++;
                  throw one;
                })
            .build();
    for (int i = 0; i < 3; i++) {
      kind.spawn(
          scheduler,
          "greedy",
          co -> {
            throw one;
          });
    }
    assertThatThrownBy(scheduler::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the failure reporter failed: artificial")
        .cause()
        .isSameAs(one)
        .hasNoSuppressedExceptions();
    scheduler.close();
    assertThat(told[0]).isEqualTo(3);
  }
}
