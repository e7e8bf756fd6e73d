package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A queue without room. What holds for all primitives is in {@link GridTest}. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class RendezvousTest {
  @Parameter Kind kind;

  private final Queue<String> counter = Queue.rendezvous("counter");

  private Play.Part puts(String... items) {
    return me -> {
      for (String item : items) {
        me.await(counter.put(item));
        me.say("put " + item);
      }
    };
  }

  private Play.Part gets(int count) {
    return me -> {
      for (int i = 0; i < count; i++) {
        me.say("got " + me.await(counter.get()));
      }
    };
  }

  @Test
  void aPutIsOverWhenAnotherTaskHasTheItem() {
    try (Play play = new Play(kind)) {
      play.task("a", puts("x", "y"));
      play.task(
          "b",
          me -> {
            me.yields(3);
            me.say("comes");
            gets(2).play(me);
          });
      assertThat(play.run())
          .containsExactly("b: comes", "b: got x", "a: put x", "a: put y", "b: got y");
    }
  }

  @Test
  void aGetWaitsUntilAnotherTaskPuts() {
    try (Play play = new Play(kind)) {
      play.task("b", gets(1));
      play.task("a", puts("x"));
      assertThat(play.run()).containsExactly("a: put x", "b: got x");
    }
  }

  @Test
  void eachSideIsServedFirstComeFirstServed() {
    try (Play play = new Play(kind)) {
      for (String name : new String[] {"a", "b", "c"}) {
        play.task(name, puts(name));
      }
      play.task("d", gets(3));
      assertThat(play.run())
          .containsExactly("d: got a", "d: got b", "d: got c", "a: put a", "b: put b", "c: put c");
    }
  }

  @Test
  void tryPutAndTryGetSucceedOnlyIfAnotherWaits() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.say(me.gets(() -> counter.tryPut("nobody")));
            me.say(me.gets(counter::tryGet));
            me.yields(2);
            me.say(me.gets(() -> counter.tryPut("x")));
            me.yields(2);
            me.say(me.gets(counter::tryGet));
          });
      play.task(
          "b",
          me -> {
            me.yields(1);
            gets(1).play(me);
            puts("y").play(me);
          });
      assertThat(play.run())
          .containsExactly("a: false", "a: null", "a: true", "b: got x", "a: y", "b: put y");
    }
  }

  @Test
  void aCancelledPutterPutNothingAndACancelledGetterTookNothing() {
    try (Play play = new Play(kind)) {
      Task<?> first = play.task("first", puts("x"));
      play.task("second", puts("y"));
      play.task(
          "getter",
          me -> {
            me.does(() -> first.cancel("enough"));
            gets(1).play(me);
            Task<?> other = me.gets(() -> play.task("other", gets(1)));
            me.yields(1);
            me.does(() -> other.cancel("enough"));
            me.say(me.gets(() -> counter.tryPut("z")));
          });
      assertThat(play.run()).containsExactly("getter: got y", "second: put y", "getter: false");
    }
  }

  @Test
  void whoIsCancelledAfterTheTwoHaveMetHasPutOrGotTheItem() {
    try (Play play = new Play(kind)) {
      Task<?> getter = play.task("getter", gets(2));
      play.task(
          "putter",
          me -> {
            me.await(counter.put("x"));
            me.does(() -> getter.cancel("too late for the first"));
          });
      assertThat(play.run()).containsExactly("getter: got x");
      assertThat(getter.state()).isEqualTo(Task.State.CANCELLED);
      Task<?> putter = play.task("putter", puts("y", "z"));
      play.task(
          "taker",
          me -> {
            me.say(me.await(counter.get()));
            me.does(() -> putter.cancel("too late for the first"));
          });
      assertThat(play.run()).containsExactly("getter: got x", "taker: y", "putter: put y");
    }
  }

  @Test
  void aPutWithinATimeThatNobodyTakesPutNothing() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            assertThatThrownBy(() -> me.await(counter.put("x").within(Duration.ofMillis(5))))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("somebody who takes an item at rendezvous 'counter'");
            me.say(me.gets(counter::tryGet));
          });
      assertThat(play.run()).containsExactly("a: null");
    }
  }

  @Test
  void aSelectOfBothEndsDoesNotMeetItselfAndPassesItselfOver() {
    try (Play play = new Play(kind)) {
      Play.Part either =
          me -> me.say(me.await(Select.<Object>any(counter.put(me.name()), counter.get())));
      play.task("a", either);
      play.task("b", either);
      assertThat(play.run())
          .containsExactly("b: Winner[index=0, value=null]", "a: Winner[index=1, value=b]");
      assertThat(counter.stats().getters()).isEmpty();
      assertThat(counter.stats().putters()).isEmpty();
    }
  }

  @Test
  void aSelectOfBothEndsMeetsWhoCameBeforeIt() {
    try (Play play = new Play(kind)) {
      Queue<String> closed = Queue.rendezvous("closed");
      play.task(
          "late", me -> me.say(me.await(Select.<Object>any(counter.put("late"), closed.get()))));
      play.task(
          "both", // its put waits behind that of "late", then its get comes
          me -> me.say(me.await(Select.<Object>any(counter.put("mine"), counter.get()))));
      assertThat(play.run())
          .containsExactly(
              "both: Winner[index=1, value=late]", "late: Winner[index=0, value=null]");
      assertThat(counter.stats().putters()).isEmpty();
    }
  }

  @Test
  void shutdownFailsWhoWaitsAndWhoComes() {
    try (Play play = new Play(kind)) {
      Queue<String> other = Queue.rendezvous("other");
      play.task("getter", me -> fails(me, () -> me.await(counter.get())));
      play.task("putter", me -> fails(me, () -> me.await(other.put("x"))));
      play.task(
          "shuts",
          me -> {
            me.does(counter::shutdown);
            me.does(counter::shutdown);
            me.does(other::shutdown);
            assertThat(counter.isShutdown()).isTrue();
            fails(me, () -> me.await(counter.get()));
            fails(me, () -> me.await(counter.put("x")));
            fails(me, () -> me.gets(counter::tryGet));
            fails(me, () -> me.gets(() -> counter.tryPut("x")));
          });
      String get = "cannot get from rendezvous 'counter': it is shut down";
      String put = "cannot put into rendezvous 'counter': it is shut down";
      assertThat(play.run())
          .containsExactly(
              "shuts: " + get,
              "shuts: " + put,
              "shuts: " + get,
              "shuts: " + put,
              "getter: " + get,
              "putter: cannot put into rendezvous 'other': it is shut down");
    }
  }

  private interface Call {
    void call() throws Exception;
  }

  private static void fails(Play.Player me, Call call) throws Exception {
    try {
      call.call();
    } catch (QueueShutdownException e) {
      me.say(e.getMessage());
    }
  }

  @Test
  void noItemIsNull() {
    assertThatThrownBy(() -> counter.put(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> counter.tryPut(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void itSaysWhoWaitsAndTheDeadlockMessageToo() {
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", puts("x"));
      assertThatThrownBy(play::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("somebody who takes an item at rendezvous 'counter'");
      assertThat(counter.stats().putters()).containsExactly(a);
      assertThat(counter).hasToString("rendezvous 'counter', 0 getting, 1 putting");
    }
    assertThat(Queue.<String>rendezvous().toString())
        .matches("rendezvous \\d+, 0 getting, 0 putting");
  }
}
