package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** User code that a primitive calls may throw: then nothing is lost, and nobody else fails. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ThrowingCallbackTest {
  @Parameter Kind kind;

  private static Queue<String> numbers(int maxSize) {
    return Queue.priority("numbers", maxSize, Comparator.comparingInt(Integer::parseInt));
  }

  @Test
  void anItemThatCannotBeComparedIsNotInAndNotUnfinished() {
    Queue<String> queue = numbers(0);
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            for (int i = 20; i > 0; i--) {
              me.await(queue.put("" + i));
            }
            assertThatThrownBy(() -> me.await(queue.put("x")))
                .isInstanceOf(NumberFormatException.class);
            assertThatThrownBy(() -> me.<Boolean>gets(() -> queue.tryPut("y")))
                .isInstanceOf(NumberFormatException.class);
            assertThat(queue.stats().unfinished()).isEqualTo(20);
            for (int i = 1; i <= 20; i++) {
              assertThat(me.await(queue.get())).isEqualTo("" + i);
            }
          });
      play.run();
    }
  }

  @Test
  void aWaitingPutterGetsTheFailureOfItsComparisonAndTheGetterItsItem() {
    Queue<String> queue = numbers(2);
    try (Play play = new Play(kind)) {
      play.task(
          "putter",
          me -> {
            me.await(queue.put("1"));
            me.await(queue.put("2"));
            assertThatThrownBy(() -> me.await(queue.put("x")))
                .isInstanceOf(NumberFormatException.class);
          });
      play.task("next", me -> me.await(queue.put("3")));
      play.task(
          "getter",
          me -> {
            me.say(me.await(queue.get()));
            assertThat(queue.stats().unfinished()).isEqualTo(3);
            me.say(me.await(queue.get()) + me.await(queue.get()));
          });
      assertThat(play.run()).containsExactly("getter: 1", "getter: 23");
    }
  }

  @Test
  void aPredicateThatThrowsPassesTheSignalOn() {
    Lock lock = new Lock("db");
    Condition changed = new Condition(lock, "changed");
    boolean[] broken = {false};
    try (Play play = new Play(kind)) {
      play.task(
          "first",
          me -> {
            Held held = me.await(lock.acquire());
            assertThatThrownBy(() -> me.await(changed.waitFor(() -> 1 / (broken[0] ? 0 : 1) > 1)))
                .isInstanceOf(ArithmeticException.class);
            me.does(held::close);
          });
      play.task(
          "second",
          me -> {
            Held held = me.await(lock.acquire());
            me.await(changed.waitFor(() -> broken[0]));
            me.say("signalled");
            me.does(held::close);
          });
      play.task(
          "signaller",
          me -> {
            Held held = me.await(lock.acquire());
            broken[0] = true;
            me.does(changed::signal);
            me.does(held::close);
          });
      assertThat(play.run()).containsExactly("second: signalled");
    }
  }

  @Test
  void anyNumberOfTasksBehindABrokenLockAreRefused() {
    Lock first = new Lock("first");
    Lock second = new Lock("second");
    int[] refused = {0};
    try (Play play = new Play(kind)) {
      play.task("breaker", me -> me.await(second.acquire()));
      play.task(
          "holder",
          me -> {
            Held held = me.await(first.acquire());
            me.yields(2);
            me.does(held::close);
          });
      for (int i = 0; i < 2_000; i++) {
        play.task(
            "waiter " + i,
            me -> {
              assertThatThrownBy(() -> me.await(LockOrder.acquire(first, second)))
                  .hasMessageContaining("broken");
              refused[0]++;
            });
      }
      play.run();
    }
    assertThat(refused[0]).isEqualTo(2_000);
    assertThat(first.isLocked()).isFalse();
  }
}
