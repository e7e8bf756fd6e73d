package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A2: subscribers with a pace of their own. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SubscriptionTest {
  private static final int CAPACITY = 10;
  private static final int MESSAGES = 5_000;

  @Parameter Kind kind;

  private final List<Throwable> failed = new ArrayList<>();

  private Exchange<Integer> exchange(Troupe troupe) {
    return new Exchange<>(troupe.scheduler, "ticks", (receiver, failure) -> failed.add(failure));
  }

  private static List<Integer> range(int from, int to) {
    return java.util.stream.IntStream.range(from, to).boxed().toList();
  }

  /** Takes all of a subscription, giving up its turn so often after each. */
  private static void take(
      Troupe.Player me, Subscription<Integer> subscription, int turns, List<Integer> taken) {
    for (Integer n; (n = me.await(subscription.receive())) != null; ) {
      taken.add(n);
      me.yields(turns);
    }
  }

  @ParameterizedTest
  @EnumSource(OverflowPolicy.class)
  void withASlowSubscriberMemoryIsFlatUnderEachRule(OverflowPolicy rule) {
    List<Integer> slow = new ArrayList<>();
    List<Integer> fast = new ArrayList<>();
    int[] most = {0};
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> ticks = exchange(troupe);
      Subscription<Integer> slowSubscription = ticks.subscribe(CAPACITY, rule);
      Subscription<Integer> fastSubscription = ticks.subscribe(CAPACITY, OverflowPolicy.WAIT);
      troupe.task(
          "slow",
          me -> {
            if (rule == OverflowPolicy.FAIL) {
              assertThatThrownBy(() -> take(me, slowSubscription, 3, slow))
                  .isInstanceOf(ReceiverFullException.class)
                  .hasMessageContaining("it is full (limit 10)");
            } else {
              take(me, slowSubscription, 3, slow);
            }
          });
      troupe.task("fast", me -> take(me, fastSubscription, 0, fast));
      troupe.task(
          "sender",
          me -> {
            for (int i = 0; i < MESSAGES; i++) {
              me.await(ticks.put(i));
              most[0] = Math.max(most[0], slowSubscription.size() + fastSubscription.size());
              me.yields(1);
            }
            me.does(ticks::close);
          });
      troupe.run();
      assertThat(most[0]).isBetween(CAPACITY, 2 * CAPACITY);
      assertThat(fast).isEqualTo(range(0, MESSAGES));
      checkSlow(rule, slow, slowSubscription.dropped());
    }
  }

  private void checkSlow(OverflowPolicy rule, List<Integer> slow, long dropped) {
    assertThat(slow).isSorted().doesNotHaveDuplicates();
    switch (rule) {
      case WAIT -> assertThat(slow).isEqualTo(range(0, MESSAGES));
      case DROP_OLDEST ->
          assertThat(slow).hasSize((int) (MESSAGES - dropped)).endsWith(MESSAGES - 1);
      case DROP_NEWEST -> assertThat(slow).hasSize((int) (MESSAGES - dropped)).startsWith(0, 1, 2);
      case FAIL -> {
        assertThat(slow).isEqualTo(range(0, slow.size()));
        assertThat(failed).singleElement().isInstanceOf(ReceiverFullException.class);
      }
    }
    assertThat(dropped > 0)
        .isEqualTo(rule == OverflowPolicy.DROP_NEWEST || rule == OverflowPolicy.DROP_OLDEST);
  }

  @Test
  void eachRuleKeepsWhatItSays() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> ticks = exchange(troupe);
      Subscription<Integer> oldest = ticks.subscribe(3, OverflowPolicy.DROP_OLDEST);
      Subscription<Integer> newest = ticks.subscribe(3, OverflowPolicy.DROP_NEWEST);
      Subscription<Integer> fails = ticks.subscribe(3, OverflowPolicy.FAIL);
      range(0, 5).forEach(ticks::send);
      assertThat(fails.isAttached()).isFalse();
      assertThat(fails.isClosed()).isTrue();
      assertThat(oldest.isClosed()).isFalse();
      ticks.close();
      assertThat(oldest.isClosed()).isTrue();
      for (Subscription<Integer> subscription : List.of(oldest, newest)) {
        List<Integer> taken = new ArrayList<>();
        troupe.task(
            "taker",
            me -> {
              take(me, subscription, 0, taken);
              me.say(taken + ", dropped " + subscription.dropped());
            });
      }
      troupe.task(
          "third",
          me -> {
            for (int i = 0; i < 3; i++) {
              me.say(me.await(fails.receive()));
            }
            for (int i = 0; i < 2; i++) {
              assertThatThrownBy(() -> me.await(fails.receive()))
                  .isInstanceOf(ReceiverFullException.class)
                  .hasMessage(
                      "cannot send to a subscription of exchange 'ticks': it is full (limit 3)");
            }
          });
      assertThat(troupe.run())
          .containsExactly(
              "taker: [2, 3, 4], dropped 2",
              "taker: [0, 1, 2], dropped 2",
              "third: 0",
              "third: 1",
              "third: 2");
    }
  }

  @Test
  void aSubscriptionThatMustBeWaitedForHoldsTheMessageBackFromAll() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> ticks = exchange(troupe);
      Subscription<Integer> subscription = ticks.subscribe(1, OverflowPolicy.WAIT);
      ticks.attach(n -> troupe.said.add("lambda: " + n));
      ticks.send(1);
      assertThat(ticks.offer(2)).isFalse();
      assertThatThrownBy(() -> ticks.send(2)).isInstanceOf(ReceiverFullException.class);
      for (int i = 2; i < 4; i++) {
        int n = i;
        troupe.task(
            "sender " + n,
            me -> {
              me.await(ticks.put(n));
              me.say("through");
            });
      }
      troupe.task(
          "taker",
          me -> {
            for (int i = 0; i < 3; i++) {
              me.yields(3);
              me.say(me.await(subscription.receive()));
            }
          });
      assertThat(troupe.run())
          .containsExactly(
              "lambda: 1",
              "lambda: 2",
              "taker: 1",
              "sender 2: through",
              "lambda: 3",
              "taker: 2",
              "sender 3: through",
              "taker: 3");
    }
  }

  @Test
  void aSenderThatIsCancelledWhileItWaitsHasSentNothingToAnybody() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> ticks = exchange(troupe);
      Subscription<Integer> subscription = ticks.subscribe(1, OverflowPolicy.WAIT);
      ticks.attach(n -> troupe.said.add("lambda: " + n));
      ticks.send(1);
      Task<?> sender =
          troupe.task(
              "sender",
              me -> assertThatThrownBy(() -> me.await(ticks.put(2))).isInstanceOf(Cancelled.class));
      troupe.task(
          "canceller",
          me -> {
            me.does(() -> sender.cancel("enough"));
            me.await(subscription.receive());
          });
      assertThat(troupe.run()).containsExactly("lambda: 1");
      assertThat(subscription.size()).isZero();
    }
  }

  @Test
  void aSubscriberThatGoesAwayLetsThoseThroughWhoWaitedForIt() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> ticks = exchange(troupe);
      Subscription<Integer> subscription = ticks.subscribe(1, OverflowPolicy.WAIT);
      ticks.send(1);
      troupe.task(
          "sender",
          me -> {
            me.await(ticks.put(2));
            me.say("through");
          });
      troupe.task(
          "subscriber",
          me -> {
            me.yields(2);
            me.does(subscription::close);
            me.does(subscription::close);
            me.say(me.await(subscription.receive()));
            me.say(me.await(subscription.receive()));
          });
      assertThat(troupe.run())
          .containsExactly("subscriber: 1", "subscriber: null", "sender: through");
    }
  }

  /** Iteratively: letting go by recursion overflowed the stack, and woke the senders in reverse. */
  @Test
  void closingASlowSubscriptionLetsAnyNumberOfSendersThroughInTheirOrder() {
    List<Integer> seen = new ArrayList<>();
    List<Integer> woken = new ArrayList<>();
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> ticks = exchange(troupe);
      Subscription<Integer> slow = ticks.subscribe(1, OverflowPolicy.WAIT);
      ticks.attach(seen::add);
      for (int i = 0; i < MESSAGES; i++) {
        int message = i;
        troupe.task(
            "sender",
            me -> {
              me.await(ticks.put(message));
              woken.add(message);
            });
      }
      troupe.task(
          "closer",
          me -> {
            me.yields(1);
            assertThat(seen).containsExactly(0);
            me.does(slow::close);
          });
      troupe.run();
    }
    assertThat(seen).isEqualTo(range(0, MESSAGES));
    assertThat(woken).isEqualTo(range(0, MESSAGES));
  }

  @Test
  void closingTheExchangeEndsSubscriptionsAndFailsSendersThatWait() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> ticks = exchange(troupe);
      Subscription<Integer> full = ticks.subscribe(1, OverflowPolicy.WAIT);
      Subscription<Integer> empty = ticks.subscribe(1, OverflowPolicy.DROP_OLDEST);
      ticks.send(1);
      troupe.task(
          "waiter",
          me -> {
            me.await(empty.receive());
            me.say(me.await(empty.receive()));
          });
      troupe.task(
          "sender",
          me -> {
            assertThatThrownBy(() -> me.await(ticks.put(2)))
                .isInstanceOf(ReceiverClosedException.class);
            me.say("told");
          });
      troupe.task("closer", me -> me.does(ticks::close));
      troupe.task("late", me -> me.say(me.await(full.receive()) + " " + me.await(full.receive())));
      assertThat(troupe.run())
          .containsExactlyInAnyOrder("waiter: null", "sender: told", "late: 1 null");
    }
  }

  @Test
  void aCancelledReceiverLosesNoMessage() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> ticks = exchange(troupe);
      Subscription<Integer> subscription = ticks.subscribe(5, OverflowPolicy.FAIL);
      Task<?> first =
          troupe.task(
              "first",
              me -> {
                me.say(me.await(subscription.receive()));
                me.await(subscription.receive());
              });
      troupe.task(
          "sender",
          me -> {
            me.does(() -> ticks.send(1));
            me.does(() -> first.cancel("enough"));
            me.does(() -> ticks.send(2));
            me.yields(2);
            me.say(me.await(subscription.receive()));
          });
      assertThat(troupe.run()).containsExactly("first: 1", "sender: 2");
    }
  }

  @Test
  void oneTaskAtATimeReceives() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> ticks = exchange(troupe);
      Subscription<Integer> subscription = ticks.subscribe(5, OverflowPolicy.FAIL);
      troupe.task("first", me -> me.await(subscription.receive()));
      troupe.task(
          "second",
          me -> {
            assertThatThrownBy(() -> me.await(subscription.receive()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("task 'first'");
            me.does(subscription::close);
          });
      troupe.run();
    }
  }

  @Test
  void aSubscriptionThatNobodySendsToIsADeadlockThatNamesIt() {
    try (Troupe troupe = new Troupe(kind)) {
      Subscription<Integer> subscription = exchange(troupe).subscribe(5, OverflowPolicy.FAIL);
      troupe.task("taker", me -> me.await(subscription.receive()));
      assertThatThrownBy(troupe.scheduler::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("task 'taker' waits for a message of exchange 'ticks'");
    }
  }

  @Test
  void aSubscriptionHasRoomForOneAtLeast() {
    try (Troupe troupe = new Troupe(kind)) {
      assertThatThrownBy(() -> exchange(troupe).subscribe(0, OverflowPolicy.WAIT))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a capacity of 0: must be 1 or more");
    }
  }
}
