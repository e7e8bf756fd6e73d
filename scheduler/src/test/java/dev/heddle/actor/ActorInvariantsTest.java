package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The invariants that the classes of the room state, quoted, under traffic of all sorts. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ActorInvariantsTest {
  @Parameter Kind kind;

  /**
   * "Senders wait only while there is no room and the mailbox is OPEN; there are never more
   * messages than the capacity": senders that send, give up and lose selects, at random; the
   * mailbox asserts it after each transition.
   */
  @Test
  void sendersWaitOnlyWhileThereIsNoRoom() {
    Random random = new Random(11);
    try (Troupe troupe = new Troupe(kind)) {
      int[] received = {0};
      Actor<Integer> one = troupe.actor("one", 2, (me, n) -> slowly(me, received, n));
      Actor<Integer> two = troupe.actor("two", 1, (me, n) -> slowly(me, received, n));
      Task<?>[] senders = new Task<?>[12];
      for (int i = 0; i < senders.length; i++) {
        int turns = random.nextInt(3);
        senders[i] =
            troupe.task(
                "sender",
                me -> {
                  for (int n = 0; n < 20; n++) {
                    var _ = me.await(Select.any(one.put(turns), two.put(turns)));
                    me.yields(turns);
                  }
                });
      }
      troupe.task(
          "canceller",
          me -> {
            for (int i = 0; i < 3; i++) {
              Task<?> sender = senders[i];
              me.yields(5);
              me.does(() -> sender.cancel("enough"));
            }
            for (int i = 3; i < senders.length; i++) {
              me.await(senders[i].join());
            }
            me.does(one::close);
            me.does(two::close);
          });
      troupe.run();
      assertThat(received[0]).isBetween(9 * 20, 12 * 20);
      assertThat(one.unhandled()).isEmpty();
    }
  }

  private static void slowly(Troupe.Player me, int[] received, int turns) {
    received[0]++;
    me.yields(turns);
  }

  /** "The actor waits only while there are no messages": not by two arms of one select either. */
  @Test
  void theActorWaitsByOneEventAtATime() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor");
      troupe.start(
          actor,
          me -> {
            YieldEvent<Integer, RuntimeException> receive = actor.receive();
            assertThatThrownBy(() -> me.await(Select.any(receive, receive)))
                .hasMessageContaining("by one await at a time");
            me.say(me.await(receive));
          });
      troupe.task("sender", me -> me.does(() -> actor.send(1)));
      assertThat(troupe.run()).containsExactly("actor: 1");
    }
  }

  /** "The count is never below 0; tasks wait only while it is above 0." */
  @Test
  void theCountOfMessagesInFlightIsNeverBelowZero() {
    InFlightCounter counter = new InFlightCounter();
    counter.sent();
    counter.handled(1);
    assertThatThrownBy(() -> counter.handled(1))
        .isInstanceOf(AssertionError.class)
        .hasMessage("0 messages in flight, 1 handled");
  }

  /** A question's reply belongs to the actor once it has the question, not before. */
  @Test
  void aQuestionThatIsAnsweredBeforeItIsAskedIsRefused() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Object> actor = troupe.printer("actor");
      troupe.task(
          "asker",
          me -> {
            assertThatThrownBy(
                    () ->
                        me.await(actor.<String>ask(reply -> List.of(reply.complete("too early")))))
                .hasMessage("a question is answered before it is asked");
            me.does(actor::close);
          });
      assertThat(troupe.run()).isEmpty();
    }
  }
}
