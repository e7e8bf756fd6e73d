package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The invariants that the class comments state, each quoted, in a run that comes close to it. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class InvariantTest {
  @Parameter Kind kind;

  /** "The first waiter asks for more permits than there are." */
  @Test
  void theFirstWaiterOfASemaphoreAsksForMoreThanThereAre() {
    Semaphore semaphore = new Semaphore("s", 2);
    try (Play play = new Play(kind)) {
      Task<?> big =
          play.task("big", me -> assertThatThrownBy(() -> me.await(semaphore.acquire(3))));
      play.task("small", me -> me.await(semaphore.acquire(2)));
      play.task(
          "looker",
          me -> {
            assertThat(semaphore.stats().waiters()).hasSize(2).startsWith(big);
            me.does(() -> big.cancel("too big")); // now the first waiter asks for 2, and gets them
            assertThat(semaphore.stats().waiters()).isEmpty();
            assertThat(semaphore.available()).isZero();
          });
      play.run();
    }
  }

  /** "Tasks wait only while another task holds the lock." */
  @Test
  void nobodyWaitsForAFreeLock() {
    Lock lock = new Lock("db");
    try (Play play = new Play(kind)) {
      Task<?> first = play.task("first", holds(lock, 1));
      Task<?> second = play.task("second", holds(lock, 2));
      play.task(
          "looker",
          me -> {
            assertThat(lock.stats()).isEqualTo(stats(lock, first, 1, second));
            me.yields(2);
            assertThat(lock.stats()).isEqualTo(stats(lock, second, 1));
            me.yields(2);
            assertThat(lock.stats()).isEqualTo(stats(lock, null, 0));
          });
      play.run();
    }
  }

  /** "No task holds a broken lock or waits for it." */
  @Test
  void nobodyHoldsABrokenLockOrWaitsForIt() {
    RLock lock = new RLock("db");
    try (Play play = new Play(kind)) {
      play.task(
          "breaker",
          me -> {
            me.await(lock.acquire());
            me.await(lock.acquire());
            me.yields(1);
          });
      play.task(
          "waiter",
          me -> {
            assertThatThrownBy(() -> me.await(lock.acquire())).hasMessageContaining("broken");
            assertThat(lock.stats()).isEqualTo(stats(lock, null, 0));
          });
      play.run();
    }
  }

  private static Play.Part holds(Lock lock, int turns) {
    return me -> {
      Held held = me.await(lock.acquire());
      me.yields(turns);
      me.does(held::close);
    };
  }

  private static Lock.Stats stats(Lock lock, Task<?> holder, int levels, Task<?>... waiters) {
    return new Lock.Stats(lock.describe(), holder, levels, List.of(waiters));
  }

  /** "A task that waits for a signal does not hold the lock." */
  @Test
  void aTaskThatWaitsForASignalDoesNotHoldTheLock() {
    RLock lock = new RLock("db");
    Condition changed = new Condition(lock, "changed");
    try (Play play = new Play(kind)) {
      Task<?> waiter =
          play.task(
              "waiter",
              me -> {
                me.await(lock.acquire());
                me.await(lock.acquire());
                me.await(changed.await());
                assertThat(lock.stats()).isEqualTo(stats(lock, me.task(), 2));
                me.does(lock::release);
                me.does(lock::release);
              });
      play.task(
          "signaller",
          me -> {
            assertThat(changed.stats().waiters()).containsExactly(waiter);
            assertThat(waiter.held()).isEmpty();
            me.await(lock.acquire());
            me.does(changed::signal);
            assertThat(changed.stats().waiters()).isEmpty();
            me.does(lock::release);
          });
      play.run();
    }
  }

  /** "Nobody waits while the event is set." */
  @Test
  void nobodyWaitsWhileTheEventIsSet() {
    Event event = new Event("started");
    try (Play play = new Play(kind)) {
      play.task("a", me -> me.await(Select.any(event.await(), event.await())));
      play.task("b", me -> me.await(event.await()));
      play.task(
          "setter",
          me -> {
            assertThat(event.stats().waiters()).hasSize(3); // a waits by two arms
            me.does(event::set);
            assertThat(event.stats().waiters()).isEmpty();
          });
      play.run();
    }
  }

  /** "Fewer tasks wait than the barrier needs. Nobody waits while it is broken." */
  @Test
  void fewerTasksWaitThanTheBarrierNeeds() {
    Barrier barrier = new Barrier("phase", 2);
    try (Play play = new Play(kind)) {
      Task<?> early =
          play.task("early", me -> me.awaits(Select.any(barrier.await(), barrier.await())));
      play.task(
          "late",
          me -> {
            assertThat(barrier.stats().waiters()).containsExactly(early);
            me.awaits(barrier.await());
            assertThat(barrier.stats().waiters()).isEmpty();
            me.yields(1);
            me.does(barrier::abort);
          });
      Task<?> third =
          play.task(
              "third",
              me ->
                  assertThatThrownBy(() -> me.awaits(barrier.await()))
                      .hasMessageEndingWith("aborted"));
      play.run();
      assertThat(third.isDone()).isTrue();
      assertThat(barrier.stats().waiters()).isEmpty();
    }
  }

  /** "Getters wait only while nothing is stored; putters wait only while the store is full." */
  @Test
  void gettersWaitOnlyWhileEmptyAndPuttersOnlyWhileFull() {
    Queue<Integer> queue = Queue.fifo("jobs", 1);
    try (Play play = new Play(kind)) {
      play.task("getter", QueueTest.gets(queue, 1));
      play.task("putter", QueueTest.puts(queue, 1, 2, 3));
      play.task(
          "looker",
          me -> {
            assertThat(queue.stats().getters()).isEmpty();
            assertThat(queue.stats().putters()).hasSize(1);
            assertThat(queue.isFull()).isTrue();
            me.gets(queue::tryGet);
            assertThat(queue.stats().putters()).isEmpty();
            assertThat(queue.isFull()).isTrue();
          });
      play.run();
    }
  }

  /** "If a getter and a putter wait, they are arms of the select of one task." */
  @Test
  void onlyOneTaskWaitsAtBothEndsOfARendezvous() {
    Queue<String> counter = Queue.rendezvous("counter");
    try (Play play = new Play(kind)) {
      Task<?> both =
          play.task("both", me -> me.awaits(Select.any(counter.get(), counter.put("x"))));
      play.task(
          "looker",
          me -> {
            assertThat(counter.stats().getters()).containsExactly(both);
            assertThat(counter.stats().putters()).containsExactly(both);
            me.await(counter.put("y"));
            assertThat(counter.stats().getters()).isEmpty();
            assertThat(counter.stats().putters()).isEmpty();
          });
      play.run();
    }
  }

  /** "Nobody waits after the shutdown." */
  @Test
  void nobodyWaitsAfterTheShutdown() {
    Queue<String> counter = Queue.rendezvous("counter");
    try (Play play = new Play(kind)) {
      play.task("getter", me -> assertThatThrownBy(() -> me.await(counter.get())));
      play.task(
          "closer",
          me -> {
            me.does(counter::shutdown);
            assertThat(counter.stats().getters()).isEmpty();
          });
      play.run();
    }
  }

  /** "Nobody waits in join while no item is unfinished." */
  @Test
  void nobodyJoinsWhileNothingIsUnfinished() {
    Queue<Integer> queue = Queue.fifo("jobs", 1);
    try (Play play = new Play(kind)) {
      play.task("putter", QueueTest.puts(queue, 1));
      Task<?> joiner = play.task("joiner", me -> me.await(queue.join()));
      play.task(
          "worker",
          me -> {
            assertThat(queue.stats().joiners()).containsExactly(joiner);
            me.does(queue::shutdownNow);
            assertThat(queue.stats().joiners()).isEmpty();
            assertThat(queue.stats().unfinished()).isZero();
          });
      play.run();
    }
  }

  /** "A deadline is set if and only if a task waits": a timer that nobody waits for ends no run. */
  @Test
  void aTimerHasADeadlineOnlyWhileATaskWaits() {
    Lock never = new Lock("never");
    try (Play play = new Play(kind)) {
      play.task(
          "a",
          me -> {
            PeriodicTimer timer =
                new PeriodicTimer(me.task().scheduler(), Duration.ofSeconds(1), "timer");
            me.awaits(timer.nextTick());
            me.await(never.acquire());
            me.await(new Event("e").await());
          });
      assertThatThrownBy(play::run).isInstanceOf(DeadlockException.class);
    }
  }
}
