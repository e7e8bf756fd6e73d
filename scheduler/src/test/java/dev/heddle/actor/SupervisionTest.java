package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.actor.Supervision.Directive;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A3: what happens to an actor that crashes. */
class SupervisionTest {
  /** The styles of a supervised body. */
  enum Style {
    COROUTINE,
    THREAD
  }

  private record Question(String text, Reply<String> reply) {}

  private static final class Crash extends RuntimeException {
    Crash(String message) {
      super(message);
    }
  }

  private final VirtualTime time = new VirtualTime(0);
  private final List<String> reported = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();

  private Scheduler scheduler() {
    return Scheduler.builder()
        .clock(time)
        .poller(time)
        .failureReporter((who, failure) -> reported.add(who + " " + failure.getMessage()))
        .build();
  }

  /** An actor that tells when it starts, crashes at "crash...", and keeps the others in a list. */
  private Task<?> start(Style style, Actor<String> actor, Supervision supervision) {
    return switch (style) {
      case COROUTINE ->
          actor.start(
              co -> {
                begins();
                while (co.await(actor.receive()) instanceof String message) {
                  handle(message);
                }
                seen.add("end");
              },
              supervision);
      case THREAD ->
          actor.start(
              () -> {
                begins();
                while (Task.await(actor.receive()) instanceof String message) {
                  handle(message);
                }
                seen.add("end");
              },
              supervision);
    };
  }

  private void begins() {
    seen.add("start at " + Duration.ofNanos(time.nanoTime()).toMillis());
  }

  private void handle(String message) {
    if (message.startsWith("crash")) {
      throw new Crash(message);
    }
    if (message.startsWith("stop")) {
      throw new IllegalStateException(message);
    }
    seen.add(message);
  }

