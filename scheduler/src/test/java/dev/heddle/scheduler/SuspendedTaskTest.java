package dev.heddle.scheduler;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The coroutine of a waiting task tells at which line it waits, whatever the style. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#engines")
class SuspendedTaskTest {
  @Parameter Engine engine;

  private static int here() {
    return new Throwable().getStackTrace()[1].getLineNumber();
  }

  private static List<Integer> lines(Task<?> task) {
    return frames(task).stream().map(StackTraceElement::getLineNumber).toList();
  }

  private static List<StackTraceElement> frames(Task<?> task) {
    return task.coroutine.suspendedAt();
  }

  private static final class Pause extends YieldEvent<Object, RuntimeException> {
    Waiter paused;

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      paused = task;
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return true;
    }

    @Override
    public String describe() {
      return "a pause";
    }

    void end() {
      wake(paused, null);
    }
  }

  private interface Spawn {
    void spawn(Scheduler scheduler, Pause pause);
  }

  /** Runs until the task waits, and asks it then. */
  private List<Integer> linesWhileItWaits(Spawn spawn) {
    Pause pause = new Pause();
    List<List<Integer>> asked = new java.util.ArrayList<>();
    try (Scheduler scheduler = Scheduler.builder().engine(engine).build()) {
      spawn.spawn(scheduler, pause);
      scheduler.spawn(
          co -> {
            co.await(Task.yield());
            asked.add(lines(pause.paused.task()));
            pause.end();
          });
      scheduler.run();
    }
    return asked.getFirst();
  }

  @Test
  void aWovenTaskTellsTheLineOfItsAwait() {
    int line = here();
    assertThat(
            linesWhileItWaits(
                (scheduler, pause) ->
                    scheduler.spawn(
                        co -> {
                          co.await(pause);
                        })))
        .containsExactly(line + 6);
  }

  @Test
  void aTaskInThreadStyleTellsTheWayToItsAwait() {
    int line = here();
    assertThat(
            linesWhileItWaits(
                (scheduler, pause) ->
                    scheduler.spawn(
                        () -> {
                          deeper(pause);
                        })))
        .endsWith(line + 6)
        .hasSize(2);
  }

  private static void deeper(Pause pause) {
    await(pause);
  }

  @Test
  void aTaskThatIsNotWovenTellsTheWayToItsAwait() {
    int line = here();
    assertThat(
            linesWhileItWaits(
                (scheduler, pause) ->
                    scheduler.submit(
                        co -> {
                          return deeper(co, pause);
                        })))
        .endsWith(line + 6)
        .hasSize(2);
  }

  private static Object deeper(Awaiter co, Pause pause) {
    return co.await(pause);
  }

  @Test
  void aStepDoesNotKnow() {
    assertThat(
            linesWhileItWaits(
                (scheduler, pause) ->
                    scheduler.spawn(
                        new Step<>() {
                          private boolean begun;

                          @Override
                          protected YieldEvent<?, ?> step(Object sent) {
                            boolean first = !begun;
                            begun = true;
                            return first ? pause : null;
                          }
                        })))
        .isEmpty();
  }

  @Test
  void aTaskThatHasBlockedInTheJdkTellsTheLineOfTheCall() {
    CountDownLatch latch = new CountDownLatch(1);
    try (Scheduler scheduler = Scheduler.builder().engine(engine).build()) {
      int line = here();
      Task<?> blocks =
          scheduler.spawn(
              () -> {
                latch.await();
              });
      scheduler.spawn(
          co -> {
            while (!(blocks.waitingFor() instanceof Body.BlockedInJdk)) {
              co.await(Task.yield());
            }
            assertThat(lines(blocks)).containsExactly(line + 4);
            latch.countDown();
          });
      scheduler.run();
    }
  }
}
