package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import java.util.concurrent.BrokenBarrierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** B1. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class BarrierTest {
  @Parameter Kind kind;

  private final Barrier barrier = new Barrier("phase", 3);

  private Play.Part comes() {
    return me -> {
      try {
        me.say(me.await(barrier.await()));
      } catch (BrokenBarrierException e) {
        me.say(e.getMessage());
      }
    };
  }

  @Test
  @Holds("B1")
  void itTripsWhenAllHaveComeAndCanBeUsedAgain() {
    try (Play play = new Play(kind)) {
      for (String name : new String[] {"a", "b", "c"}) {
        play.task(
            name,
            me -> {
              for (int round = 0; round < 2; round++) {
                int place = me.await(barrier.await());
                me.say(round + ", came in place " + place);
              }
            });
      }
      assertThat(play.run())
          .containsExactly(
              "c: 0, came in place 2",
              "a: 0, came in place 0",
              "b: 0, came in place 1",
              "b: 1, came in place 2",
              "c: 1, came in place 0",
              "a: 1, came in place 1");
    }
  }

  @Test
  @Holds("B1")
  void aBrokenOneThrowsForAll() {
    try (Play play = new Play(kind)) {
      play.task("a", comes());
      play.task("b", comes());
      play.task("breaker", me -> me.does(barrier::abort));
      play.task("late", comes());
      assertThat(play.run())
          .containsExactly(
              "late: barrier 'phase' was aborted",
              "a: barrier 'phase' was aborted",
              "b: barrier 'phase' was aborted");
    }
    assertThat(barrier.isBroken()).isTrue();
    assertThat(barrier).hasToString("barrier 'phase', broken");
  }

  @Test
  void aResetThrowsForThoseWhoWaitAndIsAsNew() {
    try (Play play = new Play(kind)) {
      play.task("a", comes());
      play.task(
          "resetter",
          me -> {
            me.does(barrier::abort);
            me.does(barrier::reset);
          });
      for (String name : new String[] {"b", "c", "d"}) {
        play.task(name, comes());
      }
      assertThat(play.run())
          .containsExactly("d: 2", "a: barrier 'phase' was aborted", "b: 0", "c: 1");
    }
  }

  @Test
  void aCancelledWaiterHasNotCome() {
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", comes());
      play.task("b", comes());
      play.task("canceller", me -> me.does(() -> a.cancel("enough")));
      play.task("c", comes());
      play.task(
          "d",
          me -> {
            me.say(barrier);
            comes().play(me);
          });
      assertThat(play.run())
          .containsExactly("d: barrier 'phase', 2 of 3 have come", "d: 2", "b: 0", "c: 1");
    }
  }

  @Test
  void oneThatIsCancelledAfterTheLastHasComeReturns() {
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", comes());
      play.task("b", comes());
      play.task(
          "c",
          me -> {
            comes().play(me);
            me.does(() -> a.cancel("too late"));
          });
      assertThat(play.run()).containsExactly("c: 2", "a: 0", "b: 1");
    }
  }

  @Test
  void aTaskThatWaitsByTwoArmsOfASelectHasComeOnce() {
    try (Play play = new Play(kind)) {
      play.task("a", me -> me.say(me.await(Select.any(barrier.await(), barrier.await()))));
      play.task(
          "b",
          me -> {
            me.say(barrier.stats().waiters().size());
            comes().play(me);
          });
      play.task(
          "c",
          me -> {
            me.say(barrier);
            me.say(me.await(Select.any(barrier.await(), barrier.await())));
          });
      play.task("d", me -> me.say(barrier));
      assertThat(play.run())
          .containsExactly(
              "b: 1",
              "c: barrier 'phase', 2 of 3 have come",
              "c: Winner[index=0, value=2]",
              "d: barrier 'phase', 0 of 3 have come",
              "a: Winner[index=0, value=0]",
              "b: 1");
    }
  }

  @Test
  void aBarrierForOneNeverWaits() {
    Barrier one = new Barrier(1);
    try (Play play = new Play(kind)) {
      play.task("a", me -> me.say(me.await(one.await())));
      play.task("b", me -> me.say(me.await(one.await())));
      assertThat(play.run()).containsExactly("a: 0", "b: 0");
    }
  }

  @Test
  void aBarrierForNobodyIsAnError() {
    assertThatThrownBy(() -> new Barrier("phase", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("barrier 'phase' for 0 tasks: at least 1");
  }
}
