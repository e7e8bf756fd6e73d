package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Section L, of Lock. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class LockTest {
  @Parameter Kind kind;

  private final Lock lock = new Lock("db");

  /** Holds the lock for some turns. */
  private Play.Part holdsFor(int turns) {
    return me -> {
      Held held = me.await(lock.acquire());
      me.say("has it");
      me.yields(turns);
      me.does(held::close);
    };
  }

  // L1

  @Test
  @Holds("L1")
  void releaseGivesTheLockToTheLongestWaiter() {
    try (Play play = new Play(kind)) {
      for (String name : new String[] {"a", "b", "c", "d"}) {
        play.task(name, holdsFor(2));
      }
      assertThat(play.run()).containsExactly("a: has it", "b: has it", "c: has it", "d: has it");
    }
  }

  @Test
  @Holds("L1")
  void aRunningTaskThatReacquiresAtOnceQueuesBehind() {
    try (Play play = new Play(kind)) {
      play.task(
          "greedy",
          me -> {
            for (int i = 0; i < 3; i++) {
              Held held = me.await(lock.acquire());
              me.say(i);
              me.yields(1);
              me.does(held::close);
            }
          });
      play.task("patient", holdsFor(1));
      assertThat(play.run())
          .containsExactly("greedy: 0", "patient: has it", "greedy: 1", "greedy: 2");
    }
  }

  @Test
  @Holds("S4")
  void whenReleaseReturnsTheWaiterHoldsTheLockAlready() {
    try (Play play = new Play(kind)) {
      play.task(
          "first",
          me -> {
            me.await(lock.acquire());
            me.yields(1);
            me.does(lock::release);
            me.say(lock.holder().name() + " holds it");
          });
      play.task("second", holdsFor(0));
      assertThat(play.run()).containsExactly("first: second holds it", "second: has it");
    }
  }

  @Test
  void aFreeLockIsAcquiredWithinTheTurn() {
    try (Play play = new Play(kind)) {
      play.task("a", holdsFor(0));
      play.task("b", holdsFor(0));
      play.task("a2", me -> me.say("behind"));
      assertThat(play.run()).containsExactly("a: has it", "b: has it", "a2: behind");
    }
  }

  // L2

  @Test
  @Holds("L2")
  void onlyTheOwnerMayRelease() {
    try (Play play = new Play(kind)) {
      play.task("owner", holdsFor(2));
      play.task(
          "thief",
          me ->
              assertThatThrownBy(() -> me.does(lock::release))
                  .isInstanceOf(IllegalMonitorStateException.class)
                  .hasMessage(
                      "release by task 'thief', which does not hold lock 'db' held by task"
                          + " 'owner'"));
      play.run();
    }
  }

  @Test
  @Holds("L2")
  void releasingAnUnlockedLockThrows() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me ->
              assertThatThrownBy(() -> me.does(lock::release))
                  .isInstanceOf(IllegalMonitorStateException.class)
                  .hasMessage("release by task 'a', which does not hold lock 'db'; nobody does"));
      play.run();
    }
  }

  @Test
  void closingAHoldTwiceThrows() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held held = me.await(lock.acquire());
            me.does(held::close);
            assertThatThrownBy(() -> me.does(held::close))
                .isInstanceOf(IllegalMonitorStateException.class);
          });
      play.run();
    }
  }

  // L3

  @Test
  @Holds("L3")
  void reacquiringALockThrowsAtOnce() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(lock.acquire());
            assertThatThrownBy(() -> me.await(lock.acquire()))
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessageStartingWith("task 'a' holds lock 'db' and would wait for itself");
            assertThat(lock.holder()).isSameAs(me.task());
            me.does(lock::release);
          });
      play.run();
    }
  }

  // L4

  @Test
  @Holds("L4")
  void tryAcquireFailsWhileOthersWait() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held held = me.await(lock.acquire());
            me.yields(1);
            me.does(held::close);
            me.say(me.gets(lock::tryAcquire)); // b has it, though it has not had its turn
          });
      play.task("b", holdsFor(0));
      assertThat(play.run()).containsExactly("a: false", "b: has it");
    }
  }

  @Test
  void tryAcquireTakesAFreeLockAndFailsForItsHolder() {
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.say(me.gets(lock::tryAcquire));
            me.say(lock.isLocked());
            me.say(me.gets(lock::tryAcquire));
            me.does(lock::release);
            me.say(lock.isLocked());
          });
      assertThat(play.run()).containsExactly("a: true", "a: true", "a: false", "a: false");
    }
  }

  // L5

  @Test
  @Holds("L5")
  void waitersOfATaskThatEndsHoldingTheLockGetAnErrorNamingIt() {
    try (Play play = new Play(kind)) {
      play.task(
          "careless",
          me -> {
            me.await(lock.acquire());
            me.yields(2);
          });
      for (String name : new String[] {"b", "c"}) {
        play.task(
            name,
            me ->
                assertThatThrownBy(() -> me.await(lock.acquire()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("lock 'db', broken: task 'careless' ended while it held it"));
      }
      play.run();
    }
    assertThat(lock.isLocked()).isFalse();
    assertThat(lock.toString())
        .isEqualTo("lock 'db', broken: task 'careless' ended while it held it, 0 waiting");
  }

  @Test
  void whoAsksForABrokenLockLaterGetsTheErrorToo() {
    try (Play play = new Play(kind)) {
      play.task("careless", me -> me.await(lock.acquire()));
      play.task(
          "b",
          me -> {
            me.yields(1);
            assertThatThrownBy(() -> me.await(lock.acquire())).hasMessageContaining("careless");
            assertThatThrownBy(() -> me.gets(lock::tryAcquire)).hasMessageContaining("careless");
            assertThatThrownBy(() -> me.does(lock::release))
                .isInstanceOf(IllegalMonitorStateException.class);
          });
      play.run();
    }
  }

  @Test
  void aTaskThatReleasedInTimeBreaksNothing() {
    try (Play play = new Play(kind)) {
      play.task("a", holdsFor(1));
      play.run();
      play.task("b", holdsFor(1));
      assertThat(play.run()).containsExactly("a: has it", "b: has it");
    }
  }

  // L6, S5, C8, C11

  @Test
  void aCancelledWaiterLeavesTheQueue() {
    try (Play play = new Play(kind)) {
      play.task("a", holdsFor(2));
      Task<?> b = play.task("b", holdsFor(0));
      play.task("c", holdsFor(0));
      play.task("canceller", me -> me.does(() -> b.cancel("not needed")));
      assertThat(play.run()).containsExactly("a: has it", "c: has it");
      assertThat(b.state()).isEqualTo(Task.State.CANCELLED);
      assertThat(b.exceptionNow())
          .hasMessageEndingWith("it was waiting for lock 'db' held by task 'a'");
    }
  }

  @Test
  @Holds("L6")
  void aWaiterThatWasChosenAndIsThenCancelledPassesTheLockOn() {
    try (Play play = new Play(kind)) {
      Task<?>[] b = new Task<?>[1];
      play.task(
          "a",
          me -> {
            Held held = me.await(lock.acquire());
            me.yields(1);
            me.does(held::close); // hands it to b
            me.does(() -> b[0].cancel("too late"));
          });
      b[0] =
          play.task(
              "b",
              me -> {
                Held held = me.await(lock.acquire());
                try {
                  me.say("has it although cancelled");
                  me.yields(1);
                  me.say("not reached");
                } finally {
                  me.does(held::close);
                }
              });
      play.task("c", holdsFor(0));
      assertThat(play.run()).containsExactly("b: has it although cancelled", "c: has it");
      assertThat(b[0].state()).isEqualTo(Task.State.CANCELLED);
    }
  }

  @Test
  @Holds("C8")
  void releaseWorksWhileCancelled() {
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", holdsForEver());
      play.task("b", holdsFor(0));
      play.task("canceller", me -> me.does(() -> a.cancel("enough")));
      assertThat(play.run()).containsExactly("a: has it", "b: has it");
    }
  }

  private Play.Part holdsForEver() {
    return me -> {
      Held held = me.await(lock.acquire());
      me.say("has it");
      try {
        me.await(new Event().await());
      } finally {
        me.does(held::close);
      }
    };
  }

  @Test
  void closingTheSchedulerCancelsHolderAndWaiters() {
    try (Play play = new Play(kind)) {
      play.task("a", holdsForEver());
      play.task("b", holdsFor(0));
      play.task("closer", me -> play.scheduler.close());
      assertThat(play.run()).containsExactly("a: has it");
    }
    assertThat(lock.isLocked()).isFalse();
    assertThat(lock.stats().waiters()).isEmpty();
  }

  // What it tells

  @Test
  void statsAndToStringTellHolderAndWaiters() {
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", holdsFor(2));
      Task<?> b = play.task("b", holdsFor(0));
      play.task(
          "looker",
          me -> {
            assertThat(lock.stats().holder()).isSameAs(a);
            assertThat(lock.stats().waiters()).hasSize(1).first().isSameAs(b);
            assertThat(lock.toString()).isEqualTo("lock 'db' held by task 'a', 1 waiting");
            assertThat(a.held()).containsExactly(lock);
            assertThat(b.held()).isEmpty();
            assertThat(b.waitingFor().resource()).isSameAs(lock);
            assertThat(lock.holders()).hasSize(1).first().isSameAs(a);
          });
      play.run();
      assertThat(a.held()).isEmpty();
    }
    assertThat(lock.toString()).isEqualTo("lock 'db', free, 0 waiting");
  }

  @Test
  void aLockBelongsToOneScheduler() {
    try (Play play = new Play(kind);
        Play other = new Play(kind)) {
      play.task("a", holdsFor(0));
      play.run();
      other.task(
          "stranger",
          me ->
              assertThatThrownBy(() -> me.await(lock.acquire()))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("belongs to scheduler 'play'"));
      other.run();
    }
  }
}
