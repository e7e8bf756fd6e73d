package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Who hears of work that fails when its caller does not wait any more: promise Y4. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class WorkFailureTest {
  @Parameter Kind kind;

  private final List<String> reports = new ArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);

  private String fails() throws Exception {
    begun.countDown();
    gate.await();
    throw new IOException("disk full");
  }

  private String failsWhenInterrupted() throws Exception {
    begun.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IOException("could not clean up", e);
    }
    return "never";
  }

  private void run(CancelPolicy policy, Callable<String> work, boolean endsBeforeTheCancel) {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler =
            kind.builder()
                .failureReporter((what, thrown) -> reports.add(what + ": " + thrown.getMessage()))
                .build()) {
      Task<?> caller = kind.spawn(scheduler, "caller", co -> co.await(pool.apply(work, policy)));
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            while (begun.getCount() > 0) {
              co.await(Task.yield());
            }
            if (endsBeforeTheCancel) {
              gate.countDown();
              while (!pool.toString().contains("(0 running")) {
                Thread.onSpinWait(); // the loop stands still: it cannot hear of the end
              }
            }
            caller.cancel("enough");
            gate.countDown();
            while (reports.isEmpty()) {
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
  }

  @Test
  @Holds("Y4")
  void workThatFailedJustBeforeItsCallerWasCancelledIsReported() {
    run(CancelPolicy.ABANDON, this::fails, true);
    assertThat(reports).containsExactly("work in pool 'p': disk full");
  }

  @Test
  @Holds("Y4")
  void abandonedWorkThatFailsLaterIsReported() {
    run(CancelPolicy.ABANDON, this::fails, false);
    assertThat(reports).containsExactly("work in pool 'p': disk full");
  }

  @Test
  @Holds("Y4")
  void interruptedWorkThatFailsByMoreThanTheInterruptIsReported() {
    run(CancelPolicy.INTERRUPT, this::failsWhenInterrupted, false);
    assertThat(reports).containsExactly("work in pool 'p': could not clean up");
  }
}
