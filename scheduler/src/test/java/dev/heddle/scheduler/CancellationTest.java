package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Task#cancel} does: S4, S5, C1, C5, C8 to C11 as far as there are tasks only. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class CancellationTest {
  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<String> trace = new ArrayList<>();

  @Test
  @Holds("S4")
  void everyAwaitChecksForCancellationFirst() {
    Promise<String> done = new Promise<>();
    var _ = done.complete("done");
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> task =
          kind.spawn(
              scheduler,
              "cancels itself",
              co -> {
                co.task().cancel("enough");
                trace.add("goes on until its next await");
                co.await(done); // would not have waited
                trace.add("never here");
              });
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("goes on until its next await");
  }

  @Test
  void anEventAwaitedByACancelledTaskIsNotEvenStarted() {
    CountingEvent event = new CountingEvent();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            co.task().cancel("enough");
            co.await(event);
          });
      scheduler.run();
    }
    assertThat(event.started).isZero();
    assertThat(event.undone).isZero();
  }

  @Test
  @Holds("C1")
  void cancellationIsThrownAtEveryAwaitUntilTheTaskEnds() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "stubborn",
          co -> {
            co.task().cancel("enough");
            for (int i = 0; i < 3; i++) {
              try {
                co.await(i == 1 ? Task.yield() : Timers.sleep(Duration.ofSeconds(1)));
                trace.add("waited");
              } catch (Cancelled c) {
                trace.add(c.reason());
              }
            }
          });
      long before = time.nanoTime();
      scheduler.run();
      assertThat(time.nanoTime()).isEqualTo(before);
    }
    assertThat(trace).containsExactly("enough", "enough", "enough");
  }

  @Test
  @Holds("C5")
  void cancelledIsNotSwallowedByABroadCatch() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> task =
          kind.spawn(
              scheduler,
              "broad",
              co -> {
                while (true) {
                  try {
                    co.await(Timers.sleep(Duration.ofHours(1)));
                  } catch (Exception e) {
                    trace.add("swallowed " + e);
                  }
                }
              });
      kind.spawn(scheduler, "canceller", co -> task.cancel("enough"));
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).isEmpty();
  }

  @Test
  @Holds("C8")
  void aCancelledWaitIsUndoneAndTheTaskRunsItsFinallyBlocks() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> task =
          kind.spawn(
              scheduler,
              "sleeper",
              co -> {
                try {
                  co.await(Timers.sleep(Duration.ofHours(1)));
                } finally {
                  trace.add("cleaned up");
                }
              });
      kind.spawn(scheduler, "canceller", co -> assertThat(task.cancel("enough")).isTrue());
      long before = time.nanoTime();
      scheduler.run();
      assertThat(time.nanoTime()).as("nobody waits for the hour").isEqualTo(before);
    }
    assertThat(trace).containsExactly("cleaned up");
  }

  @Test
  @Holds("C10")
  void theExceptionSaysWhyAndWhatTheTaskWasWaitingFor() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> task =
          kind.spawn(scheduler, "sleeper", co -> co.await(Timers.sleep(Duration.ofHours(1))));
      kind.spawn(scheduler, "canceller", co -> task.cancel("no more orders"));
      scheduler.run();
      assertThat(task.exceptionNow())
          .isInstanceOf(Cancelled.class)
          .hasMessage(
              "task 'sleeper' was cancelled: no more orders, by task 'canceller'; it was waiting"
                  + " for a sleep of PT1H");
    }
  }

  @Test
  @Holds("C9")
  void cancellingAFinishedTaskDoesNothing() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<String> task = kind.submit(scheduler, "quick", co -> "result");
      scheduler.run();
      assertThat(task.cancel("too late")).isFalse();
      assertThat(task.state()).isEqualTo(Task.State.SUCCEEDED);
      assertThat(task.resultNow()).isEqualTo("result");
    }
  }

  @Test
  void cancellingTwiceKeepsTheFirstReason() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> task =
          kind.spawn(scheduler, "sleeper", co -> co.await(Timers.sleep(Duration.ofHours(1))));
      assertThat(task.cancel("first")).isTrue();
      assertThat(task.cancel("second")).isFalse();
      scheduler.run();
      assertThat(task.exceptionNow()).hasMessageContaining("first").isInstanceOf(Cancelled.class);
    }
  }

  @Test
  @Holds("C9")
  void aTaskCancelledBeforeItsFirstTurnStartsAndIsCancelledAtItsFirstAwait() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> task =
          kind.spawn(
              scheduler,
              "early",
              co -> {
                trace.add("started");
                co.await(Task.yield());
                trace.add("never here");
              });
      assertThat(task.cancel("before it began")).isTrue();
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("started");
  }

  @Test
  void aCancelledTaskThatNeverAwaitsSucceeds() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<String> task = kind.submit(scheduler, "quick", co -> "result");
      assertThat(task.cancel("before it began")).isTrue();
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.SUCCEEDED);
      assertThat(task.resultNow()).isEqualTo("result");
    }
  }

  @Test
  @Holds("C11")
  void deliveryWinsOverCancellation() {
    Promise<String> promise = new Promise<>();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<String> task =
          kind.submit(
              scheduler,
              "waiter",
              co -> {
                String got = co.await(promise);
                trace.add("got " + got);
                co.await(Task.yield());
                return got;
              });
      kind.spawn(
          scheduler,
          "delivers, then cancels",
          co -> {
            assertThat(promise.complete("it")).isTrue();
            task.cancel("after the delivery");
          });
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("got it");
  }

  @Test
  @Holds("S5")
  void aCancelledOperationDidNotHappenAndTheNextWaiterGetsIt() {
    OneItem item = new OneItem();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> first =
          kind.spawn(scheduler, "first", co -> trace.add("first " + co.await(item.get())));
      kind.spawn(scheduler, "second", co -> trace.add("second " + co.await(item.get())));
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            first.cancel("enough");
            item.put("item");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("second item");
  }

  /** The second chance of {@code handleCancel}: woken to do its work, the task has not done it. */
  @Test
  void aTaskWokenToResumeAndThenCancelledDoesNotDoTheWork() {
    Lazy event = new Lazy();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> task = kind.spawn(scheduler, "worker", co -> co.await(event));
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            event.ready();
            task.cancel("enough");
          });
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(event.worked).isZero();
  }

  @Test
  void aWaitThatCannotBeUndoneIsWaitedForAndTheCancellationComesAtTheNextAwait() {
    Stubborn event = new Stubborn();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> task =
          kind.spawn(
              scheduler,
              "waiter",
              co -> {
                trace.add(co.await(event));
                co.await(Task.yield());
                trace.add("never here");
              });
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            task.cancel("enough");
            assertThat(task.state()).isEqualTo(Task.State.WAITING);
            event.finish();
          });
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("it happened");
  }

  @Test
  void joiningACancelledTaskIsACancellationExceptionAndNotACancellationOfTheJoiner() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> task =
          kind.spawn(scheduler, "sleeper", co -> co.await(Timers.sleep(Duration.ofHours(1))));
      kind.spawn(
          scheduler,
          "joiner",
          co -> {
            task.cancel("enough");
            assertThatThrownBy(() -> co.await(task.join()))
                .isInstanceOf(CancellationException.class)
                .hasMessageContaining("enough")
                .hasCauseInstanceOf(Cancelled.class);
            co.await(Task.yield());
            trace.add("the joiner goes on");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("the joiner goes on");
  }

  private static final class CountingEvent extends YieldEvent<Void, RuntimeException> {
    private int started;
    private int undone;

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      started++;
      wake(task, null);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      undone++;
      return true;
    }

    @Override
    public String describe() {
      return "a counting event";
    }
  }

  private static final class OneItem {
    private final WaitQueue getters = new WaitQueue();

    YieldEvent<String, RuntimeException> get() {
      return new Get();
    }

    void put(String item) {
      ((Get) getters.peek().event()).give(item);
    }

    private final class Get extends YieldEvent<String, RuntimeException> {
      void give(String item) {
        wake(getters.poll(), item);
      }

      @Override
      protected void handleYield(Scheduler scheduler, Waiter task) {
        getters.add(task);
      }

      @Override
      protected boolean handleCancel(Scheduler scheduler, Waiter task) {
        return getters.remove(task);
      }

      @Override
      public String describe() {
        return "an item";
      }
    }
  }

  private static final class Lazy extends YieldEvent<Void, RuntimeException> {
    private Waiter waiter;
    private int worked;

    void ready() {
      wakeToResume(waiter);
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      waiter = task;
    }

    @Override
    protected void handleResume(Scheduler scheduler, Waiter task) {
      worked++;
      wake(task, null);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return true;
    }

    @Override
    public String describe() {
      return "something lazy";
    }
  }

  private static final class Stubborn extends YieldEvent<String, RuntimeException> {
    private Waiter waiter;

    void finish() {
      wake(waiter, "it happened");
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      waiter = task;
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return false;
    }

    @Override
    public String describe() {
      return "something stubborn";
    }
  }
}
