package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Section E. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class EventTest {
  @Parameter Kind kind;

  private final Event event = new Event("started");

  // E1

  @Test
  @Holds("E1")
  void setWakesAllPresentWaiters() {
    try (Play play = new Play(kind)) {
      play.awaits("a", event.await());
      play.awaits("b", event.await());
      play.task(
          "setter",
          me -> {
            me.does(event::set);
            me.say("set without giving up the turn");
          });
      play.awaits("c", event.await());
      assertThat(play.run())
          .containsExactly(
              "setter: set without giving up the turn", "c: through", "a: through", "b: through");
    }
  }

  // E2

  @Test
  @Holds("E2")
  void setAndClearWithoutAYieldBetweenWakesThoseWhoWaited() {
    try (Play play = new Play(kind)) {
      play.awaits("early", event.await());
      play.task(
          "setter",
          me -> {
            me.does(event::set);
            me.does(event::clear);
          });
      play.awaits("late", event.await());
      assertThatThrownBy(play::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("task 'late' waits for event 'started' to be set");
      assertThat(play.said).containsExactly("early: through");
    }
  }

  // E3

  @Test
  @Holds("E3")
  void waitingOnASetEventReturnsWithinTheTurn() {
    Event early = new Event();
    early.set(); // before there is a scheduler
    try (Play play = new Play(kind)) {
      play.awaits("a", early.await());
      play.task("b", me -> me.say(early.isSet()));
      assertThat(play.run()).containsExactly("a: through", "b: true");
    }
  }

  @Test
  void settingTwiceIsSettingOnce() {
    try (Play play = new Play(kind)) {
      play.awaits("a", event.await());
      play.task(
          "setter",
          me -> {
            me.does(event::set);
            me.does(event::set);
          });
      assertThat(play.run()).containsExactly("a: through");
    }
  }

  @Test
  void aCancelledWaiterLeavesTheOthersWaiting() {
    try (Play play = new Play(kind)) {
      Task<?> a = play.awaits("a", event.await());
      play.awaits("b", event.await());
      play.task(
          "canceller",
          me -> {
            me.does(() -> a.cancel("enough"));
            me.say(event);
            me.yields(2);
            me.does(event::set);
            me.say(event);
          });
      assertThat(play.run())
          .containsExactly(
              "canceller: event 'started', not set, 1 waiting",
              "canceller: event 'started', set",
              "b: through");
    }
  }

  @Test
  void aWaiterThatIsCancelledAfterTheSetReturns() {
    try (Play play = new Play(kind)) {
      Task<?> a =
          play.task(
              "a",
              me -> {
                me.await(event.await());
                me.say("through");
                me.yields(1);
                me.say("not reached");
              });
      play.task(
          "setter",
          me -> {
            me.does(event::set);
            me.does(() -> a.cancel("too late"));
          });
      assertThat(play.run()).containsExactly("a: through");
      assertThat(a.state()).isEqualTo(Task.State.CANCELLED);
    }
  }
}
