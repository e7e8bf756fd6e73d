package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Section L, of RLock. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class RLockTest {
  @Parameter Kind kind;

  private final RLock lock = new RLock("monitor");

  // L3

  @Test
  @Holds("L3")
  void theLastReleaseWakesAWaiter() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(lock.acquire());
            me.await(lock.acquire());
            me.say(me.gets(lock::tryAcquire));
            for (int level = 3; level > 0; level--) {
              me.yields(2);
              me.say("releases level " + lock.stats().levels());
              me.does(lock::release);
            }
          });
      play.task(
          "b",
          me -> {
            Held held = me.await(lock.acquire());
            me.say("has it");
            me.does(held::close);
          });
      assertThat(play.run())
          .containsExactly(
              "a: true",
              "a: releases level 3",
              "a: releases level 2",
              "a: releases level 1",
              "b: has it");
    }
  }

  @Test
  void tryAcquireByAnotherFails() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(lock.acquire());
            me.yields(1);
            me.does(lock::release);
          });
      play.task("b", me -> me.say(me.gets(lock::tryAcquire)));
      assertThat(play.run()).containsExactly("b: false");
    }
  }

  @Test
  void releasingOnceTooOftenThrows() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(lock.acquire());
            me.await(lock.acquire());
            me.does(lock::release);
            me.does(lock::release);
            assertThatThrownBy(() -> me.does(lock::release))
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage(
                    "release by task 'a', which does not hold rlock 'monitor'; nobody does");
          });
      play.run();
    }
  }

  @Test
  void itTellsHowManyTimesItIsHeld() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(lock.acquire());
            me.await(lock.acquire());
            me.say(lock);
            me.does(lock::release);
            me.does(lock::release);
            me.say(lock);
          });
      assertThat(play.run())
          .containsExactly(
              "a: rlock 'monitor' held by task 'a' (2 times), 0 waiting",
              "a: rlock 'monitor', free, 0 waiting");
    }
  }

  // R9: a monitor whose methods call each other

  @Test
  void aMonitorCountsRightAcrossYields() {
    int[] value = {0};
    try (Play play = new Play(kind)) {
      for (int i = 0; i < 5; i++) {
        play.task("up" + i, me -> add(me, value, 3));
        play.task(
            "down" + i,
            me -> {
              Held held = me.await(lock.acquire());
              add(me, value, -1);
              me.does(held::close);
            });
      }
      play.run();
    }
    assertThat(value[0]).isEqualTo(10);
  }

  private void add(Play.Player me, int[] value, int by) throws Exception {
    Held held = me.await(lock.acquire());
    int seen = value[0];
    me.yields(1);
    value[0] = seen + by;
    me.does(held::close);
  }
}
