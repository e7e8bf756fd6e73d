package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Section Q, of what shutdown does. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class QueueShutdownTest {
  @Parameter Kind kind;

  private final Queue<Integer> queue = Queue.fifo("jobs", 2);

  // Q6

  @Test
  @Holds("Q6")
  void afterShutdownPutsThrowAndWaitingPuttersWakeWithTheError() {
    try (Play play = new Play(kind)) {
      play.task("full", QueueTest.puts(queue, 1, 2));
      Play.Part putter =
          me ->
              assertThatThrownBy(() -> me.await(queue.put(3)))
                  .isInstanceOf(QueueShutdownException.class)
                  .hasMessage("cannot put into queue 'jobs': it is shut down");
      play.task("waiting", putter);
      play.task(
          "closer",
          me -> {
            me.does(queue::shutdown);
            assertThatThrownBy(() -> me.gets(() -> queue.tryPut(4)))
                .isInstanceOf(QueueShutdownException.class);
          });
      play.task("later", putter);
      play.run();
    }
    assertThat(queue.size()).isEqualTo(2);
  }

  @Test
  @Holds("Q6")
  void afterShutdownGetsDrainAndThenThrow() {
    try (Play play = new Play(kind)) {
      play.task("full", QueueTest.puts(queue, 1, 2));
      play.task("closer", me -> me.does(queue::shutdown));
      play.task(
          "getter",
          me -> {
            QueueTest.gets(queue, 2).play(me);
            assertThatThrownBy(() -> me.await(queue.get()))
                .isInstanceOf(QueueShutdownException.class)
                .hasMessage("cannot get from queue 'jobs': it is shut down");
            assertThatThrownBy(() -> me.gets(queue::tryGet))
                .isInstanceOf(QueueShutdownException.class);
          });
      assertThat(play.run()).endsWith("getter: got 1", "getter: got 2");
    }
  }

  @Test
  void shutdownWakesWaitingGettersWithTheError() {
    try (Play play = new Play(kind)) {
      for (String name : List.of("a", "b")) {
        play.task(
            name,
            me -> {
              assertThatThrownBy(() -> me.await(queue.get()))
                  .isInstanceOf(QueueShutdownException.class);
              me.say("woken");
            });
      }
      play.task("closer", me -> me.does(queue::shutdown));
      assertThat(play.run()).containsExactly("a: woken", "b: woken");
    }
  }

  // Q7

  @Test
  @Holds("Q7")
  void shutdownNowDrainsAndLowersTheCountByWhatItDrainedOnly() {
    try (Play play = new Play(kind)) {
      play.task("full", QueueTest.puts(queue, 1, 2));
      play.task(
          "a",
          me -> {
            me.await(queue.get()); // taken, not done
            me.await(queue.put(3));
            me.does(queue::shutdownNow);
            me.say(queue.size() + " in, " + queue.stats().unfinished() + " unfinished");
            me.yields(2);
            me.does(queue::taskDone);
          });
      play.task(
          "joiner",
          me -> {
            me.await(queue.join());
            me.say("joined");
          });
      assertThat(play.run()).endsWith("a: 0 in, 1 unfinished", "joiner: joined");
    }
  }

  @Test
  void shutdownNowThatDrainsAllEndsTheJoin() {
    try (Play play = new Play(kind)) {
      play.task("full", QueueTest.puts(queue, 1, 2));
      play.awaits("joiner", queue.join());
      play.task("closer", me -> me.does(queue::shutdownNow));
      assertThat(play.run()).endsWith("joiner: through");
    }
  }

  // Q8

  @Test
  @Holds("Q8")
  void bothShutdownsAreIdempotent() {
    try (Play play = new Play(kind)) {
      play.task("full", QueueTest.puts(queue, 1, 2));
      play.task(
          "closer",
          me -> {
            me.does(queue::shutdown);
            me.does(queue::shutdown);
            me.say(queue);
            me.does(queue::shutdownNow);
            me.does(queue::shutdownNow);
            me.say(queue.stats().unfinished());
            me.say(queue);
          });
      assertThat(play.run())
          .endsWith(
              "closer: queue 'jobs' (2 of 2 items, shut down), 0 getting, 0 putting",
              "closer: 0",
              "closer: queue 'jobs' (0 of 2 items, shut down), 0 getting, 0 putting");
    }
  }
}
