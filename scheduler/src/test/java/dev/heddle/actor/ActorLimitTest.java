package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Task;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A1: actors whose mailbox has a limit. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ActorLimitTest {
  @Parameter Kind kind;

  @Test
  void putWaitsWhileTheMailboxIsFullAndSendersEnterInTheirOrder() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<String> actor = new Actor<>(troupe.scheduler, "actor", 1);
      for (String sender : List.of("a", "b", "c")) {
        troupe.task(
            sender,
            me -> {
              me.await(actor.put(sender));
              me.say("is in");
            });
      }
      troupe.task(
          "starter",
          me -> {
            assertThat(me.gets(() -> actor.offer("d"))).isFalse();
            assertThatThrownBy(() -> me.does(() -> actor.send("d")))
                .isInstanceOf(ReceiverFullException.class)
                .hasMessage("cannot send to actor 'actor': its mailbox is full (limit 1)");
            me.say(actor);
            me.does(
                () ->
                    troupe.start(
                        actor,
                        it -> {
                          for (int i = 0; i < 3; i++) {
                            it.say(it.await(actor.receive()));
                            it.yields(3);
                          }
                        }));
          });
      assertThat(troupe.run())
          .containsExactly(
              "a: is in",
              "starter: actor 'actor' (1 of 1 messages, is open)",
              "actor: a",
              "b: is in",
              "actor: b",
              "c: is in",
              "actor: c");
    }
  }

  @Test
  void aSenderThatIsCancelledWhileItWaitsHasSentNothing() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", 1);
      actor.send(1);
      Task<?> sender =
          troupe.task(
              "sender",
              me -> assertThatThrownBy(() -> me.await(actor.put(2))).isInstanceOf(Cancelled.class));
      troupe.task("other", me -> me.await(actor.put(3)));
      troupe.task(
          "canceller",
          me -> {
            me.does(() -> sender.cancel("enough"));
            me.does(() -> troupe.start(actor, it -> it.handles(actor, Troupe.Player::say)));
            me.yields(3);
            me.does(actor::close);
          });
      assertThat(troupe.run()).containsExactly("actor: 1", "actor: 3");
    }
  }

  @Test
  void closeWakesSendersThatWaitWithTheErrorAndTheirMessagesAreNotSent() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", 1);
      actor.send(1);
      for (String sender : List.of("a", "b")) {
        troupe.task(
            sender,
            me -> {
              assertThatThrownBy(() -> me.await(actor.put(2)))
                  .isInstanceOf(ReceiverClosedException.class)
                  .hasMessage("cannot send to actor 'actor': it is closed");
              me.say("told");
            });
      }
      troupe.task("closer", me -> me.does(actor::close));
      assertThat(troupe.run()).containsExactly("a: told", "b: told");
      troupe.start(actor, me -> me.handles(actor, Troupe.Player::say));
      assertThat(troupe.run()).endsWith("b: told", "actor: 1");
    }
  }

  @Test
  void whoWaitsForRoomIsShownToWaitForTheActorsTask() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", 1);
      actor.send(1);
      Task<?> task = troupe.start(actor, me -> me.yields(3));
      Task<?> sender =
          troupe.task(
              "sender",
              me ->
                  assertThatThrownBy(() -> me.await(actor.put(2)))
                      .isInstanceOf(ReceiverClosedException.class));
      troupe.task(
          "looker",
          me -> {
            me.say(sender.waitingFor());
            assertThat(sender.waitingFor().resource()).isSameAs(actor);
            assertThat(actor.holders()).isEqualTo(List.of(task));
          });
      assertThat(troupe.run())
          .containsExactly(
              "looker: room in the mailbox of actor 'actor' (1 of 1 messages, is open)");
      assertThat(actor.holders()).isEmpty();
    }
  }
}
