package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A close by another thread comes between any two steps: check and act are one step. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
@Holds("Y8")
class ClosingRaceTest {
  @Parameter Kind kind;

  private final ConcurrentLinkedQueue<Object> trace = new ConcurrentLinkedQueue<>();

  private Scheduler scheduler() {
    return kind.builder().failureReporter((name, thrown) -> trace.add(thrown)).build();
  }

  @Test
  void aTaskThatSpawnsAfterAnotherThreadHasClosedSpawnsWhatIsCancelledWithIt() {
    Scheduler scheduler = scheduler();
    kind.spawn(
        scheduler,
        "parent",
        co -> {
          {
            Thread _ = Thread.ofPlatform().start(scheduler::close);
            while (!scheduler.isClosed()) { // to block would let the loop go on
              Thread.onSpinWait();
            }
            trace.add(
                kind.spawn(
                    scheduler,
                    "child",
                    turn -> {
                      turn.await(Task.yield());
                      trace.add("went on");
                    }));
          }
        });
    scheduler.run();
    assertThat(trace).hasSize(1);
    assertThat(((Task<?>) trace.element()).state()).isEqualTo(Task.State.CANCELLED);
  }

  @Test
  void aTaskThatHasClosedItsSchedulerItselfCannotSpawn() {
    Scheduler scheduler = scheduler();
    kind.spawn(
        scheduler,
        "parent",
        co -> {
          scheduler.close();
          assertThatThrownBy(() -> kind.spawn(scheduler, "child", turn -> {}))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("is closed; nothing can be spawned");
        });
    scheduler.run();
    assertThat(trace).isEmpty();
  }

  @Test
  void aFirstRunThatAnotherThreadHasClosedBeforeReturns() throws Exception {
    Scheduler scheduler = scheduler();
    kind.spawn(
        scheduler,
        "task",
        co -> {
          co.await(Task.yield());
          trace.add("went on");
        });
    Foreign.run(
        () -> {
          scheduler.close();
        });
    scheduler.run();
    assertThat(trace).isEmpty();
    Scheduler own = scheduler();
    own.close();
    assertThatThrownBy(own::run).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whoeverCallsOrExecutesWhileItIsClosedIsToldAndTheRunReturns() throws Exception {
    for (int round = 0; round < 60; round++) {
      Scheduler scheduler = scheduler();
      kind.spawn(
          scheduler,
          "main",
          co -> {
            while (true) {
              co.await(Task.yield());
            }
          });
      CountDownLatch begun = new CountDownLatch(3);
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        boolean executes = i == 0;
        callers.add(Thread.ofPlatform().start(() -> use(scheduler, executes, begun)));
      }
      Thread closer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      begun.await();
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                    scheduler.close();
                  });
      scheduler.run();
      closer.join();
      for (Thread caller : callers) {
        caller.join();
      }
    }
    assertThat(trace).isEmpty();
  }

  private void use(Scheduler scheduler, boolean executes, CountDownLatch begun) {
    try {
      while (true) {
        if (executes) {
          scheduler.execute(() -> {});
        }
        int _ = scheduler.call(() -> 1); // so that no backlog grows
        begun.countDown();
      }
    } catch (RejectedExecutionException | CancellationException closed) {
      begun.countDown();
    } catch (Exception thrown) {
      trace.add(thrown);
    }
  }
}
