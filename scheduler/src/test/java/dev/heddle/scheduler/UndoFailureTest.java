package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.sync.Event;
import dev.heddle.sync.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events of users whose {@code handleCancel} throws: nothing hangs and the loop goes on. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class UndoFailureTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();
  private final WaitQueue waiters = new WaitQueue();

  /** Waits for ever, and cannot be undone. */
  private final class Stuck extends YieldEvent<String, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      waiters.add(task);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      throw new IllegalStateException("cannot be undone");
    }

    @Override
    public String describe() {
      return "something stuck";
    }
  }

  private void assertFailsToBeUndone(Awaiter co, YieldEvent<?, ?> event) {
    assertThatThrownBy(() -> co.await(event))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cannot be undone");
  }

  @Test
  void aSelectIsDecidedAlthoughALoserFailsToBeUndone() {
    Queue<String> first = Queue.fifo();
    Queue<String> last = Queue.fifo();
    try (LogRecords log = new LogRecords("dev.heddle");
        Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "selects",
          co -> trace.add(co.await(Select.any(first.get(), new Stuck(), last.get()))));
      kind.spawn(scheduler, "puts", co -> trace.add(last.tryPut("x")));
      scheduler.run();
      assertThat(trace).containsExactly(true, new Select.Winner<>(2, "x"));
      assertThat(first.stats().getters()).as("the arm before it is undone").isEmpty();
      assertThat(waiters.isEmpty()).as("it stands in no queue").isTrue();
      assertThat(log.atLeast(Level.INFO))
          .singleElement()
          .satisfies(
              record -> {
                assertThat(record.getMessage())
                    .isEqualTo(
                        "something stuck, which lost in a select of task 'selects' (WAITING),"
                            + " failed to be undone");
                assertThat(record.getThrown()).hasMessage("cannot be undone");
              });
    }
  }

  @Test
  void whatALoserFailsWithIsKeptInTheFailureThatWins() {
    Promise<String> broken = new Promise<>();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            Throwable thrown = catchThrowable(() -> co.await(Select.any(new Stuck(), broken)));
            assertThat(thrown).isInstanceOf(IOException.class).hasMessage("gone");
            assertThat(thrown.getSuppressed())
                .singleElement()
                .asString()
                .endsWith("cannot be undone");
          });
      kind.spawn(scheduler, "breaks", co -> broken.fail(new IOException("gone")));
      scheduler.run();
    }
  }

  @Test
  void aCancelledSelectWithSuchAnArmFailsWithThatAndUndoesTheOthers() {
    Queue<String> first = Queue.fifo();
    Queue<String> last = Queue.fifo();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> selects =
          kind.spawn(
              scheduler,
              "selects",
              co -> {
                assertFailsToBeUndone(co, Select.any(first.get(), new Stuck(), last.get()));
                trace.add(first.stats().getters().size() + last.stats().getters().size());
                co.await(Task.yield());
              });
      kind.spawn(scheduler, "cancels", co -> selects.cancel("enough"));
      scheduler.run();
      assertThat(trace).containsExactly(0);
      assertThat(selects.state()).isEqualTo(Task.State.CANCELLED);
      assertThat(waiters.isEmpty()).isTrue();
    }
  }

  @Test
  void aSelectInASelectFailsWithItToo() {
    Event never = new Event();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> selects =
          kind.spawn(
              scheduler,
              "selects",
              co -> {
                Select<?> inner = Select.any(new Stuck(), never.await());
                assertFailsToBeUndone(co, Select.any(never.await(), inner, never.await()));
              });
      kind.spawn(scheduler, "cancels", co -> selects.cancel("enough"));
      scheduler.run();
    }
    assertThat(never.stats().waiters()).isEmpty();
    assertThat(waiters.isEmpty()).isTrue();
  }

  @Test
  void aTimeoutThatFailsToUndoFailsWithThat() {
    Event never = new Event();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co -> {
            assertFailsToBeUndone(co, new Stuck().within(SECOND));
            assertFailsToBeUndone(co, Select.any(never.await(), new Stuck().within(SECOND)));
            assertFailsToBeUndone(co, Select.any(new Stuck(), never.await()).within(SECOND));
          });
      scheduler.run();
    }
    assertThat(never.stats().waiters()).isEmpty();
    assertThat(waiters.isEmpty()).isTrue();
  }

  @Test
  void aCancelledWaitThatFailsToBeUndoneFailsWithThatAndTheCancellerGoesOn() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> waits =
          kind.spawn(
              scheduler,
              "waits",
              co -> {
                assertFailsToBeUndone(co, new Stuck());
                co.await(Task.yield());
              });
      kind.spawn(scheduler, "cancels", co -> trace.add(waits.cancel("enough")));
      scheduler.run();
      assertThat(waits.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly(true);
    assertThat(waiters.isEmpty()).isTrue();
  }

  @Test
  void aCancelledWaitWithATimeoutThatFailsToBeUndoneFailsWithThatAndLeavesNoDeadline() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> waits =
          kind.spawn(
              scheduler, "waits", co -> assertFailsToBeUndone(co, new Stuck().within(SECOND)));
      kind.spawn(scheduler, "cancels", co -> waits.cancel("enough"));
      kind.spawn(scheduler, "stays", co -> co.await(Timers.sleep(SECOND.multipliedBy(2))));
      scheduler.run();
    }
  }

  @Test
  void theDeadlineOfAScopeThatFailsToUndoEndsNoLoop() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co ->
              assertThatThrownBy(
                      () -> {
                        try (var scope = CancelScope.withTimeout(SECOND)) {
                          co.await(new Stuck());
                        }
                      })
                  .hasMessageContaining("cannot be undone"));
      kind.spawn(scheduler, "other", co -> co.await(Timers.sleep(SECOND.multipliedBy(2))));
      scheduler.run();
    }
  }
}
