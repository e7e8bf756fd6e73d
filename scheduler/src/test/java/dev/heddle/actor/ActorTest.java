package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.DeadlockException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A1: sending and closing; wrong use. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ActorTest {
  @Parameter Kind kind;

  // A1: one message at a time, in send order

  @Test
  @Holds("A1")
  void messagesAreReceivedInTheOrderInWhichTheyWereSent() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> printer = troupe.printer("printer");
      troupe.task(
          "sender",
          me -> {
            me.does(() -> List.of(1, 2, 3).forEach(printer::send));
            me.yields(3);
            me.await(printer.put(4));
            assertThat(me.gets(() -> printer.offer(5))).isTrue();
            me.does(printer::close);
          });
      assertThat(troupe.run())
          .containsExactly("printer: 1", "printer: 2", "printer: 3", "printer: 4", "printer: 5");
    }
  }

  @Test
  @Holds("A1")
  void anActorHandlesOneMessageAtATimeAlsoWhenItAwaitsInTheMiddle() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<String> slow =
          troupe.actor(
              "slow",
              0,
              (me, message) -> {
                me.say("begins " + message);
                me.yields(5);
                me.say("ends " + message);
              });
      for (String sender : List.of("a", "b")) {
        troupe.task(sender, me -> me.does(() -> slow.send(sender)));
      }
      troupe.task(
          "closer",
          me -> {
            me.yields(1);
            me.does(slow::close);
          });
      assertThat(troupe.run())
          .containsExactly("slow: begins a", "slow: ends a", "slow: begins b", "slow: ends b");
    }
  }

  @Test
  void messagesMayBeSentBeforeTheActorIsStartedAndBeforeTheRun() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "late");
      actor.send(1);
      actor.send(2);
      actor.close();
      assertThat(actor.size()).isEqualTo(2);
      troupe.start(actor, me -> me.handles(actor, Troupe.Player::say));
      assertThat(troupe.run()).containsExactly("late: 1", "late: 2");
    }
  }

  @Test
  void actorsThatKnowEachOtherAreAllMadeBeforeAnyIsStarted() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> ping = new Actor<>(troupe.scheduler, "ping");
      Actor<Integer> pong = new Actor<>(troupe.scheduler, "pong");
      troupe.start(ping, me -> me.handles(ping, (p, n) -> hit(p, n, pong, ping)));
      troupe.start(pong, me -> me.handles(pong, (p, n) -> hit(p, n, ping, pong)));
      ping.send(4);
      assertThat(troupe.run()).containsExactly("ping: 4", "pong: 3", "ping: 2", "pong: 1");
    }
  }

  private static void hit(Troupe.Player me, int n, Actor<Integer> other, Actor<Integer> self)
      throws Exception {
    if (n > 0) {
      me.say(n);
      me.does(() -> other.send(n - 1));
    } else {
      me.does(other::close);
      me.does(self::close);
    }
  }

  // A1: close, join

  @Test
  @Holds("A1")
  void closeLetsEarlierMessagesBeHandledFirstAndJoinComesAfterThat() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor =
          troupe.actor(
              "actor",
              0,
              (me, n) -> {
                me.yields(2);
                me.say(n);
              });
      troupe.task(
          "closer",
          me -> {
            me.does(() -> List.of(1, 2, 3).forEach(actor::send));
            me.does(actor::close);
            me.say("closed");
            me.await(actor.join());
            me.say("joined");
          });
      assertThat(troupe.run())
          .containsExactly("closer: closed", "actor: 1", "actor: 2", "actor: 3", "closer: joined");
    }
  }

  @Test
  void closeWakesAnActorThatWaits() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = troupe.printer("actor");
      troupe.task(
          "closer",
          me -> {
            me.yields(3);
            me.does(actor::close);
            me.does(actor::close);
            me.await(actor.join());
            me.say(actor);
          });
      assertThat(troupe.run()).containsExactly("closer: actor 'actor' (0 messages, has ended)");
    }
  }

  @Test
  @Holds("A1")
  void sendingAfterCloseIsAnError() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = troupe.printer("actor");
      troupe.task(
          "sender",
          me -> {
            me.does(actor::close);
            for (int i = 0; i < 2; i++) {
              assertThatThrownBy(() -> me.does(() -> actor.send(1)))
                  .isInstanceOf(ReceiverClosedException.class)
                  .hasMessageStartingWith("cannot send to actor 'actor': it ");
              assertThatThrownBy(() -> me.gets(() -> actor.offer(1)))
                  .isInstanceOf(ReceiverClosedException.class);
              assertThatThrownBy(() -> me.await(actor.put(1)))
                  .isInstanceOf(ReceiverClosedException.class)
                  .hasNoCause();
              me.await(actor.join());
            }
          });
      assertThat(troupe.run()).isEmpty();
    }
  }

  @Test
  void anActorThatReturnsEarlyTakesNoMoreAndKeepsWhatItHasNotReceived() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "one-shot");
      List.of(1, 2, 3).forEach(actor::send);
      troupe.start(actor, me -> me.say(me.await(actor.receive())));
      troupe.task(
          "sender",
          me -> {
            me.await(actor.join());
            assertThatThrownBy(() -> me.does(() -> actor.send(4)))
                .isInstanceOf(ReceiverClosedException.class)
                .hasMessage("cannot send to actor 'one-shot': it has ended")
                .hasNoCause();
          });
      assertThat(troupe.run()).containsExactly("one-shot: 1");
      assertThat(actor.unhandled()).containsExactly(2, 3);
      assertThat(actor.size()).isZero();
    }
  }

  // Wrong use, messages

  @Test
  void onlyTheActorsOwnTaskReceives() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = troupe.printer("actor");
      troupe.task(
          "thief",
          me -> {
            assertThatThrownBy(() -> me.await(actor.receive()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                    "task 'thief' cannot receive: only the task of actor 'actor' may,"
                        + " by one await at a time");
            me.does(actor::close);
          });
      troupe.run();
    }
  }

  @Test
  void anActorIsStartedOnce() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor");
      assertThatThrownBy(actor::join)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("actor 'actor' was not started; nobody can join it");
      troupe.start(actor, me -> me.handles(actor, Troupe.Player::say));
      assertThatThrownBy(() -> troupe.start(actor, me -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("actor 'actor' was started before");
      actor.close();
      troupe.run();
    }
  }

  @Test
  void aForeignThreadIsSentToTheReference() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor");
      assertThatThrownBy(() -> Foreign.run(() -> actor.send(1)))
          .isInstanceOf(WrongThreadException.class);
    }
  }

  @Test
  void anActorThatNobodyCanSendToIsADeadlockThatNamesIt() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = troupe.printer("actor");
      troupe.task("joiner", me -> me.await(actor.join()));
      assertThatThrownBy(troupe.scheduler::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("task 'actor' waits for a message to actor 'actor'")
          .hasMessageContaining("task 'joiner' waits for the end of task 'actor'");
      troupe.failures.clear();
    }
  }
}
