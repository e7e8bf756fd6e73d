package dev.heddle.group;

import static dev.heddle.group.TestGroup.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.TaskLocal;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Lock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A woven task goes over to another loop; what holds it back is named. */
class MoveTest {
  private static final TaskLocal<String> USER = TaskLocal.withInitial(() -> "nobody");

  private final Kind kind = new Kind(Kind.Style.COROUTINE, Engine.HANDOFF);

  /** A method that the body calls: the move is made from inside of the chain. */
  private static String goAndTell(Awaiter co, GroupLoop to) {
    String before = co.task().scheduler().name();
    co.await(co.task().moveTo(to.scheduler()));
    return before + " to " + Scheduler.current().name();
  }

  @Holds("H8")
  @Test
  void aWovenTaskGoesOnOnTheOtherLoopWithItsVariables() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<List<String>> moves =
          g.loop(0)
              .submit(
                  "moves",
                  co -> {
                    List<String> seen = new ArrayList<>();
                    USER.set("ann");
                    Thread first = Thread.currentThread();
                    for (int i = 0; i < 4; i++) {
                      seen.add(goAndTell(co, g.loop((i + 1) % 2)));
                      co.await(Task.yield()); // and turns are had there
                      co.await(Task.sleep(Duration.ofNanos(1)));
                    }
                    seen.add(USER.get() + (Thread.currentThread() == first));
                    return seen;
                  });
      assertThat(moves.get(LONG))
          .containsExactly("g-0 to g-1", "g-1 to g-0", "g-0 to g-1", "g-1 to g-0", "anntrue");
      assertThat(g.group.loops()).extracting(GroupLoop::load).containsExactly(0, 0);
    }
  }

  @Holds("Y1")
  @Test
  void aMoveThatIsAwaitedAgainMovesAgain() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<List<String>> moves =
          g.loop(0)
              .submit(
                  "moves",
                  co -> {
                    List<String> seen = new ArrayList<>();
                    var there = co.task().moveTo(g.loop(1).scheduler());
                    var back = co.task().moveTo(g.loop(0).scheduler());
                    for (int i = 0; i < 3; i++) {
                      co.await(there);
                      co.await(there); // it is there already
                      seen.add(Scheduler.current().name());
                      co.await(back);
                      seen.add(Scheduler.current().name());
                    }
                    return seen;
                  });
      assertThat(moves.get(LONG)).containsExactly("g-1", "g-0", "g-1", "g-0", "g-1", "g-0");
    }
  }

  @Test
  void loadResultFailureAndCancellationFollowTheTask() throws Exception {
    CountDownLatch there = new CountDownLatch(1);
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<Void> moved =
          g.loop(0)
              .submit(
                  "moved",
                  co -> {
                    co.await(co.task().moveTo(g.loop(1).scheduler()));
                    there.countDown();
                    co.await(Task.sleep(LONG));
                    return null;
                  });
      Until.down(there);
      assertThat(moved.loop()).isSameAs(g.loop(1));
      assertThat(g.group.loops()).extracting(GroupLoop::load).containsExactly(0, 1);
      moved.cancel("enough");
      assertThatThrownBy(() -> moved.get(LONG))
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining("enough");
      IllegalStateException thrown = new IllegalStateException("after the move");
      GroupTask<Void> fails =
          g.loop(0)
              .submit(
                  "fails",
                  co -> {
                    co.await(co.task().moveTo(g.loop(1).scheduler()));
                    throw thrown;
                  });
      assertThatThrownBy(() -> fails.get(LONG))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isSameAs(thrown);
    }
  }

  @Holds("H8")
  @Test
  void whatHoldsATaskBackIsNamedAndItStays() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      Scheduler to = g.loop(1).scheduler();
      GroupTask<List<String>> held =
          g.loop(0)
              .submit(
                  "held",
                  co -> {
                    List<String> why = new ArrayList<>();
                    Lock lock = new Lock("db");
                    try (var _ = co.await(lock.acquire())) {
                      why.add(refused(co, co.task().moveTo(to)));
                    }
                    try (var _ = CancelScope.withTimeout(LONG)) {
                      why.add(refused(co, co.task().moveTo(to)));
                    }
                    try (var group = TaskGroup.open()) {
                      why.add(refused(co, co.task().moveTo(to)));
                      co.await(group.join());
                    }
                    why.add(refused(co, co.task().moveTo(to).within(LONG)));
                    Task<?> me = co.task();
                    Task<?> joins =
                        Scheduler.current()
                            .spawn(
                                "joins",
                                other -> {
                                  try {
                                    other.await(me.join());
                                  } catch (Exception e) {
                                    throw new AssertionError(e);
                                  }
                                });
                    co.await(Task.yield());
                    why.add(refused(co, me.moveTo(to)));
                    joins.cancel("no more");
                    co.await(Task.yield());
                    co.await(Task.yield());
                    assertThat(Scheduler.current().name()).isEqualTo("g-0");
                    co.await(me.moveTo(to)); // nothing holds it now
                    why.add(Scheduler.current().name());
                    return why;
                  });
      List<String> why = held.get(LONG);
      assertThat(why.get(0))
          .startsWith("task 'held' (")
          .contains("cannot move to scheduler 'g-1': it holds lock 'db'");
      assertThat(why.get(1)).contains("it is inside of ", "of task 'held'");
      assertThat(why.get(2)).contains("it is inside of ");
      assertThat(why.get(3)).contains("the await is in a select or under a time limit");
      assertThat(why.get(4)).contains("task 'joins' joins it");
      assertThat(why.get(5)).isEqualTo("g-1");
    }
  }

  private static String refused(Awaiter co, YieldEvent<?, ?> move) {
    try {
      co.await(move);
    } catch (IllegalStateException refused) {
      return refused.getMessage();
    } catch (Exception other) {
      throw new AssertionError(other);
    }
    throw new AssertionError("it has moved");
  }

  @Test
  void aBodyOnAStackIsHeldBackByThatAndAnotherTaskCannotMoveIt() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      Scheduler to = g.loop(1).scheduler();
      GroupTask<String> onStack =
          g.loop(0)
              .submit(
                  "stack",
                  () -> {
                    try {
                      Task.await(Task.current().moveTo(to));
                      return "moved";
                    } catch (IllegalStateException refused) {
                      return refused.getMessage();
                    }
                  });
      assertThat(onStack.get(LONG)).contains("its body has a stack of its own, as it is not woven");
      Promise<Void> go = new Promise<>();
      GroupTask<Void> other =
          g.loop(0)
              .submit(
                  "other",
                  co -> {
                    co.await(go);
                    return null;
                  });
      GroupTask<String> mover =
          g.loop(0).submit("mover", co -> refused(co, other.task().moveTo(to)));
      assertThat(mover.get(LONG)).contains("only itself can move it, not task 'mover'");
      go.complete(null);
      other.get(LONG);
    }
  }

  @Test
  void aMethodOnAStackHoldsTheTaskBackAndIsNamed() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<String> part = g.loop(0).submit("part", co -> onAStack(co, g.loop(1).scheduler()));
      assertThat(part.get(LONG))
          .contains("a method that it has called runs on a stack: ", "MoveTest");
    }
  }

  /** Suspends inside of a monitor, so it is not woven. */
  private static synchronized String onAStack(Awaiter co, Scheduler to) {
    return refused(co, co.task().moveTo(to));
  }

  @Test
  void aStepMovesToo() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<String> moved =
          g.loop(0)
              .submit(
                  "step",
                  new Step<String>() {
                    private boolean asked;

                    @Override
                    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
                      if (asked) {
                        return null;
                      }
                      asked = true;
                      return Task.current().moveTo(g.loop(1).scheduler());
                    }

                    @Override
                    protected String result() {
                      return Scheduler.current().name();
                    }
                  });
      assertThat(moved.get(LONG)).isEqualTo("g-1");
    }
  }

  @Test
  void aSchedulerThatIsNoneOfTheGroupIsRefusedAndOneThatHasEndedToo() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2);
        Scheduler stranger = Scheduler.builder().name("stranger").build()) {
      GroupTask<String> away =
          g.loop(0).submit("away", co -> refused(co, co.task().moveTo(stranger)));
      assertThat(away.get(LONG)).contains("it holds the end of task 'away' on loop 'g-0'");
      g.loop(1)
          .tell(
              () -> {
                throw new AssertionError("broken by the test");
              });
      Until.true_("it has failed", () -> !g.failures.isEmpty());
      Until.true_("it has ended", () -> !g.loop(1).scheduler().runInside(() -> {}));
      g.failures.clear();
      GroupTask<String> late =
          g.loop(0)
              .submit(
                  "late",
                  co -> {
                    String why = refused(co, co.task().moveTo(g.loop(1).scheduler()));
                    co.await(Task.yield());
                    return why + " " + g.group.current().load();
                  });
      assertThat(late.get(LONG))
          .contains("cannot move to scheduler 'g-1', which has ended")
          .endsWith(" 1");
    }
  }

  @Holds("H8")
  @Test
  void manyTasksThatMoveToAndFroAreCancelledOrEndAndNoneIsLost() throws Exception {
    int tasks = 60;
    AtomicInteger ended = new AtomicInteger();
    try (TestGroup g = new TestGroup(kind, 3)) {
      List<GroupTask<Integer>> all = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        int seed = i;
        all.add(
            g.group.submit(
                "mover " + i,
                co -> {
                  try {
                    int moves = 0;
                    for (int n = 0; n < 100; n++) {
                      co.await(co.task().moveTo(g.loop((seed + n * 7) % 3).scheduler()));
                      assertThat(g.group.current()).isSameAs(g.loop((seed + n * 7) % 3));
                      moves++;
                    }
                    return moves;
                  } finally {
                    ended.incrementAndGet();
                  }
                }));
      }
      for (int i = 0; i < tasks; i += 3) {
        all.get(i).cancel("one of three");
      }
      int finished = 0;
      for (GroupTask<Integer> each : all) {
        try {
          assertThat(each.get(LONG)).isEqualTo(100);
          finished++;
        } catch (CancellationException e) {
          // it was one of three
        }
      }
      assertThat(finished).isGreaterThanOrEqualTo(40);
      assertThat(ended).hasValue(tasks);
      assertThat(g.group.loops()).extracting(GroupLoop::load).containsExactly(0, 0, 0);
      assertThat(g.group.drain(LONG)).isTrue();
    }
  }
}
