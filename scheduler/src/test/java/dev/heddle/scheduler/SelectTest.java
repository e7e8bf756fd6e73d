package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.sync.Event;
import dev.heddle.sync.Held;
import dev.heddle.sync.Lock;
import dev.heddle.sync.LockOrder;
import dev.heddle.sync.Queue;
import dev.heddle.sync.Semaphore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Select}: promises X1 and X2. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SelectTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  @Test
  @Holds("X1")
  void exactlyOneArmCommitsAndTheLosersHaveNoEffect() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Queue<String> left = Queue.fifo();
      Queue<String> right = Queue.fifo();
      kind.spawn(
          scheduler, "selects", co -> trace.add(co.await(Select.any(left.get(), right.get()))));
      kind.spawn(
          scheduler,
          "puts",
          co -> {
            assertThat(right.tryPut("r1")).isTrue();
            assertThat(left.tryPut("l1")).isTrue();
            assertThat(right.tryPut("r2")).isTrue();
          });
      scheduler.run();
      assertThat(trace).containsExactly(new Select.Winner<>(1, "r1"));
      assertThat(left.size()).as("what came second stays").isEqualTo(1);
      assertThat(right.size()).isEqualTo(1);
      assertThat(left.stats().toString()).contains("getters=[]");
    }
  }

  @Test
  @Holds("X1")
  void theOrderInWhichTheyAreListedDecidesTies() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Queue<String> left = Queue.fifo();
      Queue<String> right = Queue.fifo();
      assertThat(left.tryPut("l")).isTrue();
      assertThat(right.tryPut("r")).isTrue();
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            trace.add(co.await(Select.any(right.get(), left.get())));
            trace.add(co.await(Select.any(right.get(), left.get())));
          });
      scheduler.run();
      assertThat(trace).containsExactly(new Select.Winner<>(0, "r"), new Select.Winner<>(1, "l"));
    }
  }

  @Test
  void ofIoThatIsReadyAtOnceTheFirstListedWins() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "selects",
          co -> trace.add(co.await(Select.any(Task.yield(), Task.yield())).index()));
      scheduler.run();
      assertThat(trace).containsExactly(0);
    }
  }

  @Test
  @Holds("X2")
  void noArmsIsAnError() {
    assertThatThrownBy(Select::any)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a select of 0 events would wait for ever: at least 1");
  }

  @Test
  void anArmThatFailsFailsTheSelect() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Promise<String> broken = new Promise<>();
      Queue<String> queue = Queue.fifo();
      kind.spawn(
          scheduler,
          "selects",
          co ->
              assertThatThrownBy(() -> co.await(Select.any(queue.get(), broken)))
                  .isInstanceOf(IOException.class)
                  .hasMessage("gone"));
      kind.spawn(scheduler, "breaks", co -> broken.fail(new IOException("gone")));
      scheduler.run();
      assertThat(queue.stats().toString()).contains("getters=[]");
    }
  }

  @Test
  void anArmWhoseStartThrowsUndoesThoseBeforeIt() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Queue<String> queue = Queue.fifo();
      Lock lock = new Lock("db");
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            co.await(lock.acquire());
            assertThatThrownBy(() -> co.await(Select.any(queue.get(), lock.acquire())))
                .isInstanceOf(IllegalMonitorStateException.class);
          });
      scheduler.run();
      assertThat(queue.stats().toString()).contains("getters=[]");
    }
  }

  @Test
  void aLockThatIsWonBelongsToTheTask() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Lock lock = new Lock("db");
      Semaphore semaphore = new Semaphore(0);
      kind.spawn(
          scheduler,
          "holds",
          co -> {
            co.await(lock.acquire());
            co.await(Task.yield());
            lock.release();
          });
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            trace.add(co.await(Select.any(semaphore.acquire(), lock.acquire())).index());
            trace.add(lock.holder() == co.task());
            lock.release();
            semaphore.release();
            trace.add(semaphore.tryAcquire());
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(1, true, true);
  }

  @Test
  void aLoserThatIsUndoneLetsNoOtherLoserThrough() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Semaphore semaphore = new Semaphore(1);
      Event event = new Event();
      YieldEvent<Select.Winner<Object>, Exception> both =
          Select.any(semaphore.acquire(2), semaphore.acquire(1), event.await());
      kind.spawn(scheduler, "selects", co -> trace.add(co.await(both).index()));
      kind.spawn(
          scheduler,
          "sets",
          co -> {
            event.set();
          });
      scheduler.run();
      assertThat(trace).containsExactly(2);
      assertThat(semaphore.available()).isEqualTo(1);
    }
  }

  @Test
  void anArmThatIsServedLetsNoOtherArmBeServed() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Semaphore semaphore = new Semaphore(0);
      YieldEvent<Select.Winner<Object>, Exception> all =
          Select.any(semaphore.acquire(2), semaphore.acquire(1), semaphore.acquire(3));
      kind.spawn(scheduler, "selects", co -> trace.add(co.await(all).index()));
      kind.spawn(
          scheduler,
          "releases",
          co -> {
            semaphore.release(3);
          });
      scheduler.run();
      assertThat(trace).containsExactly(0);
      assertThat(semaphore.available()).isEqualTo(1);
    }
  }

  @Test
  void whatWinsInsideOfAnArmUndoesTheOtherArmsBeforeItsOwn() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Semaphore semaphore = new Semaphore(1);
      Event event = new Event();
      YieldEvent<Select.Winner<Object>, Exception> inner =
          Select.any(semaphore.acquire(2), event.await());
      YieldEvent<Select.Winner<Object>, Exception> both = Select.any(inner, semaphore.acquire());
      kind.spawn(scheduler, "selects", co -> trace.add(co.await(both)));
      kind.spawn(
          scheduler,
          "sets",
          co -> {
            event.set();
          });
      scheduler.run();
      assertThat(trace).containsExactly(new Select.Winner<>(0, new Select.Winner<>(1, null)));
      assertThat(semaphore.available()).isEqualTo(1);
    }
  }

  @Test
  void aTimeoutOfAnArmTakesOutThatArmAmongSeveralInOneQueue() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Semaphore semaphore = new Semaphore(0);
      YieldEvent<Select.Winner<Object>, Exception> both =
          Select.any(semaphore.acquire(), semaphore.acquire().within(SECOND));
      kind.spawn(
          scheduler,
          "selects",
          co -> assertThatThrownBy(() -> co.await(both)).isInstanceOf(TimeoutException.class));
      scheduler.run();
      assertThat(semaphore.stats().waiters()).isEmpty();
    }
  }

  @Test
  void twoArmsMayGoOnToTheNextThingThatTheyWaitFor() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      List<Lock> locks = List.of(new Lock("a"), new Lock("b"), new Lock("c"), new Lock("d"));
      YieldEvent<Select.Winner<Object>, Exception> both =
          Select.any(
              LockOrder.acquire(locks.get(0), locks.get(1)),
              LockOrder.acquire(locks.get(2), locks.get(3)));
      kind.spawn(
          scheduler,
          "holds",
          co -> {
            List<Held> held = new ArrayList<>();
            for (Lock lock : locks) {
              held.add(co.await(lock.acquire()));
            }
            co.await(Task.yield());
            for (int i : List.of(0, 2, 3, 1)) {
              held.get(i).close();
            }
          });
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            Select.Winner<?> first = co.await(both);
            trace.add(first.index());
            trace.add(locks.stream().map(Lock::isLocked).toList());
            ((Held) first.value()).close();
          });
      scheduler.run();
      assertThat(trace).containsExactly(1, List.of(false, false, true, true));
    }
  }

  @Test
  void aTimerAmongTheArmsIsATimeout() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Event never = new Event();
      kind.spawn(
          scheduler,
          "selects",
          co -> trace.add(co.await(Select.any(never.await(), Timers.sleep(SECOND))).index()));
      scheduler.run();
      assertThat(never.stats().toString()).contains("waiters=[]");
    }
    assertThat(trace).containsExactly(1);
  }

  @Test
  void aCancelledSelectUndoesAllArms() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Queue<String> left = Queue.fifo();
      Queue<String> right = Queue.fifo();
      Task<?> selects =
          kind.spawn(scheduler, "selects", co -> co.await(Select.any(left.get(), right.get())));
      kind.spawn(
          scheduler,
          "cancels",
          co -> {
            selects.cancel("enough");
            boolean _ = left.tryPut("l");
          });
      scheduler.run();
      assertThat(selects.state()).isEqualTo(Task.State.CANCELLED);
      assertThat(left.size()).isEqualTo(1);
      assertThat(right.stats().toString()).contains("getters=[]");
    }
  }

  @Test
  void selectsAndTimeoutsNest() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Queue<String> left = Queue.fifo();
      Queue<String> right = Queue.fifo();
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            YieldEvent<?, ?> inner = Select.any(left.get(), right.get().within(SECOND));
            assertThatThrownBy(
                    () -> co.await(Select.any(inner, left.get()).within(SECOND.multipliedBy(2))))
                .isInstanceOf(TimeoutException.class)
                .hasMessageStartingWith("timed out after PT1S");
            Select<?> both = Select.any(Select.any(left.get(), right.get()), new Promise<>());
            trace.add(co.await(both));
          });
      kind.spawn(
          scheduler,
          "puts",
          co -> {
            co.await(Timers.sleep(SECOND.multipliedBy(3)));
            boolean _ = right.tryPut("r");
          });
      scheduler.run();
      assertThat(trace).containsExactly(new Select.Winner<>(0, new Select.Winner<>(1, "r")));
      assertThat(left.stats().toString()).contains("getters=[]");
    }
  }

  @Test
  void twoArmsMayWaitInTheSameQueue() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Queue<String> queue = Queue.fifo();
      kind.spawn(
          scheduler,
          "selects",
          co -> trace.add(co.await(Select.any(queue.get(), queue.get())).value()));
      kind.spawn(
          scheduler,
          "puts",
          co -> {
            boolean _ = queue.tryPut("a");
            boolean _ = queue.tryPut("b");
          });
      scheduler.run();
      assertThat(trace).containsExactly("a");
      assertThat(queue.size()).isEqualTo(1);
    }
  }

  @Test
  void aSelectThatNothingCanEndIsADeadlockThatNamesTheArms() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            try {
              co.await(Select.any(Queue.fifo("left", 0).get(), new Event("go").await()));
            } catch (Cancelled e) {
              trace.add("cancelled");
            }
          });
      assertThatThrownBy(scheduler::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("the first of (an item of queue 'left'")
          .hasMessageContaining(", or event 'go'");
    }
    assertThat(trace).containsExactly("cancelled");
  }
}
