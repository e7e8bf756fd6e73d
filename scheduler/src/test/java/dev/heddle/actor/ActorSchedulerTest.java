package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** R2: actors by name, as in the Cookbook. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ActorSchedulerTest {
  @Parameter Kind kind;

  /** Starts a named actor of this kind. */
  private void start(Troupe troupe, ActorScheduler<?> actors, String name, Troupe.Part part) {
    Spawner asActor =
        new Spawner() {
          @Override
          public <T> Task<T> start(String taskName, Body<T> body) {
            var _ = actors.start(name, body);
            return null;
          }
        };
    kind.spawn(asActor, name, co -> part.play(new Troupe.Player(troupe, name, co)));
  }

  private ActorScheduler<Integer> counterAndPrinter(Troupe troupe, boolean prints) {
    ActorScheduler<Integer> actors = new ActorScheduler<>(troupe.scheduler);
    start(
        troupe,
        actors,
        "printer",
        me ->
            me.handles(
                actors.actor("printer"),
                (p, n) -> {
                  if (prints) {
                    p.say("Got: " + n);
                  }
                }));
    start(
        troupe,
        actors,
        "counter",
        me -> {
          while (me.await(actors.receive("counter")) instanceof Integer n && n > 0) {
            me.does(
                () -> {
                  actors.send("printer", n);
                  actors.send("counter", n - 1);
                });
          }
        });
    return actors;
  }

  @Test
  void counterSendsToPrinterAndToItself() {
    try (Troupe troupe = new Troupe(kind)) {
      ActorScheduler<Integer> actors = counterAndPrinter(troupe, true);
      actors.send("counter", 1_000);
      actors.run();
      assertThat(troupe.said)
          .containsExactlyElementsOf(
              IntStream.iterate(1_000, n -> n > 0, n -> n - 1)
                  .mapToObj(n -> "printer: Got: " + n)
                  .toList());
    }
  }

  @Test
  void aRunEndsWhenNoMessageIsUnderWayAndTheNextOneGoesOn() {
    try (Troupe troupe = new Troupe(kind)) {
      ActorScheduler<Integer> actors = new ActorScheduler<>(troupe.scheduler);
      start(
          troupe,
          actors,
          "slow",
          me ->
              me.handles(
                  actors.actor("slow"),
                  (p, n) -> {
                    p.yields(10);
                    p.say(n);
                  }));
      actors.run();
      actors.send("slow", 1);
      actors.send("slow", 2);
      actors.run();
      assertThat(troupe.said).containsExactly("slow: 1", "slow: 2");
      actors.send("slow", 3);
      actors.run();
      assertThat(troupe.said).endsWith("slow: 3");
    }
  }

  @Test
  void aTaskCanWaitUntilNoMessageIsUnderWay() {
    try (Troupe troupe = new Troupe(kind)) {
      ActorScheduler<Integer> actors = counterAndPrinter(troupe, true);
      troupe.task(
          "main",
          me -> {
            me.does(() -> actors.send("counter", 2));
            me.await(actors.quiet());
            me.say("quiet");
          });
      assertThat(troupe.run()).containsExactly("printer: Got: 2", "printer: Got: 1", "main: quiet");
    }
  }

  @Test
  void anUnknownNameIsAnErrorThatNamesTheKnownOnes() {
    try (Troupe troupe = new Troupe(kind)) {
      ActorScheduler<Integer> actors = counterAndPrinter(troupe, true);
      assertThatThrownBy(() -> actors.send("painter", 1))
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("no actor is named 'painter'; the names are printer, counter");
    }
  }

  @Test
  void aNameIsGivenAgainWhenItsActorHasEnded() {
    try (Troupe troupe = new Troupe(kind)) {
      ActorScheduler<Integer> actors = new ActorScheduler<>(troupe.scheduler);
      for (int i = 0; i < 2; i++) {
        start(troupe, actors, "one-shot", me -> me.say(me.await(actors.receive("one-shot"))));
        actors.send("one-shot", i);
        assertThatThrownBy(() -> actors.start("one-shot", () -> {}))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("has the name already");
        actors.run();
      }
      assertThat(troupe.said).containsExactly("one-shot: 0", "one-shot: 1");
      assertThatThrownBy(() -> actors.send("one-shot", 2))
          .isInstanceOf(ReceiverClosedException.class);
    }
  }

  @Test
  void anActorThatCrashesTakesItsMessagesAlongAndTheRunEnds() {
    try (Troupe troupe = new Troupe(kind)) {
      ActorScheduler<Integer> actors = counterAndPrinter(troupe, true);
      start(
          troupe,
          actors,
          "bad",
          me -> {
            me.await(actors.receive("bad"));
            me.yields(3);
            throw new IOException("boom");
          });
      for (int i = 0; i < 3; i++) {
        actors.send("bad", i);
      }
      actors.send("counter", 2);
      actors.run();
      assertThat(troupe.said).containsExactly("printer: Got: 2", "printer: Got: 1");
      assertThat(actors.actor("bad").unhandled()).containsExactly(1, 2);
      assertThat(troupe.failures).singleElement().isInstanceOf(IOException.class);
      troupe.failures.clear();
    }
  }

  @Test
  void anActorThatNeverEndsItsMessageIsADeadlockThatSaysSo() {
    try (Troupe troupe = new Troupe(kind)) {
      ActorScheduler<Integer> actors = new ActorScheduler<>(troupe.scheduler);
      Event never = new Event("never");
      start(
          troupe,
          actors,
          "stuck",
          me -> {
            me.await(actors.receive("stuck"));
            me.await(never.await());
          });
      actors.send("stuck", 1);
      actors.send("stuck", 2);
      assertThatThrownBy(actors::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("waits for the actors to handle 2 messages")
          .hasMessageContaining("task 'stuck' waits for event 'never' to be set");
    }
  }
}
