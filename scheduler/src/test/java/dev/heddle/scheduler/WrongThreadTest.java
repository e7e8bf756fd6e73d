package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** S11: wrong use throws at once and names the call that is allowed instead. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class WrongThreadTest {
  @Parameter Kind kind;

  private static Map<String, ThrowingCallable> callsFor(Scheduler scheduler, Task<?> task) {
    Timed timed = new Timed() {};
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("spawn", () -> scheduler.spawn(() -> {}));
    calls.put("spawn by daemons()", () -> scheduler.daemons().spawn(() -> {}));
    calls.put("cancel", () -> task.cancel("wrong"));
    calls.put("setDeadline", () -> scheduler.setDeadline(timed, 0));
    calls.put("clearDeadline", () -> scheduler.clearDeadline(timed));
    calls.put("tasks", scheduler::tasks);
    calls.put(
        "poller",
        () ->
            scheduler.poller(Poller.class, () -> new SchedulerBuilder().given(scheduler).poller()));
    return calls;
  }

  @Test
  @Holds("S11")
  void aForeignThreadMayNotUseASchedulerThatRuns() throws Exception {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      Promise<Void> end = new Promise<>();
      CountDownLatch running = new CountDownLatch(1);
      Task<?> task =
          kind.spawn(
              scheduler,
              "waiter",
              co -> {
                running.countDown();
                co.await(end);
              });
      var foreign =
          Foreign.start(
              "intruder",
              () -> {
                Until.down(running);
                try {
                  callsFor(scheduler, task)
                      .forEach((call, action) -> assertRefused(call, action, "intruder"));
                  assertThat(scheduler.isInside()).isFalse();
                  assertThat(task.name()).isEqualTo("waiter");
                  assertThat(task).asString().startsWith("task 'waiter'");
                  assertThat(scheduler).hasToString("scheduler 'mill'");
                } finally {
                  var _ = end.complete(null);
                }
              });
      scheduler.run();
      var _ = Foreign.get(foreign);
    }
  }

  @Test
  void aForeignThreadMayNotUseASchedulerThatDoesNotRun() throws Exception {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      Task<?> task = kind.spawn(scheduler, "task", co -> {});
      Foreign.run(
          () ->
              callsFor(scheduler, task)
                  .forEach((call, action) -> assertRefused(call, action, "foreign")));
    }
  }

  private static void assertRefused(String call, ThrowingCallable action, String thread) {
    assertThatThrownBy(action)
        .as(call)
        .isInstanceOf(WrongThreadException.class)
        .hasMessageContaining("on scheduler 'mill' from " + thread)
        .hasMessageEndingWith("use scheduler.execute(() -> ...)")
        .hasMessageStartingWith(call.split(" ", -1)[0]);
  }

  @Test
  void aTaskOfAnotherSchedulerIsForeignToo() {
    try (Scheduler here = kind.scheduler();
        Scheduler there = kind.builder().name("mill").build()) {
      here.spawn(
          "visitor",
          () -> {
            Thread visitor = Thread.currentThread();
            assertThat(visitor.getName()).isEqualTo("visitor");
            assertRefused("spawn", () -> there.spawn(() -> {}), "visitor");
          });
      here.run();
    }
  }

  @Test
  @Holds("S11")
  void awaitOutsideOfATaskSaysWhatToDoInstead() {
    assertThatThrownBy(() -> Task.await(Timers.sleep(Duration.ofSeconds(1))))
        .isInstanceOf(WrongThreadException.class)
        .hasMessageContaining("await(a sleep of PT1S) outside of a task in thread style")
        .hasMessageContaining("co.await")
        .hasMessageContaining("spawn a task");
    assertThatThrownBy(() -> Task.await(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void awaitInAHookOrAStepIsRefused() {
    try (Scheduler scheduler = kind.scheduler()) {
      scheduler.spawn(
          "step",
          new Step<Void>() {
            @Override
            protected YieldEvent<?, ?> step(Object sent) {
              assertThatThrownBy(() -> Task.await(Task.yield()))
                  .isInstanceOf(WrongThreadException.class)
                  .hasMessageContaining("in a Step return the event");
              return null;
            }
          });
      scheduler.run();
    }
  }

  @Test
  void currentOutsideOfATaskIsRefused() {
    assertThatThrownBy(Task::current)
        .isInstanceOf(WrongThreadException.class)
        .hasMessage("Task.current() outside of a task; spawn one");
  }

  @Test
  void anAwaiterIsRefusedToAnybodyButItsBody() {
    try (Scheduler scheduler = kind.scheduler()) {
      Awaiter[] stolen = new Awaiter[1];
      scheduler.spawn(
          "victim",
          co -> {
            stolen[0] = co;
            co.await(Task.yield());
            co.await(Task.yield());
          });
      scheduler.spawn(
          "thief",
          co ->
              assertThatThrownBy(() -> stolen[0].await(Task.yield()))
                  .isInstanceOf(WrongThreadException.class)
                  .hasMessageContaining("await(its next turn) of task 'victim'")
                  .hasMessageContaining("called from outside of its body"));
      scheduler.run();
      assertThatThrownBy(() -> stolen[0].await(Task.yield()))
          .as("after its end")
          .isInstanceOf(WrongThreadException.class);
    }
  }

  @Test
  void anAwaiterIsRefusedToAThreadThatTheBodyStarted() {
    try (Scheduler scheduler = kind.scheduler()) {
      scheduler.spawn(
          "parent",
          co ->
              Foreign.run(
                  () ->
                      assertThatThrownBy(() -> co.await(Task.yield()))
                          .isInstanceOf(WrongThreadException.class)));
      scheduler.run();
    }
  }

  @Test
  void anEngineThatIsNotThereIsRefusedWithTheFlagThatBringsIt() {
    var engine = dev.heddle.coroutine.Engine.VIRTUAL_THREAD;
    if (!engine.isAvailable()) {
      assertThatThrownBy(() -> Scheduler.builder().engine(engine))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("VIRTUAL_THREAD is not available")
          .hasMessageContaining("--add-opens java.base/java.lang=ALL-UNNAMED");
    }
  }

  @Test
  void wakingATaskThatDoesNotWaitIsAnErrorOfTheEvent() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> task = kind.spawn(scheduler, "task", co -> {});
      var event =
          new YieldEvent<Void, RuntimeException>() {
            @Override
            protected void handleYield(Scheduler s, Waiter t) {}

            @Override
            protected boolean handleCancel(Scheduler s, Waiter t) {
              return true;
            }

            @Override
            public String describe() {
              return "a stray event";
            }
          };
      assertThatThrownBy(() -> event.wake(task, null))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("a stray event wakes task 'task'");
    }
  }
}