  @ParameterizedTest
  @EnumSource
  @Holds("A3")
  void aRestartedActorKeepsItsMailboxAndLosesTheMessageAtWhichItCrashed(Style style) {
    try (Scheduler scheduler = scheduler()) {
      Actor<String> actor = new Actor<>(scheduler, "actor");
      Task<?> task = start(style, actor, Supervision.restart());
      List.of("a", "crash 1", "b", "crash 2", "c").forEach(actor::send);
      actor.close();
      scheduler.run();
      assertThat(seen)
          .containsExactly("start at 0", "a", "start at 0", "b", "start at 0", "c", "end");
      assertThat(task.state()).isEqualTo(Task.State.SUCCEEDED);
      assertThat(reported)
          .containsExactly(
              "actor 'actor', which restarts, crash 1", "actor 'actor', which restarts, crash 2");
      assertThat(actor.unhandled()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Holds("A3")
  void theWaitBeforeARestartDoublesUpToTheLongest(Style style) {
    try (Scheduler scheduler = scheduler()) {
      Actor<String> actor = new Actor<>(scheduler, "actor");
      start(
          style,
          actor,
          Supervision.restart().withBackOff(Duration.ofMillis(100), Duration.ofMillis(350)));
      List.of("crash", "crash", "crash", "crash", "late").forEach(actor::send);
      actor.close();
      scheduler.run();
      assertThat(seen)
          .containsExactly(
              "start at 0",
              "start at 100",
              "start at 300",
              "start at 650",
              "start at 1000",
              "late",
              "end");
    }
  }

  @ParameterizedTest
  @EnumSource
  @Holds("A3")
  void oneCrashTooManyWithinTheTimeIsEscalated(Style style) {
    try (Scheduler scheduler = scheduler()) {
      Actor<String> actor = new Actor<>(scheduler, "actor");
      start(style, actor, Supervision.restart().withLimit(2, Duration.ofSeconds(1)));
      scheduler.spawn(
          "sender",
          co -> {
            actor.send("crash 1");
            actor.send("crash 2");
            co.await(Timers.sleep(Duration.ofSeconds(1))); // both count no longer
            List.of("crash 3", "crash 4", "crash 5", "left").forEach(actor::send);
            assertThatThrownBy(() -> co.await(actor.join()))
                .isInstanceOf(Crash.class)
                .hasMessage("crash 5");
          });
      scheduler.run();
      assertThat(reported).hasSize(4);
      assertThat(actor.unhandled()).containsExactly("left");
      assertThatThrownBy(() -> actor.send("more")).isInstanceOf(ReceiverClosedException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Holds("A3")
  void aRuleForAClassOfCrashesComesBeforeTheRest(Style style) {
    Supervision supervision =
        Supervision.restart()
            .when(IllegalStateException.class, Directive.STOP)
            .when(RuntimeException.class, Directive.ESCALATE);
    try (Scheduler scheduler = scheduler()) {
      Actor<String> stops = new Actor<>(scheduler, "stops");
      Task<?> stopped = start(style, stops, supervision);
      stops.send("stop");
      Actor<String> fails = new Actor<>(scheduler, "fails");
      Task<?> failed = start(style, fails, supervision);
      fails.send("crash");
      scheduler.run();
      assertThat(stopped.state()).isEqualTo(Task.State.SUCCEEDED);
      assertThat(failed.state()).isEqualTo(Task.State.FAILED);
      assertThat(reported).first().isEqualTo("actor 'stops', which stops, stop");
    }
  }

  @Test
  @Holds("A3")
  void whoAskedTheCrashedOneIsToldAndWhoseQuestionWaitsIsAnswered() {
    try (Scheduler scheduler = scheduler()) {
      Actor<Question> actor = new Actor<>(scheduler, "actor");
      actor.start(
          co -> {
            while (co.await(actor.receive()) instanceof Question question) {
              handle(question.text);
              boolean _ = question.reply.complete("answer to " + question.text);
            }
          },
          Supervision.restart());
      for (String text : List.of("crash", "a")) {
        scheduler.spawn(
            text,
            co -> {
              try {
                seen.add(co.await(actor.<String>ask(reply -> new Question(text, reply))));
              } catch (ReceiverClosedException e) {
                seen.add(e.getMessage() + " by " + e.getCause().getMessage());
              }
              if (text.equals("a")) {
                actor.close();
              }
            });
      }
      scheduler.run();
      assertThat(seen)
          .containsExactlyInAnyOrder(
              "a",
              "answer to a",
              "cannot send to actor 'actor': it has crashed and restarts by crash");
    }
  }

  @ParameterizedTest
  @EnumSource
  @Holds("A3")
  void aCancelledActorIsNotRestarted(Style style) {
    try (Scheduler scheduler = scheduler()) {
      Actor<String> actor = new Actor<>(scheduler, "actor");
      Task<?> task =
          start(
              style,
              actor,
              Supervision.restart().withBackOff(Duration.ofSeconds(1), Duration.ofSeconds(1)));
      actor.send("crash");
      scheduler.spawn(
          "canceller",
          co -> {
            co.await(Timers.sleep(Duration.ofMillis(500))); // while it waits for its restart
            task.cancel("enough");
          });
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.CANCELLED);
      assertThat(seen).containsExactly("start at 0");
    }
  }

  @Test
  @Holds("A3")
  void aRunOfNamedActorsIsOverWhenTheRestartedOneHasHandledWhatWasLeft() {
    try (Scheduler scheduler = scheduler()) {
      ActorScheduler<String> actors = new ActorScheduler<>(scheduler);
      actors.start(
          "actor",
          co -> {
            while (co.await(actors.receive("actor")) instanceof String message) {
              handle(message);
            }
          },
          Supervision.restart());
      for (String message : List.of("a", "crash", "b")) {
        actors.send("actor", message);
      }
      actors.run();
      assertThat(seen).containsExactly("a", "b");
      actors.send("actor", "c");
      actors.run();
      assertThat(seen).containsExactly("a", "b", "c");
    }
  }

  @Test
  void limitsOutOfTheirRangeAreRefusedByName() {
    Supervision restart = Supervision.restart();
    assertThatThrownBy(() -> restart.withLimit(-1, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("restarts is -1: must be 0 or more");
    assertThatThrownBy(() -> restart.withLimit(1, Duration.ZERO))
        .hasMessage("within is PT0S: must be positive");
    assertThatThrownBy(() -> restart.withBackOff(Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessage("first is PT0S: must be positive");
    assertThatThrownBy(() -> restart.withBackOff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessage("longest is PT1S: must be at least PT2S");
  }

  @Test
  void theLongestDurationsAreNoError() {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
    Supervision supervision =
        Supervision.restart().withLimit(Integer.MAX_VALUE, longest).withBackOff(longest, longest);
    assertThat(supervision.pauseAfter(Integer.MAX_VALUE)).isEqualTo(longest);
    Duration half = Duration.ofSeconds(Long.MAX_VALUE / 2 + 1);
    assertThat(Supervision.restart().withBackOff(half, longest).pauseAfter(5)).isEqualTo(longest);
  }
}
