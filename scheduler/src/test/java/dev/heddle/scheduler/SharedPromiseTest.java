package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A promise that tasks of several schedulers await. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SharedPromiseTest {
  @Parameter Kind kind;

  @Test
  void tasksOfTwoSchedulersMayAwaitOnePromise() throws Exception {
    Promise<String> promise = new Promise<>();
    List<String> heard = new ArrayList<>();
    try (Scheduler here = kind.builder().name("here").build();
        Scheduler there = kind.builder().name("there").build()) {
      kind.spawn(here.daemons(), "first", co -> heard.add("here " + co.await(promise)));
      kind.spawn(here, "task", co -> co.await(Task.yield()));
      here.run();
      kind.spawn(there, "second", co -> heard.add("there " + co.await(promise)));
      kind.spawn(there, "third", co -> heard.add("third " + co.await(promise)));
      kind.spawn(
          there,
          "completes",
          co -> {
            promise.onDone(there, done -> heard.add("called " + (done == promise)));
            assertThat(promise.complete("x")).isTrue();
          });
      there.run();
      assertThat(heard).containsExactly("there x", "third x", "called true");
      kind.spawn(here, "task", co -> co.await(Task.yield()));
      here.run();
      assertThat(heard).last().isEqualTo("here x");
    }
  }

  /** The completion against the first await of a second scheduler. */
  @Test
  void aBranchNeverMissesTheCompletion() throws Exception {
    int rounds = 1_000;
    List<Promise<Integer>> promises = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      promises.add(new Promise<>());
    }
    AtomicInteger reached = new AtomicInteger();
    long[] sums = new long[2];
    try (Scheduler here = kind.scheduler();
        Scheduler there = kind.scheduler()) {
      kind.spawn(here.daemons(), "first", co -> sums[0] = sum(co, promises, new AtomicInteger()));
      kind.spawn(here, "task", co -> co.await(Task.yield()));
      here.run(); // it waits for the first promise: this scheduler owns that one, and no other
      var completer =
          Foreign.start(
              "completer",
              () -> {
                for (int i = 0; i < rounds; i++) {
                  int now = i;
                  Until.true_("it is reached", () -> reached.get() >= now);
                  promises.get(i).complete(i);
                }
              });
      kind.spawn(there, "second", co -> sums[1] = sum(co, promises, reached));
      there.run();
      var _ = Foreign.get(completer);
      kind.spawn(
          here,
          "task",
          co -> {
            while (sums[0] == 0) {
              co.await(Task.yield());
            }
          });
      here.run();
    }
    assertThat(sums).containsExactly(499_500, 499_500);
  }

  private static long sum(Awaiter co, List<Promise<Integer>> promises, AtomicInteger reached)
      throws Exception {
    long sum = 0;
    for (int i = 0; i < promises.size(); i++) {
      reached.set(i);
      sum += co.await(promises.get(i));
    }
    return sum;
  }

  @Test
  void aFollowedStageIsCancelledWhenTheLastOfAllSchedulersWaitsNoMore() throws Exception {
    CompletableFuture<String> future = new CompletableFuture<>();
    Promise<String> promise = Promise.from(future);
    try (Scheduler here = kind.scheduler();
        Scheduler there = kind.scheduler()) {
      Task<?> first = kind.spawn(here, "first", co -> co.await(promise));
      kind.spawn(here, "cancels", co -> first.cancel("enough"));
      Task<?> second = kind.spawn(there.daemons(), "second", co -> co.await(promise));
      kind.spawn(there, "task", co -> co.await(Task.yield()));
      there.run();
      here.run();
      assertThat(first.state()).isEqualTo(Task.State.CANCELLED);
      assertThat(future).isNotCancelled();
      kind.spawn(there, "cancels", co -> second.cancel("enough"));
      there.run();
      assertThat(future).isCancelled();
    }
  }
}
