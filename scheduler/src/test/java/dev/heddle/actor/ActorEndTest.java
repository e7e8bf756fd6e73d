package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A1: how actors end, and who hears of it. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ActorEndTest {
  @Parameter Kind kind;

  @Test
  @Holds("A1")
  void aCrashIsVisibleToWhoJoinsAndToLaterSenders() {
    IOException boom = new IOException("boom");
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor =
          troupe.actor(
              "actor",
              0,
              (me, n) -> {
                throw boom;
              });
      troupe.task(
          "sender",
          me -> {
            me.does(() -> List.of(1, 2, 3).forEach(actor::send));
            assertThatThrownBy(() -> me.await(actor.join())).isSameAs(boom);
            assertThatThrownBy(() -> me.does(() -> actor.send(4)))
                .isInstanceOf(ReceiverClosedException.class)
                .hasMessage("cannot send to actor 'actor': it has crashed")
                .hasCause(boom);
            assertThatThrownBy(() -> me.await(actor.put(4))).hasCause(boom);
            assertThatThrownBy(() -> me.await(actor.ask(_ -> 4))).hasCause(boom);
          });
      troupe.run();
      assertThat(actor.unhandled()).containsExactly(2, 3);
    }
  }

  @Test
  void aCrashThatNobodyHearsOfIsReported() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor =
          troupe.actor(
              "actor",
              0,
              (me, n) -> {
                throw new IOException("boom");
              });
      actor.ref().send(1);
      troupe.scheduler.run();
      assertThat(troupe.failures).singleElement().hasFieldOrPropertyWithValue("message", "boom");
      troupe.failures.clear();
    }
  }

  @Test
  void aCrashOfOneActorStopsNoOther() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> bad =
          troupe.actor(
              "bad",
              0,
              (me, n) -> {
                throw new IOException("boom");
              });
      Actor<Integer> good = troupe.printer("good");
      troupe.task(
          "joiner", me -> assertThatThrownBy(() -> me.await(bad.join())).hasMessage("boom"));
      troupe.task(
          "sender",
          me -> {
            me.does(() -> bad.send(1));
            me.yields(3);
            me.does(() -> good.send(1));
            me.does(good::close);
          });
      assertThat(troupe.run()).containsExactly("good: 1");
    }
  }

  @Test
  void aCancelledActorEndsItsMessagesAreKeptAndItsSendersAreTold() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor", 2);
      Task<?> task = troupe.start(actor, me -> me.handles(actor, (p, n) -> p.yields(100)));
      troupe.task(
          "sender",
          me -> {
            for (int i = 1; i <= 3; i++) {
              me.await(actor.put(i));
            }
            assertThatThrownBy(() -> me.await(actor.put(4)))
                .isInstanceOf(ReceiverClosedException.class)
                .hasMessage("cannot send to actor 'actor': it was cancelled");
            assertThatThrownBy(() -> me.await(actor.join()))
                .isInstanceOf(CancellationException.class);
          });
      troupe.task(
          "canceller",
          me -> {
            me.yields(5);
            me.does(() -> task.cancel("enough"));
          });
      troupe.run();
      assertThat(actor.unhandled()).containsExactly(2, 3);
    }
  }

  @Test
  void anActorThatIsCancelledWhileItWaitsLosesNoMessage() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor");
      Task<?> task =
          troupe.start(
              actor,
              me -> {
                me.say(me.await(actor.receive()));
                me.await(actor.receive());
              });
      troupe.task(
          "sender",
          me -> {
            me.does(() -> actor.send(1)); // handed over,
            me.does(() -> task.cancel("enough")); // so it is received all the same
            me.does(() -> actor.send(2));
          });
      assertThat(troupe.run()).containsExactly("actor: 1");
      assertThat(actor.unhandled()).containsExactly(2);
    }
  }

  @Test
  void theEndOfTheSchedulerEndsTheActorAndKeepsItsMessages() {
    Actor<Integer> actor;
    try (Troupe troupe = new Troupe(kind)) {
      actor = new Actor<>(troupe.scheduler, "actor");
      troupe.start(
          actor, troupe.scheduler.daemons(), me -> me.handles(actor, (p, n) -> p.yields(9)));
      troupe.task(
          "sender",
          me -> {
            me.does(() -> List.of(1, 2, 3).forEach(actor::send));
            me.yields(2);
          });
      troupe.run();
    }
    assertThat(actor.isClosed()).isTrue();
    assertThat(actor.unhandled()).containsExactly(2, 3);
  }

  @Test
  void anActorOfAGroupThatCrashesCancelsItsSiblings() {
    IOException boom = new IOException("boom");
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> bad = new Actor<>(troupe.scheduler, "bad");
      Actor<Integer> good = new Actor<>(troupe.scheduler, "good");
      troupe.scheduler.spawn(
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              troupe.start(good, group, me -> me.handles(good, Troupe.Player::say));
              troupe.start(
                  bad,
                  group,
                  me -> {
                    me.await(bad.receive());
                    throw boom;
                  });
              good.send(1);
              bad.send(1);
              co.await(group.join());
            } catch (IOException e) {
              troupe.said.add("owner: " + e.getMessage());
            }
          });
      assertThat(troupe.run()).containsExactly("good: 1", "owner: boom");
      assertThatThrownBy(() -> good.send(2))
          .hasMessage("cannot send to actor 'good': it was cancelled");
      assertThatThrownBy(() -> bad.send(2)).hasCause(boom);
    }
  }

  /** Select waits for messages and for something else, and loses neither. */
  @Test
  void aReceiveThatLosesASelectLosesNoMessage() {
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "actor");
      troupe.start(
          actor,
          me -> {
            for (int i = 0; i < 3; i++) {
              me.await(Select.any(actor.receive(), Timers.sleep(Duration.ofSeconds(2))));
              me.say(actor.size());
            }
          });
      troupe.task(
          "sender",
          me -> {
            me.await(Timers.sleep(Duration.ofSeconds(3)));
            me.does(() -> actor.send(1));
            me.does(() -> actor.send(2));
          });
      assertThat(troupe.run()).containsExactly("actor: 0", "actor: 1", "actor: 0");
    }
  }
}
