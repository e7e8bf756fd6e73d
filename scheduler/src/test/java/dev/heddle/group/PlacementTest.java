package dev.heddle.group;

import static dev.heddle.group.TestGroup.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskLocal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the tasks of a group run, and how their results reach those who ask. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class PlacementTest {
  private static final TaskLocal<String> USER = TaskLocal.withInitial(() -> "nobody");

  @Parameter Kind kind;

  @Test
  void twoLoopsRunAtOneTime() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<Boolean> one = g.submit(0, "one", _ -> meets(both));
      GroupTask<Boolean> two = g.submit(1, "two", _ -> meets(both));
      assertThat(one.get(LONG)).isTrue();
      assertThat(two.get(LONG)).isTrue();
    }
  }

  /** Holds up its loop until the other has come, which is possible on two threads only. */
  private static boolean meets(CountDownLatch both) throws InterruptedException {
    both.countDown();
    Until.down(both);
    return true;
  }

  @Holds("H1")
  @Test
  void theLeastLoadedLoopIsTakenAndEqualsTakeTurns() throws Exception {
    Promise<Void> go = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 3)) {
      GroupLoop first = g.loop(0);
      GroupTask<?> held = g.spawn(0, "held", co -> co.await(go));
      g.spawn(0, "sleeps", co -> co.await(Task.sleep(LONG)));
      Set<GroupLoop> taken = new HashSet<>();
      for (int i = 0; i < 4; i++) {
        taken.add(g.group.start("placed", kind.body(co -> co.await(Task.sleep(LONG)))).loop());
      }
      assertThat(taken).containsExactlyInAnyOrder(g.loop(1), g.loop(2));
      assertThat(g.group.loops()).extracting(GroupLoop::load).containsExactly(2, 2, 2);
      go.complete(null);
      held.get(LONG);
      assertThat(first.load()).isEqualTo(1);
      assertThat(g.group.leastLoaded()).isSameAs(first);
    }
  }

  @Holds("H1")
  @Test
  void aKeyAlwaysHasTheSameLoopAndKeysAreSpread() throws Exception {
    try (TestGroup g = new TestGroup(kind, 4)) {
      Map<GroupLoop, Integer> keys = new HashMap<>();
      List<GroupTask<?>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String key = "user-" + i;
        GroupLoop loop = g.group.on(key);
        keys.merge(loop, 1, Integer::sum);
        assertThat(g.group.on(String.valueOf(key.toCharArray()))).isSameAs(loop);
        all.add(
            loop.start(
                key,
                kind.body(co -> assertThat(co.task().scheduler()).isSameAs(loop.scheduler()))));
        GroupTask<?> byKey =
            g.group.spawnOn(key, key, _ -> assertThat(g.group.current()).isSameAs(loop));
        assertThat(byKey.loop()).isSameAs(loop);
        all.add(byKey);
      }
      for (GroupTask<?> each : all) {
        each.get(LONG);
      }
      assertThat(keys).hasSize(4).allSatisfy((_, n) -> assertThat(n).isBetween(10, 50));
    }
  }

  @Holds("H2")
  @Test
  void aResultIsAwaitedByAnotherLoopByAForeignSchedulerAndByAThread() throws Exception {
    Promise<Integer> number = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<Integer> answer = g.submit(0, "answer", co -> 2 * co.await(number));
      GroupTask<Integer> next = g.submit(1, "next", co -> 1 + co.await(answer.join()));
      assertThatThrownBy(() -> answer.get(java.time.Duration.ZERO))
          .isInstanceOf(TimeoutException.class);
      assertThat(answer.isDone()).isFalse();
      number.complete(21);
      assertThat(next.get(LONG)).isEqualTo(43);
      assertThat(answer.get()).isEqualTo(42);
      assertThat(Scheduler.<Integer>compute(co -> co.await(answer.join()))).isEqualTo(42);
      assertThat(answer.toFuture().join()).isEqualTo(42);
      assertThat(answer.isDone()).isTrue();
    }
  }

  @Holds("H2")
  @Test
  void manyTasksOfBothLoopsMayWaitForOneAndTheCancelledLoseNothing() throws Exception {
    Promise<String> word = new Promise<>();
    CountDownLatch waiting = new CountDownLatch(20);
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<String> source = g.submit(0, "source", co -> co.await(word));
      List<GroupTask<String>> waiters = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        waiters.add(
            g.submit(
                i % 2,
                "waiter " + i,
                co -> {
                  waiting.countDown();
                  return co.await(source.join());
                }));
      }
      Until.down(waiting);
      waiters.get(3).cancel("not this one");
      assertThatThrownBy(() -> waiters.get(3).get(LONG))
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining("not this one");
      word.complete("hello");
      for (int i = 0; i < 20; i++) {
        if (i != 3) {
          assertThat(waiters.get(i).get(LONG)).isEqualTo("hello");
        }
      }
    }
  }

  @Holds("H2")
  @Test
  void whoJoinsATaskThatIsOrWasCancelledIsToldWhy() throws Exception {
    CountDownLatch waiting = new CountDownLatch(3);
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<Void> sleeps = g.submit(0, "sleeps", co -> never(co));
      List<GroupTask<String>> before = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        before.add(
            g.submit(
                i % 2,
                "joins " + i,
                co -> {
                  waiting.countDown();
                  return whyItEnds(co, sleeps);
                }));
      }
      Until.down(waiting);
      sleeps.cancel("enough");
      for (GroupTask<String> each : before) {
        assertThat(each.get(LONG)).contains("enough");
      }
      assertThat(g.submit(1, "joins later", co -> whyItEnds(co, sleeps)).get(LONG))
          .contains("enough");
      assertThatThrownBy(() -> Scheduler.run(co -> co.await(sleeps.join())))
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining("enough");
    }
  }

  private static Void never(Awaiter co) {
    co.await(Task.sleep(LONG));
    return null;
  }

  private static String whyItEnds(Awaiter co, GroupTask<?> task) throws Exception {
    try {
      return "it has ended with " + co.await(task.join());
    } catch (CancellationException e) {
      return e.getMessage();
    }
  }

  @Holds("H2")
  @Test
  void whatABodyThrowsIsThrownToEachWhoAsksAndIsNotReported() throws Exception {
    IllegalStateException thrown = new IllegalStateException("no");
    Promise<Void> go = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<Void> fails =
          g.submit(
              0,
              "fails",
              co -> {
                co.await(go);
                throw thrown;
              });
      GroupTask<Boolean> asks =
          g.submit(
              1,
              "asks",
              co -> {
                go.complete(null);
                assertThatThrownBy(() -> co.await(fails.join())).isSameAs(thrown);
                assertThatThrownBy(() -> co.await(fails.join())).isSameAs(thrown);
                return true;
              });
      assertThat(asks.get(LONG)).isTrue();
      assertThatThrownBy(() -> fails.get(LONG))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isSameAs(thrown);
    }
  }

  @Holds("H2")
  @Test
  void aFailureThatNobodyAsksForIsReported() throws Exception {
    IllegalStateException thrown = new IllegalStateException("no");
    try (TestGroup g = new TestGroup(kind, 2)) {
      g.spawn(
          1,
          "fails",
          _ -> {
            throw thrown;
          });
      Until.true_("it is reported", () -> !g.failures.isEmpty());
      assertThat(g.failures.poll()).isSameAs(thrown);
      assertThat(g.submit(1, "lives", _ -> 1).get(LONG)).isEqualTo(1); // the loop is unhurt
    }
  }

  @Test
  void aTaskThatWaitsForItselfIsTold() throws Exception {
    AtomicReference<GroupTask<Boolean>> self = new AtomicReference<>();
    Promise<Void> go = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 1)) {
      self.set(
          g.submit(
              0,
              "self",
              co -> {
                co.await(go);
                assertThatThrownBy(() -> co.await(self.get().join()))
                    .hasMessage("task 'self' would wait for itself");
                return true;
              }));
      go.complete(null);
      assertThat(self.get().get(LONG)).isTrue();
    }
  }

  @Test
  void aTaskOfAnotherLoopInheritsTheCallersTaskLocals() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<String> outer =
          g.submit(
              0,
              "outer",
              co -> {
                USER.set("ann");
                GroupTask<String> inner = g.submit(1, "inner", in -> USER.get());
                return co.await(inner.join());
              });
      assertThat(outer.get(LONG)).isEqualTo("ann");
    }
  }

  @Holds("H3")
  @Test
  void messagesOfOneThreadRunInTheirOrderOnTheLoop() throws Exception {
    int count = 10_000;
    List<Integer> seen = new ArrayList<>(); // of loop 1 alone
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<Integer> sends =
          g.submit(
              0,
              "sends",
              _ -> {
                for (int i = 0; i < count; i++) {
                  int number = i;
                  g.loop(1).tell(() -> seen.add(number));
                }
                return count;
              });
      sends.get(LONG);
      int size = g.submit(1, "counts", _ -> seen.size()).get(LONG);
      assertThat(size).isEqualTo(count);
      assertThat(seen).isSorted();
    }
  }

  @Holds("H3")
  @Test
  void aBurstToABusyLoopCostsOneWakeup() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(1);
    try (TestGroup g = new TestGroup(kind, 2)) {
      Scheduler to = g.loop(1).scheduler();
      long before = to.stats().loop().wakeups();
      g.loop(1)
          .tell(
              () -> { // the loop is awake as long as this takes
                busy.countDown();
                try {
                  Until.down(go);
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
      Until.down(busy);
      int[] ran = new int[1];
      for (int i = 0; i < 1_000; i++) {
        g.loop(1).tell(() -> ran[0]++);
      }
      go.countDown();
      assertThat(g.submit(1, "counts", _ -> ran[0]).get(LONG)).isEqualTo(1_000);
      assertThat(to.stats().loop().wakeups() - before).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void whoCarriesALoopMayNotBlockForAResult() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<Integer> one = g.submit(0, "one", _ -> 1);
      g.loop(1)
          .tell(
              () -> {
                try {
                  one.get();
                } catch (InterruptedException | ExecutionException e) {
                  throw new AssertionError(e);
                }
              });
      Until.true_("it is refused, and that is reported", () -> g.failures.peek() != null);
      assertThat(g.failures.poll()).isInstanceOf(WrongThreadException.class);
      assertThat(g.loop(1).failure()).isNull();
    }
  }
}
