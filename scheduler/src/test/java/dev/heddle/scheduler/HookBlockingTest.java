package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hooks run on the body's own stack, so they may block in the JDK as the body may (a selector's
 * lock, a class that another thread is loading). Meanwhile the others run, and may wake or cancel
 * the task whose hook is not through.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#stackful")
class HookBlockingTest {
  @Parameter Kind kind;

  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

  private static final class Slow extends YieldEvent<String, RuntimeException> {
    private final CountDownLatch through = new CountDownLatch(1);
    private Waiter waiter;
    private boolean undone;

    Void deliver(String value) {
      wake(waiter, value);
      return null;
    }

    Void ready() {
      wakeToResume(waiter);
      return null;
    }

    @Override
    protected void handleResume(Scheduler scheduler, Waiter task) {
      wake(task, "work done");
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      waiter = task;
      try {
        Until.down(through);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      undone = true;
      return true;
    }

    @Override
    public String describe() {
      return "something slow to begin";
    }
  }

  @Test
  void aWakeWhileTheHookIsBlockedIsNotLost() {
    Slow slow = new Slow();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "waiter", co -> trace.add(co.await(slow)));
      kind.spawn(
          scheduler,
          "waker",
          co -> {
            while (slow.waiter == null) {
              co.await(Task.yield());
            }
            try {
              slow.deliver("delivered");
            } finally {
              slow.through.countDown();
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("delivered");
  }

  @Test
  void aCancellationWhileTheHookIsBlockedIsNotLost() {
    Slow slow = new Slow();
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> waiter = kind.spawn(scheduler, "waiter", co -> trace.add(co.await(slow)));
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            while (slow.waiter == null) {
              co.await(Task.yield());
            }
            assertThat(waiter.cancel("enough")).isTrue();
            slow.through.countDown();
          });
      scheduler.run();
      assertThat(waiter.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).isEmpty();
    assertThat(slow.undone).isTrue();
  }

  @Test
  void aWakeToResumeWhileTheHookIsBlockedIsNotLost() {
    Slow slow = new Slow();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "waiter", co -> trace.add(co.await(slow)));
      kind.spawn(
          scheduler,
          "waker",
          co -> {
            while (slow.waiter == null) {
              co.await(Task.yield());
            }
            slow.ready();
            slow.through.countDown();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("work done");
  }
}
