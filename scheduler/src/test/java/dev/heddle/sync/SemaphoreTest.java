package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Section M. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SemaphoreTest {
  @Parameter Kind kind;

  private static Play.Part takes(Semaphore semaphore, int permits, int turns) {
    return me -> {
      Held held = me.await(semaphore.acquire(permits));
      try {
        me.say("has " + permits);
        me.yields(turns);
      } finally {
        me.does(held::close);
      }
    };
  }

  // M1

  @Test
  @Holds("M1")
  void aNegativeStartIsAnError() {
    assertThatThrownBy(() -> new Semaphore("s", -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("semaphore 's' cannot start with -1 permits: must be 0 or more");
    assertThatThrownBy(() -> Semaphore.bounded(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lessThanOnePermitIsAnError() {
    Semaphore semaphore = new Semaphore("s", 1);
    assertThatThrownBy(() -> semaphore.acquire(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> semaphore.tryAcquire(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> semaphore.release(0)).isInstanceOf(IllegalArgumentException.class);
  }

  // M2

  @Test
  @Holds("M2")
  void boundedReleaseOverTheBoundThrowsAndChangesNothing() {
    Semaphore semaphore = Semaphore.bounded("pool", 2);
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held held = me.await(semaphore.acquire());
            assertThatThrownBy(() -> me.does(() -> semaphore.release(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                    "release of 2 to bounded semaphore 'pool', which has 1 of 2 permits already:"
                        + " released too often");
            assertThat(semaphore.available()).isEqualTo(1);
            assertThat(semaphore.holders()).hasSize(1);
            me.does(held::close);
            assertThatThrownBy(() -> me.does(semaphore::release))
                .isInstanceOf(IllegalStateException.class);
            assertThat(semaphore.available()).isEqualTo(2);
          });
      play.run();
    }
  }

  @Test
  void askingABoundedSemaphoreForMoreThanItsBoundIsAnError() {
    assertThatThrownBy(() -> Semaphore.bounded("pool", 2).acquire(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 permits of bounded semaphore 'pool' can never be had: it has 2");
  }

  @Test
  void anUnboundedSemaphoreMayGrow() {
    Semaphore semaphore = new Semaphore("s", 0);
    semaphore.release(3);
    assertThat(semaphore.available()).isEqualTo(3);
    assertThatThrownBy(() -> semaphore.release(Integer.MAX_VALUE))
        .isInstanceOf(IllegalStateException.class);
    assertThat(semaphore.available()).isEqualTo(3);
  }

  // M3, M4

  @Test
  @Holds("M3")
  void afterAReleaseWithAWaiterTryAcquireByAnotherFails() {
    Semaphore semaphore = new Semaphore("s", 1);
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held held = me.await(semaphore.acquire());
            me.yields(1);
            me.does(held::close);
            me.say(me.gets(semaphore::tryAcquire));
          });
      play.task("b", takes(semaphore, 1, 0));
      assertThat(play.run()).containsExactly("a: false", "b: has 1");
    }
  }

  @Test
  @Holds("M3")
  void permitsAreGivenInTheOrderOfAsking() {
    Semaphore semaphore = new Semaphore("s", 2);
    try (Play play = new Play(kind)) {
      for (String name : List.of("a", "b", "c", "d", "e")) {
        play.task(name, takes(semaphore, 1, 2));
      }
      assertThat(play.run())
          .containsExactly("a: has 1", "b: has 1", "c: has 1", "d: has 1", "e: has 1");
    }
  }

  @Test
  @Holds("M4")
  void waitersExistOnlyAtZero() {
    Semaphore semaphore = new Semaphore("s", 1);
    try (Play play = new Play(kind)) {
      play.task("a", takes(semaphore, 1, 3));
      play.task("b", takes(semaphore, 1, 3));
      play.task(
          "looker",
          me -> {
            for (int i = 0; i < 12; i++) {
              Semaphore.Stats stats = semaphore.stats();
              assertThat(stats.waiters().isEmpty() || stats.available() == 0).isTrue();
              me.yields(1);
            }
          });
      play.run();
    }
  }

  // M5

  @Test
  @Holds("M5")
  void aBigRequestAtTheHeadHoldsBackSmallerOnes() {
    Semaphore semaphore = new Semaphore("s", 3);
    try (Play play = new Play(kind)) {
      play.task("a", takes(semaphore, 2, 2));
      play.task("big", takes(semaphore, 3, 0));
      play.task("small", takes(semaphore, 1, 0));
      play.task(
          "looker",
          me -> {
            me.say(semaphore.available() + " free, " + me.gets(semaphore::tryAcquire));
          });
      assertThat(play.run())
          .containsExactly("a: has 2", "looker: 1 free, false", "big: has 3", "small: has 1");
    }
  }

  @Test
  void aCancelledBigRequestLetsTheSmallerOnesThrough() {
    Semaphore semaphore = new Semaphore("s", 1);
    try (Play play = new Play(kind)) {
      Task<?> big = play.task("big", takes(semaphore, 2, 0));
      play.task("small", takes(semaphore, 1, 0));
      play.task("canceller", me -> me.does(() -> big.cancel("too big")));
      assertThat(play.run()).containsExactly("small: has 1");
    }
    assertThat(semaphore.available()).isEqualTo(1);
  }

  @Test
  void oneReleaseOfManyWakesAsManyAsItCan() {
    Semaphore semaphore = new Semaphore("s", 0);
    try (Play play = new Play(kind)) {
      for (int permits : new int[] {2, 1, 3}) {
        play.awaits("asks for " + permits, semaphore.acquire(permits));
      }
      play.task("giver", me -> me.does(() -> semaphore.release(4)));
      assertThatThrownBy(play::run).isInstanceOf(DeadlockException.class);
      assertThat(play.said).containsExactly("asks for 2: through", "asks for 1: through");
      assertThat(semaphore.available()).isEqualTo(1);
    }
  }

  // M6, S5

  @Test
  @Holds("M6")
  void cancelledAfterBeingGrantedThePermitGoesOn() {
    Semaphore semaphore = new Semaphore("s", 1);
    try (Play play = new Play(kind)) {
      Task<?>[] b = new Task<?>[1];
      play.task(
          "a",
          me -> {
            Held held = me.await(semaphore.acquire());
            me.yields(1);
            me.does(held::close);
            me.does(() -> b[0].cancel("too late"));
          });
      b[0] = play.task("b", takes(semaphore, 1, 1));
      play.task("c", takes(semaphore, 1, 0));
      assertThat(play.run()).containsExactly("b: has 1", "c: has 1");
      assertThat(b[0].state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(semaphore.available()).isEqualTo(1);
    assertThat(semaphore.holders()).isEmpty();
  }

  @Test
  void aCancelledWaiterTakesNothing() {
    Semaphore semaphore = new Semaphore("s", 0);
    try (Play play = new Play(kind)) {
      Task<?> waiter = play.task("waiter", takes(semaphore, 1, 0));
      play.task(
          "canceller",
          me -> {
            me.does(() -> waiter.cancel("enough"));
            me.does(semaphore::release);
          });
      assertThat(play.run()).isEmpty();
    }
    assertThat(semaphore.available()).isEqualTo(1);
  }

  // Holders

  @Test
  void closingPermitsTwiceIsAnErrorAndMakesNone() {
    Semaphore semaphore = new Semaphore("s", 1);
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            Held held = me.await(semaphore.acquire());
            me.does(held::close);
            assertThatThrownBy(() -> me.does(held::close))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("1 of semaphore 's', taken by task 'a' was given back before");
          });
      play.run();
    }
    assertThat(semaphore.available()).isEqualTo(1);
  }

  @Test
  void aSemaphoreThatIsNeverReleasedIsExplained() {
    Semaphore semaphore = new Semaphore("pool", 3);
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            me.await(semaphore.acquire(2));
            me.await(new Event("never").await());
          });
      play.task("gone", me -> me.await(semaphore.acquire()));
      play.awaits("b", semaphore.acquire(2));
      assertThatThrownBy(play::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining(
              "task 'b' waits for 2 permits of semaphore 'pool' (0 free, taken: 2 by task 'a', lost"
                  + " with task 'gone', which ended)");
    }
  }

  @Test
  void whoReleasesNeedNotHaveAcquired() {
    Semaphore semaphore = new Semaphore("signal", 0);
    try (Play play = new Play(kind)) {
      play.task(
          "consumer",
          me -> {
            for (int i = 0; i < 100; i++) {
              me.await(semaphore.acquire());
            }
            me.say(semaphore.stats().holders().size());
          });
      play.task(
          "producer",
          me -> {
            for (int i = 0; i < 100; i++) {
              me.does(semaphore::release);
              me.yields(1);
            }
          });
      assertThat(play.run()).containsExactly("consumer: 1");
    }
    assertThat(semaphore.available()).isZero();
  }

  @Test
  void statsAndToStringTellFreeTakenAndWaiting() {
    Semaphore semaphore = Semaphore.bounded("pool", 5);
    try (Play play = new Play(kind)) {
      Task<?> a = play.task("a", takes(semaphore, 3, 1));
      play.task("b", takes(semaphore, 2, 1));
      play.task("c", takes(semaphore, 1, 1));
      play.task(
          "looker",
          me -> {
            assertThat(semaphore.stats().holders()).hasSize(2);
            assertThat(semaphore.stats().holders().get(a)).isEqualTo(3);
            me.say(semaphore);
          });
      assertThat(play.run())
          .contains(
              "looker: bounded semaphore 'pool', 0 of 5 free, taken: 3 by task 'a', 2 by task 'b',"
                  + " 1 waiting");
    }
    assertThat(semaphore.toString()).isEqualTo("bounded semaphore 'pool', 5 of 5 free, 0 waiting");
  }

  // R9

  @Test
  void fiveAtATimeFetch() {
    Semaphore semaphore = new Semaphore("fetch", 5);
    int[] now = {0};
    int[] most = {0};
    try (Play play = new Play(kind)) {
      for (int i = 0; i < 20; i++) {
        play.task(
            "fetcher" + i,
            me -> {
              Held permit = me.await(semaphore.acquire());
              most[0] = Math.max(most[0], ++now[0]);
              me.yields(3);
              now[0]--;
              me.does(permit::close);
            });
      }
      play.run();
    }
    assertThat(most[0]).isEqualTo(5);
  }

  // R7

  @Test
  void releasedOneAtATimeTheWorkersRunOneAtATime() {
    Semaphore semaphore = new Semaphore("start", 0);
    try (Play play = new Play(kind)) {
      for (int i = 0; i < 3; i++) {
        play.awaits("worker" + i, semaphore.acquire());
      }
      play.task(
          "starter",
          me -> {
            for (int i = 0; i < 3; i++) {
              me.say("releases");
              me.does(semaphore::release);
              me.yields(1);
            }
          });
      assertThat(play.run())
          .containsExactly(
              "starter: releases",
              "worker0: through",
              "starter: releases",
              "worker1: through",
              "starter: releases",
              "worker2: through");
    }
  }
}
