package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Event;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Arms of a {@link Select} that end each other, or learn of a cancellation first. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class SelectArmTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  @Test
  void anArmWhoseStartEndsAnotherArmLosesWithoutAnEffect() {
    Promise<String> promise = new Promise<>();
    List<String> hooks = new ArrayList<>();
    CustomEvent ends =
        new CustomEvent() {
          @Override
          protected void start(Scheduler scheduler, Waiter waiter) {
            hooks.add("start");
            promise.complete("from the start of the other");
            hooks.add("started");
          }

          @Override
          protected boolean undo(Scheduler scheduler, Waiter waiter) {
            hooks.add("undo");
            return true;
          }
        };
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(scheduler, "waits", co -> trace.add(co.await(Select.any(promise, ends)).index()));
      scheduler.run();
    }
    assertThat(trace).containsExactly(0);
    assertThat(hooks).containsExactly("start", "started", "undo");
    assertThat(ends.waiter()).isNull();
  }

  @Test
  void anArmWhoseStartEndsAnotherArmAndCompletesLosesItsResult() {
    Promise<String> promise = new Promise<>();
    CustomEvent ends =
        new CustomEvent() {
          @Override
          protected void start(Scheduler scheduler, Waiter waiter) {
            promise.complete("from the start of the other");
            wake("its own");
          }
        };
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(scheduler, "waits", co -> trace.add(co.await(Select.any(promise, ends)).index()));
      kind.spawn(
          scheduler,
          "nests",
          co ->
              trace.add(
                  co.await(Select.any(promise, Select.any(ends.within(SECOND), ends))).index()));
      scheduler.run();
    }
    assertThat(trace).containsExactly(0, 0);
  }

  @Test
  void anInnerSelectThatLosesInAHookOfItsArmStartsNoMoreArms() {
    Promise<String> promise = new Promise<>();
    Queue<String> queue = Queue.fifo();
    CustomEvent ends =
        new CustomEvent() {
          @Override
          protected void start(Scheduler scheduler, Waiter waiter) {
            promise.complete("from the start of an inner arm");
          }
        };
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co -> {
            co.await(queue.put("stays"));
            trace.add(
                co.await(Select.any(promise, Select.any(ends, queue.get()).within(SECOND)))
                    .index());
          });
      scheduler.run();
      assertThat(queue.size()).isEqualTo(1);
    }
    assertThat(trace).containsExactly(0);
    assertThat(ends.waiter()).isNull();
  }

  @Test
  void aJoinThatSeesTheCancellationBeforeItsSelectDoesUndoesTheOtherArms() {
    CustomEvent ready =
        new CustomEvent() {
          @Override
          protected void handleResume(Scheduler scheduler, Waiter waiter) {
            trace.add("resumed");
          }
        };
    Event never = new Event();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> owner =
          kind.spawn(
              scheduler,
              "owner",
              co -> {
                try (var group = TaskGroup.open()) {
                  kind.spawn(group, "child", c -> c.await(never.await()));
                  try {
                    co.await(Select.any(ready, group.join(), never.await()));
                  } catch (Cancelled cancelled) {
                    trace.add("cancelled");
                    trace.add(ready.waiter() == null);
                    throw cancelled;
                  }
                }
              });
      kind.spawn(
          scheduler,
          "cancels",
          co -> {
            co.await(Task.yield());
            co.await(Task.yield());

            Task<?> child = owner.group() == null ? scheduler.tasks().getLast() : null;
            assertThat(child.name()).isEqualTo("child");
            child.cancel("it first");
            ready.ready();
            var _ = owner.cancel("enough");
          });
      scheduler.run();
      assertThat(owner.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("cancelled", true);
    assertThat(never.stats().waiters()).isEmpty();
  }

  @Test
  void aTimedOutWaitForALockThatIsCancelledWhileItsSelectIsReadyHurtsNobody() {
    Lock lock = new Lock("l");
    Condition condition = new Condition(lock);
    CustomEvent ready =
        new CustomEvent() {
          @Override
          protected void handleResume(Scheduler scheduler, Waiter waiter) {
            trace.add("resumed");
          }
        };
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> waits =
          kind.spawn(
              scheduler,
              "waits",
              co -> {
                co.await(lock.acquire());
                Throwable thrown =
                    catchThrowable(
                        () -> co.await(Select.any(ready, condition.await().within(SECOND))));
                trace.add(thrown.getClass().getSimpleName());
                trace.add(ready.waiter() == null);
                lock.release();
              });
      kind.spawn(
          scheduler,
          "holds",
          co -> {
            co.await(lock.acquire());
            co.await(Timers.sleep(SECOND.multipliedBy(2)));
            ready.ready();
            waits.cancel("enough");
            lock.release();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("TimeoutException", true);
  }

  @Test
  void aTimeoutWhoseUndoingEndsAnotherArmIsNotUndoneTwice() {
    Promise<String> promise = new Promise<>();
    CustomEvent event =
        new CustomEvent() {
          @Override
          protected boolean undo(Scheduler scheduler, Waiter waiter) {
            trace.add("undone");
            promise.complete("let through");
            return true;
          }
        };
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co -> trace.add(co.await(Select.any(promise, event.within(SECOND))).index()));
      scheduler.run();
    }
    assertThat(trace).containsExactly("undone", 0);
  }
}
