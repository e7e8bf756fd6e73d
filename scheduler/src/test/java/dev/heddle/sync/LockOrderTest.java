package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** L7, and the philosophers. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class LockOrderTest {
  private static final List<String> PHILOSOPHERS =
      List.of("Kant", "Hume", "Locke", "Hegel", "Plato");

  @Parameter Kind kind;

  private final Lock first = new Lock("first");
  private final Lock second = new Lock("second");
  private final Lock third = new Lock("third");

  @Test
  @Holds("L7")
  void locksAreTakenInOneOrderWhateverTheOrderGiven() {
    try (Play play = new Play(kind)) {
      play.task(
          "holder",
          me -> {
            Held held = me.await(first.acquire());
            me.yields(2);
            me.does(held::close);
          });
      Task<?> taker =
          play.task(
              "taker",
              me -> {
                Held held = me.await(LockOrder.acquire(third, first, second));
                me.say(me.task().held());
                me.does(held::close);
                me.say(me.task().held());
              });
      play.task(
          "looker",
          me -> {
            assertThat(taker.held()).isEmpty(); // it waits for the first, and holds no later one
            assertThat(taker.waitingFor().describe())
                .isEqualTo("lock 'first' held by task 'holder' (1 of 3 in order)");
          });
      play.run();
      assertThat(play.said).hasSize(2);
      assertThat(play.said.get(0)).containsSubsequence("'first'", "'second'", "'third'");
      assertThat(play.said.get(1)).isEqualTo("taker: []");
    }
  }

  @Test
  @Holds("L7")
  void locksAreReleasedInReverse() {
    try (Play play = new Play(kind)) {
      play.task(
          "holder",
          me -> {
            Held held = me.await(LockOrder.acquire(first, second));
            me.yields(1);
            me.does(held::close);
          });
      for (Lock lock : List.of(first, second)) {
        play.task(
            "waits for " + lock.describe(),
            me -> {
              Held held = me.await(lock.acquire());
              me.say("has it");
              me.does(held::close);
            });
      }
      assertThat(play.run())
          .containsExactly("waits for lock 'second': has it", "waits for lock 'first': has it");
    }
  }

  @Test
  @Holds("L7")
  void takingALowerLockWhileAHigherIsHeldIsRefused() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held held = me.await(second.acquire());
            assertThatThrownBy(() -> me.await(LockOrder.acquire(third, first)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                    "lock order violation: task 'a' holds lock 'second' and asks for lock 'first'");
            assertThat(me.task().held()).containsExactly(second);
            Held more = me.await(LockOrder.acquire(third));
            me.does(more::close);
            me.does(held::close);
          });
      play.run();
    }
  }

  @Test
  void aHigherLockHeldByAnotherTaskIsNoViolation() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held held = me.await(LockOrder.acquire(third));
            me.yields(2);
            me.does(held::close);
          });
      play.awaits("b", LockOrder.acquire(first));
      assertThat(play.run()).containsExactly("b: through");
    }
  }

  @Test
  void aReentrantLockThatIsHeldMayBeTakenAgain() {
    RLock early = new RLock("early");
    Lock late = new Lock("late");
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held outer = me.await(LockOrder.acquire(early, late));
            Held inner = me.await(LockOrder.acquire(early));
            me.does(inner::close);
            me.say(early.isLocked());
            me.does(outer::close);
            me.say(early.isLocked());
          });
      assertThat(play.run()).containsExactly("a: true", "a: false");
    }
  }

  @Test
  void aLockListedTwiceIsAnError() {
    assertThatThrownBy(() -> LockOrder.acquire(first, second, first))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lock 'first' is listed twice");
  }

  @Test
  void noLocksAtAllAreHeldAtOnce() {
    try (Play play = new Play(kind)) {
      play.task("a", me -> me.does(me.await(LockOrder.acquire())::close));
      play.run();
    }
  }

  @Test
  void closingTwiceIsAnError() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held held = me.await(LockOrder.acquire(first));
            me.does(held::close);
            assertThatThrownBy(() -> me.does(held::close))
                .isInstanceOf(IllegalStateException.class);
          });
      play.run();
    }
  }

  @Test
  void aCancelledWaiterHoldsNoneOfThem() {
    try (Play play = new Play(kind)) {
      play.task(
          "holder",
          me -> {
            Held held = me.await(second.acquire());
            me.yields(3);
            me.does(held::close);
          });
      Task<?> waiter = play.awaits("waiter", LockOrder.acquire(first, second));
      play.task(
          "canceller",
          me -> {
            assertThat(first.holder()).isSameAs(waiter);
            me.does(() -> waiter.cancel("enough"));
            assertThat(first.isLocked()).isFalse();
          });
      play.run();
    }
    assertThat(second.isLocked()).isFalse();
    assertThat(second.stats().waiters()).isEmpty();
  }

  @Test
  void aBrokenLockGivesBackTheOthers() {
    try (Play play = new Play(kind)) {
      play.task(
          "careless",
          me -> {
            me.await(second.acquire());
            me.yields(2);
          });
      play.task(
          "waiter",
          me ->
              assertThatThrownBy(() -> me.await(LockOrder.acquire(first, second)))
                  .hasMessageContaining("careless"));
      play.run();
    }
    assertThat(first.isLocked()).isFalse();
  }

  // R10

  private static List<Lock> forks() {
    List<Lock> forks = new ArrayList<>();
    for (int i = 0; i < PHILOSOPHERS.size(); i++) {
      forks.add(new Lock("fork " + i));
    }
    return forks;
  }

  @Test
  @Holds("L7")
  void fivePhilosophersWhoTakeTheirForksInOrderNeverDeadlock() {
    List<Lock> forks = forks();
    int[] meals = new int[5];
    try (Play play = new Play(kind)) {
      for (int i = 0; i < 5; i++) {
        int seat = i;
        play.task(
            PHILOSOPHERS.get(i),
            me -> {
              while (meals[seat] < 50) {
                Held both = me.await(LockOrder.acquire(forks.get(seat), forks.get((seat + 1) % 5)));
                me.yields(1);
                meals[seat]++;
                me.does(both::close);
              }
            });
      }
      play.run();
    }
    assertThat(meals).containsOnly(50);
  }

  @Test
  void naivePhilosophersDeadlockAndTheErrorNamesTasksAndForks() {
    List<Lock> forks = forks();
    try (Play play = new Play(kind)) {
      for (int i = 0; i < 5; i++) {
        int seat = i;
        play.task(
            PHILOSOPHERS.get(i),
            me -> {
              Held left = me.await(forks.get(seat).acquire());
              try {
                me.yields(1);
                Held right = me.await(forks.get((seat + 1) % 5).acquire());
                me.does(right::close);
              } finally {
                me.does(left::close);
              }
            });
      }
      assertThatThrownBy(play::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("task 'Kant' waits for lock 'fork 1' held by task 'Hume'")
          .hasMessageContaining("task 'Hume' waits for lock 'fork 2' held by task 'Locke'")
          .hasMessageContaining("task 'Locke' waits for lock 'fork 3' held by task 'Hegel'")
          .hasMessageContaining("task 'Hegel' waits for lock 'fork 4' held by task 'Plato'")
          .hasMessageContaining("task 'Plato' waits for lock 'fork 0' held by task 'Kant'");
    }
    assertThat(forks).noneMatch(Lock::isLocked);
  }
}
