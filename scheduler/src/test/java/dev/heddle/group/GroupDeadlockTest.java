package dev.heddle.group;

import static dev.heddle.group.TestGroup.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.actor.Actor;
import dev.heddle.actor.ActorRef;
import dev.heddle.actor.Reply;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a group tells of itself: tasks that wait for each other, the dump, the numbers. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class GroupDeadlockTest {
  @Parameter Kind kind;

  private record Ask(Reply<Integer> reply) {}

  @Holds("H9")
  @Test
  void aCycleAcrossLoopsIsNamedWithItsLoops() throws Exception {
    Promise<Integer> kept = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 2)) {
      // A on g-0 waits for a promise kept by B on g-1, which waits for the end of A.
      Promise<GroupTask<Integer>> a = new Promise<>();
      GroupTask<?> b =
          g.spawn(
              1,
              "B",
              co -> {
                kept.keptBy(co.task());
                kept.complete(co.await(co.await(a).join()));
              });
      a.complete(g.submit(0, "A", co -> co.await(kept)));
      Until.true_("it is found", () -> !g.group.deadlocks().isEmpty());
      assertThat(g.group.deadlocks())
          .singleElement()
          .satisfies(
              deadlock -> {
                assertThat(deadlock.isCertain()).isTrue();
                assertThat(deadlock.toString())
                    .contains("Two tasks wait for each other:")
                    .containsPattern(
                        "task 'A' waits for a promise kept by task 'B', for .*, on scheduler 'g-0'")
                    .containsPattern(
                        "task 'B' waits for the end of task 'A' on loop 'g-0', for .*, on"
                            + " scheduler 'g-1'");
              });
      assertThat(g.group.dump())
          .startsWith("group 'g' of 2 loops")
          .contains("scheduler 'g-0'", "scheduler 'g-1'", "Two tasks wait for each other:");
      b.cancel("to end it");
      Until.true_("it is over", () -> b.isDone());
      assertThat(g.group.deadlocks()).isEmpty();
    }
  }

  @Holds("H9")
  @Test
  void aCycleThroughTheAnswerOfAnActorIsFound() throws Exception {
    Promise<GroupTask<Integer>> asker = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 2)) {
      ActorRef<Ask> actor =
          g.submit(
                  0,
                  "make",
                  co -> {
                    Actor<Ask> made = new Actor<>(co.task().scheduler(), "stuck");
                    made.start(
                        co.task().scheduler(),
                        kind.body(
                            me -> {
                              var _ = me.await(made.receive());
                              var _ = me.await(me.await(asker).join());
                            }));
                    return made.ref();
                  })
              .get(LONG);
      asker.complete(g.submit(1, "asker", co -> co.await(actor.request(Ask::new))));
      Until.true_("it is found", () -> !g.group.deadlocks().isEmpty());
      assertThat(g.group.deadlocks().getFirst().toString())
          .contains("task 'asker' waits for an answer", "task 'stuck' waits for the end of task");
    }
  }

  @Holds("H9")
  @Test
  void whoWaitsForATaskThatGoesOnIsInNoDeadlock() throws Exception {
    Promise<Void> go = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupTask<?> goesOn = g.spawn(0, "goes on", co -> co.await(go));
      GroupTask<?> waits = g.spawn(1, "waits", co -> co.await(goesOn.join()));
      Until.true_(
          "it waits", () -> waits.task() != null && waits.task().state() == Task.State.WAITING);
      assertThat(g.group.deadlocks()).isEmpty();
      go.complete(null);
      waits.get(LONG);
    }
  }

  @Test
  void theStatsAreThoseOfAllLoops() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      for (int i = 0; i < 3; i++) {
        g.spawn(1, "sleeps", co -> co.await(Task.sleep(LONG)));
      }
      g.submit(1, "turns", GroupDeadlockTest::turns).get(LONG);
      GroupStats stats = g.group.stats();
      assertThat(stats.name()).isEqualTo("g");
      assertThat(stats.placed()).isEqualTo(4);
      assertThat(stats.loops()).extracting(GroupStats.OfLoop::load).containsExactly(0, 3);
      assertThat(stats.loops().get(1).scheduler().name()).isEqualTo("g-1");
      assertThat(stats.alive()).as("three and two keepers").isEqualTo(5);
      assertThat(stats.turns()).isGreaterThan(10);
    }
  }

  private static int turns(Awaiter co) {
    for (int i = 0; i < 10; i++) {
      co.await(Task.yield());
    }
    return 10;
  }
}
