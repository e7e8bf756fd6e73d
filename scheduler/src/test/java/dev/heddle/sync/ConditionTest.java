package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Section V. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ConditionTest {
  @Parameter Kind kind;

  private final RLock lock = new RLock("db");
  private final Condition changed = new Condition(lock, "changed");

  /** Waits once and says how it went; holds the lock for a turn after it. */
  private Play.Part waits() {
    return waits(changed.await());
  }

  private Play.Part waits(YieldEvent<?, RuntimeException> wait) {
    return me -> {
      Held held = me.await(lock.acquire());
      try {
        me.await(wait);
        me.say("signalled");
        me.yields(1);
      } catch (Cancelled e) {
        me.say("cancelled, " + (lock.holder() == me.task() ? "has the lock" : "has no lock"));
        throw e;
      } finally {
        me.does(held::close);
      }
    };
  }

  /** Signals while it holds the lock, and some turns more. */
  private Play.Part signals(int n, int turns) {
    return me -> {
      Held held = me.await(lock.acquire());
      me.does(() -> changed.signal(n));
      me.say("signals " + n);
      me.yields(turns);
      me.does(held::close);
    };
  }

  // V1

  @Test
  @Holds("V1")
  void waitingWithoutTheLockThrows() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            assertThatThrownBy(() -> me.await(changed.await()))
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage("await by task 'a', which does not hold rlock 'db'; nobody does");
            assertThatThrownBy(() -> me.await(changed.waitFor(() -> true)))
                .isInstanceOf(IllegalMonitorStateException.class);
          });
      play.run();
    }
  }

  @Test
  @Holds("V1")
  void signallingWithoutTheLockThrows() {
    try (Play play = new Play(kind)) {
      play.task(
          "holder",
          me -> {
            Held held = me.await(lock.acquire());
            me.yields(2);
            me.does(held::close);
          });
      play.task(
          "a",
          me -> {
            for (Runnable signal : List.<Runnable>of(changed::signal, changed::signalAll)) {
              assertThatThrownBy(() -> me.does(signal))
                  .isInstanceOf(IllegalMonitorStateException.class)
                  .hasMessage(
                      "signal by task 'a', which does not hold rlock 'db' held by task 'holder'");
            }
          });
      play.run();
    }
  }

  @Test
  void signallingANegativeNumberIsAnError() {
    assertThatThrownBy(() -> changed.signal(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  // V2

  @Test
  @Holds("V2")
  void aWaiterHasTheLockAgainWhenItReturns() {
    try (Play play = new Play(kind)) {
      Task<?> waiter = play.task("waiter", waits());
      play.task(
          "signaller",
          me -> {
            Held held = me.await(lock.acquire());
            me.does(changed::signal);
            me.yields(3);
            me.say("waiter stands in the lock's queue: " + lock.stats().waiters());
            me.does(held::close);
            assertThat(lock.holder()).isSameAs(waiter);
          });
      assertThat(play.run())
          .containsExactly(
              "signaller: waiter stands in the lock's queue: [task 'waiter' (WAITING)]",
              "waiter: signalled");
    }
  }

  @Test
  @Holds("V2")
  void aCancelledWaiterHasTheLockAgainWhenItThrows() {
    try (Play play = new Play(kind)) {
      Task<?> waiter = play.task("waiter", waits());
      play.task("canceller", me -> me.does(() -> waiter.cancel("enough")));
      assertThat(play.run()).containsExactly("waiter: cancelled, has the lock");
      assertThat(waiter.exceptionNow())
          .hasMessageContaining("it was waiting for a signal of condition 'changed' of rlock 'db'");
    }
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void aCancelledWaiterWaitsForTheLockBeforeItThrows() {
    try (Play play = new Play(kind)) {
      Task<?> waiter = play.task("waiter", waits());
      play.task(
          "holder",
          me -> {
            Held held = me.await(lock.acquire());
            me.does(() -> waiter.cancel("enough"));
            me.yields(3);
            me.say("releases; " + waiter.waitingFor());
            me.does(held::close);
          });
      play.task("behind", waits(changed.waitFor(() -> true)));
      assertThat(play.run())
          .containsExactly(
              "holder: releases; rlock 'db' held by task 'holder', to leave condition 'changed'",
              "waiter: cancelled, has the lock",
              "behind: signalled");
      assertThat(waiter.state()).isEqualTo(Task.State.CANCELLED);
    }
  }

  // V3

  @Test
  @Holds("V3")
  void signalMovesWaitersToTheLocksQueueInOrder() {
    try (Play play = new Play(kind)) {
      for (String name : List.of("a", "b", "c")) {
        play.task(name, waits());
      }
      play.task(
          "signaller",
          me -> {
            Held held = me.await(lock.acquire());
            me.does(() -> changed.signal(2));
            me.say(lock.stats().waiters());
            me.say(changed.stats().waiters());
            me.does(held::close);
            me.await(lock.acquire());
            me.does(changed::signalAll);
            me.does(lock::release);
          });
      assertThat(play.run())
          .containsExactly(
              "signaller: [task 'a' (WAITING), task 'b' (WAITING)]",
              "signaller: [task 'c' (WAITING)]",
              "a: signalled",
              "b: signalled",
              "c: signalled");
    }
  }

  @Test
  void aSignalledWaiterStandsBehindThoseWhoWaitForTheLock() {
    try (Play play = new Play(kind)) {
      play.task("waiter", waits());
      play.task(
          "signaller",
          me -> {
            Held held = me.await(lock.acquire());
            me.yields(1); // others come for the lock
            me.does(changed::signal);
            me.does(held::close);
          });
      play.task("other", signals(0, 0));
      assertThat(play.run()).containsExactly("other: signals 0", "waiter: signalled");
    }
  }

  // V4

  @Test
  @Holds("V4")
  void aSignalledThenCancelledWaiterPassesTheSignalOn() {
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", waits());
      play.task("b", waits());
      play.task(
          "signaller",
          me -> {
            Held held = me.await(lock.acquire());
            me.does(changed::signal);
            me.does(() -> a.cancel("enough"));
            me.yields(2);
            me.does(held::close);
          });
      assertThat(play.run()).containsExactly("a: cancelled, has the lock", "b: signalled");
    }
  }

  @Test
  void oneThatIsCancelledWithTheLockInHandReturns() {
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", waits());
      Task<?> b = play.task("b", waits());
      play.task(
          "signaller",
          me -> {
            Held held = me.await(lock.acquire());
            me.does(changed::signal);
            me.does(held::close); // hands the lock to a
            me.does(() -> a.cancel("too late"));
            me.yields(3);
            me.does(() -> b.cancel("the play is over"));
          });
      assertThat(play.run())
          .containsExactly(
              "a: signalled",
              "a: cancelled, has the lock", // at its next await
              "b: cancelled, has the lock");
      assertThat(a.state()).isEqualTo(Task.State.CANCELLED);
    }
  }

  @Test
  void oneThatIsCancelledBeforeItsPredicateIsTestedPassesTheSignalOn() {
    boolean[] ready = {false};
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", waits(changed.waitFor(() -> ready[0])));
      play.task("b", waits(changed.waitFor(() -> ready[0])));
      play.task(
          "signaller",
          me -> {
            Held held = me.await(lock.acquire());
            ready[0] = true;
            me.does(changed::signal);
            me.does(held::close);
            me.does(() -> a.cancel("too late"));
          });
      assertThat(play.run()).containsExactly("a: cancelled, has the lock", "b: signalled");
    }
  }

  // V6

  @Test
  @Holds("V6")
  void withAnRLockAllLevelsAreReleasedAndRestored() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(lock.acquire());
            me.await(lock.acquire());
            me.await(lock.acquire());
            me.await(changed.await());
            me.say(lock.stats().levels());
            for (int i = 0; i < 3; i++) {
              me.does(lock::release);
            }
            me.say(lock.isLocked());
          });
      play.task("b", signals(1, 1));
      assertThat(play.run()).containsExactly("b: signals 1", "a: 3", "a: false");
    }
  }

  // V7

  @Test
  @Holds("V7")
  void nobodyWakesWithoutASignal() {
    try (Play play = new Play(kind)) {
      play.task("a", waits());
      play.task("b", waits());
      play.task("signaller", signals(0, 1));
      play.task("signaller2", signals(1, 1));
      play.task("other", signals(0, 1));
      assertThatThrownBy(play::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("task 'b' waits for a signal of condition 'changed' of rlock 'db'");
      assertThat(play.said).filteredOn(line -> line.endsWith("signalled")).hasSize(1);
    }
  }

  // L5

  @Test
  void aSignalledWaiterOfALockWhoseHolderEndedGetsTheError() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(lock.acquire());
            assertThatThrownBy(() -> me.await(changed.await()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("careless");
          });
      play.task(
          "careless",
          me -> {
            me.await(lock.acquire());
            me.does(changed::signal);
          });
      play.run();
    }
  }

  @Test
  void aWaiterOfABrokenLockCanStillBeCancelled() {
    try (Play play = new Play(kind)) {
      Task<?> a =
          play.task(
              "a",
              me -> {
                me.await(lock.acquire());
                me.await(changed.await());
              });
      play.task("careless", me -> me.await(lock.acquire()));
      play.task(
          "canceller",
          me -> {
            me.yields(1);
            assertThat(a.waitingFor().describe()).contains("broken", "careless");
            me.does(() -> a.cancel("hopeless"));
          });
      play.run();
      assertThat(a.state()).isEqualTo(Task.State.CANCELLED);
    }
  }

  @Test
  void closingTheSchedulerWithWaitersReleasesTheLock() {
    try (Play play = new Play(kind)) {
      play.task("a", waits());
      play.task("b", waits());
      assertThatThrownBy(play::run).isInstanceOf(DeadlockException.class);
    }
    assertThat(lock.isLocked()).isFalse();
    assertThat(changed.toString())
        .isEqualTo("condition 'changed', 0 waiting, of rlock 'db', free, 0 waiting");
  }

  @Test
  void aWaitServesOneTaskAtATime() {
    YieldEvent<Void, RuntimeException> wait = changed.await();
    try (Play play = new Play(kind)) {
      play.task("a", waits(wait));
      play.task(
          "b",
          me -> {
            Held held = me.await(lock.acquire());
            assertThatThrownBy(() -> me.await(wait))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("waits already by this very event");
            me.does(changed::signal);
            me.does(held::close);
          });
      play.run();
    }
  }
}
