package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Interrupts and unparks of a task's thread: they end waits of the JDK, and no wait of ours. */
@ParameterizedClass
@MethodSource("engines")
class InterruptAndUnparkTest {
  @Parameter Engine engine;

  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

  static Stream<Engine> engines() {
    return Kind.engines().stream();
  }

  private Scheduler scheduler() {
    return new Kind(Kind.Style.THREAD, engine).scheduler();
  }

  private static void yields(int times) {
    for (int i = 0; i < times; i++) {
      Task.await(Task.yield());
    }
  }

  @Test
  void anInterruptEndsAJdkSleepOfATask() throws Exception {
    try (Scheduler scheduler = scheduler()) {
      Promise<Thread> thread = new Promise<>();
      scheduler.spawn(
          "sleeper",
          () -> {
            var _ = thread.complete(Thread.currentThread());
            assertThatThrownBy(() -> new CountDownLatch(1).await())
                .isInstanceOf(InterruptedException.class);
            trace.add("interrupted");
          });
      scheduler.spawn(
          "interrupter",
          () -> {
            Thread sleeper = Task.await(thread);
            Foreign.run(
                () -> {
                  Until.blocked(sleeper);
                  sleeper.interrupt();
                });
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("interrupted");
  }

  @Test
  void anInterruptOfATaskSuspendedAtAYieldIsKeptAndResumesNothing() {
    try (Scheduler scheduler = scheduler()) {
      Promise<String> promise = new Promise<>();
      Promise<Thread> thread = new Promise<>();
      Task<Void> waiter =
          scheduler.spawn(
              "waiter",
              () -> {
                var _ = thread.complete(Thread.currentThread());
                trace.add(Task.await(promise));
                trace.add("interrupted: " + Thread.interrupted());
                Task.await(Task.yield());
                trace.add("interrupted: " + Thread.interrupted());
              });
      scheduler.spawn(
          "interrupter",
          () -> {
            Thread suspended = Task.await(thread);
            Foreign.run(suspended::interrupt);
            yields(200);
            assertThat(waiter.state()).isEqualTo(Task.State.WAITING);
            var _ = promise.complete("resumed");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("resumed", "interrupted: true", "interrupted: false");
  }

  @Test
  void aTaskThatYieldsWhileItIsInterruptedGoesOnYielding() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "interrupted",
          () -> {
            Thread.currentThread().interrupt();
            yields(100);
            trace.add("interrupted: " + Thread.interrupted());
          });
      int[] turns = new int[1];
      scheduler.spawn(
          "other",
          () -> {
            while (trace.isEmpty()) {
              turns[0]++;
              Task.await(Task.yield());
            }
          });
      scheduler.run();
      assertThat(turns[0]).isBetween(95, 105);
    }
    assertThat(trace).containsExactly("interrupted: true");
  }

  @Test
  void anUnparkOfATaskSuspendedAtAYieldResumesNothing() {
    try (Scheduler scheduler = scheduler()) {
      Promise<String> promise = new Promise<>();
      Promise<Thread> thread = new Promise<>();
      Task<Void> waiter =
          scheduler.spawn(
              "waiter",
              () -> {
                var _ = thread.complete(Thread.currentThread());
                trace.add(Task.await(promise));
              });
      scheduler.spawn(
          "unparker",
          () -> {
            Thread suspended = Task.await(thread);
            for (int i = 0; i < 50; i++) {
              Foreign.run(() -> LockSupport.unpark(suspended));
              LockSupport.unpark(suspended);
              Task.await(Task.yield());
              assertThat(waiter.state()).isEqualTo(Task.State.WAITING);
            }
            var _ = promise.complete("resumed");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("resumed");
  }

  @Test
  void anUnparkOfATaskInParkResumesItFromAForeignThreadAndFromATask() {
    try (Scheduler scheduler = scheduler()) {
      for (boolean foreign : new boolean[] {true, false}) {
        boolean[] go = new boolean[1];
        Promise<Thread> thread = new Promise<>();
        Task<Void> parked =
            scheduler.spawn(
                "parked",
                () -> {
                  var _ = thread.complete(Thread.currentThread());
                  while (!go[0]) {
                    LockSupport.park();
                  }
                  trace.add("unparked");
                });
        scheduler.spawn(
            "unparker",
            () -> {
              Thread target = Task.await(thread);
              while (parked.state() != Task.State.WAITING) {
                Task.await(Task.yield());
              }
              go[0] = true;
              if (foreign) {
                Foreign.run(() -> LockSupport.unpark(target));
              } else {
                LockSupport.unpark(target);
              }
            });
      }
      scheduler.run();
    }
    assertThat(trace).containsExactly("unparked", "unparked");
  }
}
