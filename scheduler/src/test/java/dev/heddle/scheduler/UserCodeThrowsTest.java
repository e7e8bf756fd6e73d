package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What users give the scheduler to call may throw: it is reported, and costs nobody else. */
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
          co.inside(
              () -> {
                promise.onDone(
                    scheduler,
                    done -> {
                      throw broken("callback");
                    });
                promise.onDone(scheduler, done -> trace.add("second"));
                return promise.complete("x");
              });
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
          assertThatThrownBy(() -> co.inside(local::get)).hasMessage("a broken supplier");
          trace.add(co.inside(local::get));
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
          co.inside(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  promises.add(new Promise<>());
                }
                for (int i = 1; i < promises.size(); i++) {
                  Promise<Integer> next = promises.get(i);
                  promises
                      .get(i - 1)
                      .onDone(scheduler, done -> next.complete(done.resultNow() + 1));
                }
                return promises.getFirst().complete(1);
              });
          trace.add(co.await(promises.getLast()));
        });
    scheduler.run();
    assertThat(trace).containsExactly(100_000);
  }
}
