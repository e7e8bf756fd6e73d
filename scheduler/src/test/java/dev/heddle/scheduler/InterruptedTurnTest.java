package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Whose an interrupt is: the task's that has caused it in its turn, or the whole run's. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class InterruptedTurnTest {
  @Parameter Kind kind;

  private final List<String> trace = new ArrayList<>();

  @Holds("Y6")
  @Test
  void anInterruptThatATaskCausesInItsTurnIsItsOwnUntilItIsClearedOrTheTaskEnds() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> interrupted =
          kind.spawn(
              scheduler,
              "interrupted",
              co -> {
                Thread.currentThread().interrupt();
                for (int i = 0; i < 100; i++) {
                  co.await(Task.yield());
                  assertThat(Thread.currentThread().isInterrupted()).isTrue();
                }
                co.await(Timers.sleep(Duration.ofMillis(1)));
                assertThat(Thread.interrupted()).isTrue();
                co.await(Task.yield());
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                Thread.currentThread().interrupt();
              });
      Task<?> other =
          kind.spawn(
              scheduler,
              "other",
              co -> {
                while (!interrupted.isDone()) {
                  assertThat(Thread.currentThread().isInterrupted()).isFalse();
                  co.await(Task.yield());
                }
                co.await(Task.yield());
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
              });
      scheduler.run();
      assertThat(Thread.interrupted()).isFalse();
      assertThat(interrupted.state()).isEqualTo(Task.State.SUCCEEDED);
      assertThat(other.state()).isEqualTo(Task.State.SUCCEEDED);
    }
  }

  /** The body is woven: it has the loop's own thread. */
  @Holds("Y6")
  @Test
  void anObserverIsNotInterruptedByWhatATaskDoesInItsTurn() {
    List<Boolean> heard = new ArrayList<>();
    try (Scheduler scheduler =
        kind.builder().observer(e -> heard.add(Thread.currentThread().isInterrupted())).build()) {
      scheduler.spawn(
          co -> {
            Thread.currentThread().interrupt();
            co.await(Task.yield());
            assertThat(Thread.interrupted()).isTrue();
          });
      scheduler.run();
    }
    assertThat(heard).hasSize(5).containsOnly(false);
  }

  @Holds("Y6")
  @Test
  void anInterruptByAnotherThreadInTheMiddleOfATurnIsTheRunsAndCancelsAll() throws Exception {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      Thread loop = Thread.currentThread();
      kind.spawn(
          scheduler,
          "has the turn",
          co -> {
            AtomicBoolean done = new AtomicBoolean();
            Thread _ = Thread.ofPlatform().start(() -> interrupt(loop, done));
            while (!done.get()) { // by spinning: a wait would hear of the interrupt
              Thread.onSpinWait();
            }
            awaitCancellation(co);
          });
      kind.spawn(scheduler, "waits", co -> awaitCancellation(co));
      scheduler.run();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(trace)
          .containsExactly(
              "the thread of scheduler 'mill' was interrupted",
              "the thread of scheduler 'mill' was interrupted");
    }
  }

  private static void interrupt(Thread loop, AtomicBoolean done) {
    loop.interrupt();
    done.set(true);
  }

  @Test
  void aRunWhoseTasksAreNeverIdleIsInterruptedToo() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      Thread loop = Thread.currentThread();
      int[] turns = {0};
      FutureTask<Void> interrupter =
          Foreign.start(
              "interrupter",
              () -> {
                while (turns[0] < 1000) {
                  Thread.onSpinWait();
                }
                loop.interrupt();
              });
      Task<?> busy =
          kind.spawn(
              scheduler,
              "busy",
              co -> {
                while (true) {
                  turns[0]++;
                  co.await(Task.yield());
                }
              });
      scheduler.run();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(busy.state()).isEqualTo(Task.State.CANCELLED);
      var _ = Foreign.get(interrupter);
    }
  }

  /** Woven bodies and steps run on the very thread of the loop. */
  @Holds("Y6")
  @Test
  void aTaskOnTheLoopsThreadFindsItInterruptedInItsTurnsAndNoOtherTaskDoes() {
    try (Scheduler scheduler = kind.scheduler()) {
      scheduler.spawn(
          "woven",
          co -> {
            Thread.currentThread().interrupt();
            co.await(Task.yield());
            trace.add("woven " + Thread.currentThread().isInterrupted());
            co.await(Timers.sleep(Duration.ofMillis(1)));
            trace.add("woven " + Thread.interrupted());
            co.await(Task.yield());
            trace.add("woven " + Thread.interrupted());
            Thread.currentThread().interrupt();
          });
      scheduler.spawn("step", new InterruptingStep());
      scheduler.spawn(
          "other",
          co -> {
            for (int i = 0; i < 200; i++) {
              assertThat(Thread.currentThread().isInterrupted()).isFalse();
              co.await(Task.yield());
            }
            co.await(Timers.sleep(Duration.ofMillis(5)));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
          });
      scheduler.run();
      assertThat(Thread.interrupted()).isFalse();
      assertThat(trace)
          .containsExactlyInAnyOrder("woven true", "woven true", "woven false", "step true");
    }
  }

  private final class InterruptingStep extends Step<Void> {
    private int steps;

    @Override
    protected YieldEvent<?, ?> step(Object sent) {
      if (steps++ == 0) {
        Thread.currentThread().interrupt();
        return Task.yield();
      }
      trace.add("step " + Thread.currentThread().isInterrupted());
      return null;
    }
  }

  private void awaitCancellation(Awaiter co) throws Exception {
    try {
      co.await(new Promise<>());
    } catch (Cancelled c) {
      trace.add(c.reason());
      throw c;
    }
  }
}
