package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A1: questions and their answers. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class AskTest {
  @Parameter Kind kind;

  /** Messages of an account. */
  sealed interface Command {}

  record Deposit(long cents) implements Command {}

  record Withdraw(long cents, Reply<Boolean> reply) implements Command {}

  record Balance(Reply<Long> reply) implements Command {}

  private static Actor<Command> account(Troupe troupe) {
    long[] balance = {0};
    return troupe.actor(
        "account",
        0,
        (me, command) ->
            me.does(
                () -> {
                  switch (command) {
                    case Deposit(long cents) -> balance[0] += cents;
                    case Withdraw(long cents, Reply<Boolean> reply) when cents > balance[0] ->
                        reply.complete(false);
                    case Withdraw(long cents, Reply<Boolean> reply) -> {
                      balance[0] -= cents;
                      reply.complete(true);
                    }
                    case Balance(Reply<Long> reply) -> reply.complete(balance[0]);
                  }
                }));
  }

  @Test
  void taggedMessagesAreTakenApartByASwitchAndQuestionsAnswered() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Command> account = account(troupe);
      troupe.task(
          "owner",
          me -> {
            me.does(() -> account.send(new Deposit(100)));
            me.say(me.await(account.<Boolean>ask(reply -> new Withdraw(30, reply))));
            me.say(me.await(account.<Boolean>ask(reply -> new Withdraw(80, reply))));
            me.say(me.await(account.ask(Balance::new)));
            me.does(account::close);
          });
      assertThat(troupe.run()).containsExactly("owner: true", "owner: false", "owner: 70");
    }
  }

  @Test
  void anAnswerMayBeGivenLaterAndByAnotherTask() {
    try (Troupe troupe = new Troupe(kind)) {
      List<Reply<Integer>> open = new ArrayList<>();
      Actor<Reply<Integer>> actor = troupe.actor("actor", 0, (me, reply) -> open.add(reply));
      for (String asker : List.of("a", "b")) {
        troupe.task(asker, me -> me.say(me.await(actor.<Integer>ask(reply -> reply))));
      }
      troupe.task(
          "helper",
          me -> {
            me.yields(5);
            me.does(() -> open.get(1).complete(2));
            me.does(() -> open.get(0).complete(1));
            assertThat(me.gets(() -> open.get(0).complete(3))).isFalse();
            assertThat(me.gets(() -> open.get(0).isWanted())).isFalse();
            me.does(actor::close);
          });
      assertThat(troupe.run()).containsExactly("b: 2", "a: 1");
    }
  }

  @Test
  void anAnswerMayBeAFailureAndMayBeNull() {
    IOException boom = new IOException("boom");
    try (Troupe troupe = new Troupe(kind)) {
      boolean[] fails = {true};
      Actor<Reply<Integer>> actor =
          troupe.actor(
              "actor",
              0,
              (me, reply) -> me.gets(() -> fails[0] ? reply.fail(boom) : reply.complete(null)));
      troupe.task(
          "asker",
          me -> {
            assertThatThrownBy(() -> me.await(actor.<Integer>ask(reply -> reply))).isSameAs(boom);
            fails[0] = false;
            me.say(me.await(actor.<Integer>ask(reply -> reply)));
            me.does(actor::close);
          });
      assertThat(troupe.run()).containsExactly("asker: null");
    }
  }

  @Test
  void anActorThatEndsFailsAllThatItHasNotAnswered() {
    IllegalStateException boom = new IllegalStateException("boom");
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Reply<Integer>> actor =
          troupe.actor(
              "actor",
              0,
              (me, reply) -> {
                me.yields(3);
                throw boom;
              });
      for (String asker : List.of("received", "in the mailbox")) {
        troupe.task(
            asker,
            me -> {
              assertThatThrownBy(() -> me.await(actor.<Integer>ask(reply -> reply)))
                  .isInstanceOf(ReceiverClosedException.class)
                  .hasCause(boom);
              me.say("told");
            });
      }
      assertThat(troupe.run()).containsExactly("received: told", "in the mailbox: told");
    }
  }

  @Test
  void anAskerThatIsCancelledTakesBackWhatTheActorHasNotReceived() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Object> actor = new Actor<>(troupe.scheduler, "actor", 1);
      Task<?> asker =
          troupe.task(
              "asker",
              me ->
                  assertThatThrownBy(() -> me.await(actor.ask(_ -> "question")))
                      .isInstanceOf(Cancelled.class));
      Task<?> waiting =
          troupe.task(
              "waiting for room",
              me ->
                  assertThatThrownBy(() -> me.await(actor.ask(_ -> "second")))
                      .isInstanceOf(Cancelled.class));
      troupe.task("sender", me -> me.await(actor.put("message")));
      troupe.task(
          "canceller",
          me -> {
            assertThat(actor.size()).isEqualTo(1);
            me.does(() -> waiting.cancel("enough"));
            me.does(() -> asker.cancel("enough"));
            assertThat(actor.size()).as("the sender's entered").isEqualTo(1);
            me.does(actor::close);
            me.does(() -> troupe.start(actor, it -> it.handles(actor, Troupe.Player::say)));
          });
      assertThat(troupe.run()).containsExactly("actor: message");
    }
  }

  @Test
  void theAnswerToAnAskerThatWasCancelledMeetsNobody() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Reply<Integer>> actor =
          troupe.actor(
              "actor",
              0,
              (me, reply) -> {
                me.yields(5);
                me.say(me.gets(reply::isWanted) + " " + me.gets(() -> reply.complete(1)));
              });
      Task<?> asker =
          troupe.task(
              "asker",
              me -> {
                assertThatThrownBy(() -> me.await(actor.<Integer>ask(reply -> reply)))
                    .isInstanceOf(Cancelled.class);
                me.say("cancelled");
              });
      troupe.task(
          "canceller",
          me -> {
            me.yields(2);
            me.does(() -> asker.cancel("enough"));
            me.does(actor::close);
          });
      assertThat(troupe.run()).containsExactly("asker: cancelled", "actor: false false");
    }
  }

  @Test
  void anAnswerThatIsLateIsATimeoutAndMeetsNobody() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Reply<Integer>> actor =
          troupe.actor(
              "actor",
              0,
              (me, reply) -> {
                me.await(Timers.sleep(Duration.ofSeconds(10)));
                me.say(me.gets(() -> reply.complete(1)));
              });
      for (int seconds : List.of(2, 15)) {
        troupe.task(
            "asker for " + seconds,
            me -> {
              assertThatThrownBy(
                      () ->
                          me.await(
                              actor
                                  .<Integer>ask(reply -> reply)
                                  .within(Duration.ofSeconds(seconds))))
                  .isInstanceOf(TimeoutException.class)
                  .hasMessageContaining("an answer of actor 'actor'");
              me.say("late");
            });
      }
      troupe.task(
          "patient",
          me -> {
            me.await(Timers.sleep(Duration.ofSeconds(16)));
            me.say(me.await(actor.<Integer>ask(reply -> reply).within(Duration.ofMinutes(1))));
            me.does(actor::close);
          });
      assertThat(troupe.run())
          .containsExactly(
              "asker for 2: late",
              "actor: false",
              "asker for 15: late",
              "actor: false",
              "actor: true",
              "patient: 1");
    }
  }

  @Test
  void aSelectTakesBackTheQuestionThatLost() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Object> asked = new Actor<>(troupe.scheduler, "asked");
      Actor<Object> full = new Actor<>(troupe.scheduler, "full", 1);
      full.send("first");
      troupe.task(
          "asker",
          me -> {
            me.await(
                Select.any(
                    asked.ask(_ -> "question"),
                    full.put("second"),
                    Timers.sleep(Duration.ofSeconds(1))));
            assertThat(asked.size()).isZero();
            assertThat(full.size()).isEqualTo(1);
            me.say("slept");
          });
      assertThat(troupe.run()).containsExactly("asker: slept");
    }
  }

  @Test
  void anActorCannotAskItself() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Object> actor = new Actor<>(troupe.scheduler, "actor");
      troupe.start(
          actor,
          me ->
              assertThatThrownBy(() -> me.await(actor.ask(reply -> reply)))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("actor 'actor' would wait for its own answer"));
      troupe.run();
    }
  }

  @Test
  void actorsThatAskEachOtherAreADeadlockThatNamesBoth() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Object> a = new Actor<>(troupe.scheduler, "a");
      Actor<Object> b = new Actor<>(troupe.scheduler, "b");
      troupe.start(a, me -> me.await(b.ask(reply -> reply)));
      troupe.start(b, me -> me.await(a.ask(reply -> reply)));
      assertThatThrownBy(troupe.scheduler::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("task 'a' waits for an answer of actor 'b'")
          .hasMessageContaining("task 'b' waits for an answer of actor 'a'");
      troupe.failures.clear();
    }
  }
}
