package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** V5. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ConditionPredicateTest {
  @Parameter Kind kind;

  private final RLock lock = new RLock("db");
  private final Condition changed = new Condition(lock, "changed");

  private Play.Part waits(YieldEvent<?, RuntimeException> wait) {
    return me -> {
      Held held = me.await(lock.acquire());
      me.await(wait);
      me.say("signalled");
      me.does(held::close);
    };
  }

  // V5

  @Test
  @Holds("V5")
  void waitForTestsFirst() {
    try (Play play = new Play(kind)) {
      play.task("a", waits(changed.waitFor(() -> true)));
      assertThat(play.run()).containsExactly("a: signalled");
    }
  }

  @Test
  @Holds("V5")
  void waitForTestsAfterEachWakeWithTheLockHeld() {
    int[] value = {0};
    List<String> tests = new ArrayList<>();
    try (Play play = new Play(kind)) {
      play.task(
          "waiter",
          waits(
              changed.waitFor(
                  () -> {
                    tests.add(value[0] + " " + lock.holder().name());
                    return value[0] == 2;
                  })));
      play.task(
          "counter",
          me -> {
            for (int i = 0; i < 2; i++) {
              Held held = me.await(lock.acquire());
              value[0]++;
              me.does(changed::signal);
              me.yields(2);
              me.does(held::close);
              me.yields(2);
            }
          });
      assertThat(play.run()).containsExactly("waiter: signalled");
      assertThat(tests).containsExactly("0 waiter", "1 waiter", "2 waiter");
    }
  }

  @Test
  void aPredicateThatThrowsThrowsAtTheAwaitWithTheLockHeld() {
    boolean[] broken = {false};
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held held = me.await(lock.acquire());
            assertThatThrownBy(
                    () ->
                        me.await(
                            changed.waitFor(
                                () -> {
                                  if (broken[0]) {
                                    throw new ArithmeticException("no");
                                  }
                                  return false;
                                })))
                .isInstanceOf(ArithmeticException.class);
            assertThat(lock.holder()).isSameAs(me.task());
            me.does(held::close);
          });
      play.task(
          "breaker",
          me -> {
            broken[0] = true;
            me.await(lock.acquire());
            me.does(changed::signal);
            me.does(lock::release);
          });
      play.run();
    }
    assertThat(lock.isLocked()).isFalse();
  }
}
