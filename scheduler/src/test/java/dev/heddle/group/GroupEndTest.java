package dev.heddle.group;

import static dev.heddle.group.TestGroup.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Shutdown, close, and a loop that fails. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class GroupEndTest {
  @Parameter Kind kind;

  @Holds("H6")
  @Test
  void closeCancelsTheTasksOfAllLoopsAndWaitsForTheirFinallyBlocks() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    ConcurrentLinkedQueue<String> cleaned = new ConcurrentLinkedQueue<>();
    GroupTask<?> first;
    try (TestGroup g = new TestGroup(kind, 2)) {
      first = g.spawn(0, "zero", co -> sleeper(co, begun, cleaned, "zero"));
      g.spawn(1, "one", co -> sleeper(co, begun, cleaned, "one"));
      Until.down(begun);
    }
    assertThat(cleaned).containsExactlyInAnyOrder("zero", "one");
    assertThatThrownBy(() -> first.get(LONG)).isInstanceOf(CancellationException.class);
  }

  private static void sleeper(
      Awaiter co, CountDownLatch begun, ConcurrentLinkedQueue<String> cleaned, String name) {
    try {
      begun.countDown();
      co.await(Task.sleep(LONG));
    } finally {
      cleaned.add(name);
    }
  }

  /** Whichever loop is faster: the end of the one task is no failure of those that wait for it. */
  @Test
  void whoWaitsForATaskOfAnotherLoopIsCancelledByCloseAndDoesNotFail() throws Exception {
    for (int round = 0; round < 10; round++) {
      CountDownLatch begun = new CountDownLatch(3);
      try (TestGroup g = new TestGroup(kind, 2)) {
        GroupTask<?> first =
            g.spawn(
                0,
                "first",
                co -> {
                  begun.countDown();
                  co.await(Task.sleep(LONG));
                });
        g.spawn(
            1,
            "joins",
            co -> {
              begun.countDown();
              co.await(first.join());
            });
        g.spawn(
            1,
            "far away",
            co -> {
              begun.countDown();
              co.await(g.loop(0).event(() -> Task.sleep(LONG)));
            });
        Until.down(begun);
      } // a failure would be thrown here
    }
  }

  @Holds("H6")
  @Test
  void drainLetsTasksEndWithAllThatTheyStartOnOtherLoops() throws Exception {
    int depth = 50;
    AtomicInteger ran = new AtomicInteger();
    try (TestGroup g = new TestGroup(kind, 3)) {
      chain(g, ran, depth);
      assertThat(g.group.drain(LONG)).isTrue();
      assertThat(ran).hasValue(depth + 1);
    }
  }

  /** A task that starts the next one on the next loop, as its last act. */
  private void chain(TestGroup g, AtomicInteger ran, int left) {
    g.spawn(
        left % 3,
        "link " + left,
        co -> {
          for (int i = 0; i < 3; i++) {
            co.await(Task.yield());
          }
          ran.incrementAndGet();
          if (left > 0) {
            chain(g, ran, left - 1);
          }
        });
  }

  @Test
  void drainWaitsForWhatATaskHasSpawnedOnItsOwnLoop() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Promise<Void> go = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<?> parent =
          g.spawn(
              0,
              "parent",
              co ->
                  kind.spawn(
                      co.task().scheduler(),
                      "local",
                      in -> {
                        in.await(go);
                        in.await(Task.yield());
                        done.set(true);
                      }));
      parent.get(LONG);
      CompletableFuture<Boolean> end = g.group.shutdown();
      assertThat(end.isDone()).isFalse();
      go.complete(null);
      assertThat(end.get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(done).isTrue();
    }
  }

  @Holds("H6")
  @Test
  void afterTheDeadlineTheRestIsCancelledAndDrainSaysSo() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<?> stays = g.spawn(1, "stays", co -> co.await(new Promise<Void>()));
      assertThat(g.group.drain(Duration.ZERO)).isFalse();
      assertThatThrownBy(() -> stays.get(LONG)).isInstanceOf(CancellationException.class);
    }
  }

  @Holds("H6")
  @Test
  void whatComesFromOutsideAfterShutdownIsRefused() throws Exception {
    Promise<Void> go = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<?> last = g.spawn(0, "last", co -> co.await(go));
      CompletableFuture<Boolean> end = g.group.shutdown(LONG);
      assertThatThrownBy(() -> g.spawn(1, "late", _ -> {}))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessage("group 'g' of 2 loops is shut down and takes no more");
      go.complete(null);
      last.get(LONG);
      assertThat(end.get(30, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> g.loop(1).tell(() -> {}))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }

  @Test
  void aTaskOfTheGroupMayShutItDownButNotWaitForThat() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<Boolean> ends =
          g.submit(
              0,
              "ends",
              co -> {
                assertThatThrownBy(g.group::close)
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("would wait for itself");
                return g.group.shutdown(LONG).isDone();
              });
      assertThat(ends.get(LONG)).isFalse();
      assertThat(g.group.shutdown().get(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aTaskOfAnotherSchedulerAwaitsTheEnd() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      g.spawn(1, "short", co -> co.await(Task.yield()));
      boolean all = Scheduler.compute(co -> co.await(Promise.from(g.group.shutdown(LONG))));
      assertThat(all).isTrue();
    }
  }

  @Holds("H7")
  @Test
  void aFailedLoopFailsItsTasksAndTheOthersLiveOn() throws Exception {
    OutOfMemoryError broken = new OutOfMemoryError("thrown by the test");
    CountDownLatch cleaned = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<?> lost =
          g.spawn(
              0,
              "lost",
              co -> {
                try {
                  begun.countDown();
                  co.await(Task.sleep(LONG));
                } finally {
                  cleaned.countDown();
                }
              });
      GroupTask<Boolean> asks =
          g.submit(
              1,
              "asks",
              co -> {
                assertThatThrownBy(() -> co.await(lost.join()))
                    .isInstanceOf(LoopFailedException.class)
                    .hasMessageContaining("task 'lost' on loop 'g-0' was cancelled: the loop has")
                    .hasCauseInstanceOf(AssertionError.class);
                return true;
              });
      Until.down(begun);
      Error error = new AssertionError("a hook is broken", broken);
      g.loop(0)
          .tell(
              () -> {
                throw error;
              });
      assertThat(asks.get(LONG)).isTrue();
      Until.down(cleaned);
      assertThatThrownBy(() -> lost.get(LONG))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(LoopFailedException.class);
      assertThat(g.loop(0).failure()).isSameAs(error);
      assertThat(g.failures.poll()).isSameAs(error);
      // By load only the living loop is taken; by key the dead one refuses.
      for (int i = 0; i < 3; i++) {
        assertThat(g.group.start("on", kind.function(_ -> 1)).loop()).isSameAs(g.loop(1));
      }
      assertThatThrownBy(() -> g.spawn(0, "on the dead", _ -> {}))
          .isInstanceOf(LoopFailedException.class)
          .hasCause(error);
      assertThat(g.group.drain(LONG)).as("its tasks were cancelled").isFalse();
    }
  }

  @Test
  void whenAllLoopsHaveFailedTheGroupHasEnded() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      Error error = new AssertionError("broken");
      for (GroupLoop each : g.group.loops()) {
        each.tell(
            () -> {
              throw error;
            });
      }
      Until.true_("both have failed", () -> g.failures.size() == 2);
      assertThat(g.group.shutdown().get(30, TimeUnit.SECONDS)).isFalse();
      assertThatThrownBy(g.group::leastLoaded)
          .isInstanceOf(LoopFailedException.class)
          .hasMessageContaining("all loops of group 'g' of 2 loops have failed");
      g.failures.clear();
    }
  }

  @Test
  void aLoopThatFailsDuringShutdownDoesNotHoldItUp() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    try (TestGroup g = new TestGroup(kind, 3)) {
      g.spawn(
          1,
          "stays",
          co -> {
            begun.countDown();
            co.await(new Promise<Void>());
          });
      Until.down(begun);
      CompletableFuture<Boolean> end = g.group.shutdown();
      g.loop(1)
          .tell(
              () -> {
                throw new AssertionError("broken");
              });
      assertThat(end.get(30, TimeUnit.SECONDS)).isFalse();
      assertThat(g.failures.poll()).hasMessage("broken");
    }
  }

  @Holds("H7")
  @Test
  void anInterruptOfALoopsThreadFailsThatLoop() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      Thread[] carrier = new Thread[1];
      CountDownLatch known = new CountDownLatch(1);
      g.loop(0)
          .tell(
              () -> {
                carrier[0] = Thread.currentThread();
                known.countDown();
              });
      Until.down(known);
      carrier[0].interrupt();
      Until.true_("it fails", () -> !g.failures.isEmpty());
      assertThat(g.failures.poll()).isInstanceOf(InterruptedException.class);
      assertThat(g.submit(1, "lives", _ -> 1).get(LONG)).isEqualTo(1);
    }
  }

  @Test
  void threadsHaveTheNamesAndTheKindThatTheBuilderSays() throws Exception {
    try (SchedulerGroup group =
        SchedulerGroup.builder()
            .name("w")
            .loops(2)
            .threadName(i -> "carrier " + i)
            .daemon(true)
            .eachScheduler(each -> each.engine(kind.engine()))
            .open()) {
      assertThat(group.loops()).extracting(GroupLoop::name).containsExactly("w-0", "w-1");
      List<String> daemons = new ArrayList<>();
      for (Thread each : Thread.getAllStackTraces().keySet()) {
        if (each.getName().startsWith("carrier ") && each.isDaemon()) {
          daemons.add(each.getName());
        }
      }
      assertThat(daemons).contains("carrier 0", "carrier 1");
    }
  }

  @Test
  void placingAndShuttingDownAtOneTimeLosesNoTaskThatWasTaken() throws Exception {
    for (int round = 0; round < 10; round++) {
      AtomicInteger taken = new AtomicInteger();
      AtomicInteger ran = new AtomicInteger();
      try (TestGroup g = new TestGroup(kind, 2)) {
        CountDownLatch go = new CountDownLatch(1);
        var sender =
            Foreign.start(
                "sender",
                () -> {
                  for (int i = 0; ; i++) {
                    try {
                      g.group.start("t", kind.body(_ -> ran.incrementAndGet()));
                    } catch (RejectedExecutionException end) {
                      taken.set(i);
                      return;
                    }
                    go.countDown();
                  }
                });
        Until.down(go);
        assertThat(g.group.drain(LONG)).isTrue();
        var _ = Foreign.get(sender);
        assertThat(ran).hasValue(taken.get());
      }
    }
  }
}
