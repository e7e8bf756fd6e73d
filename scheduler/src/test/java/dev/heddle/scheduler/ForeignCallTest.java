package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** O2: {@code Scheduler.call} from a foreign thread, and {@code runInside}, which it stands on. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ForeignCallTest {
  @Parameter Kind kind;

  private final List<Object> trace = Collections.synchronizedList(new ArrayList<>());

  /** A task that keeps the scheduler running until the foreign thread is through. */
  private void runBeside(Scheduler scheduler, Foreign.Action action) throws Exception {
    Promise<Void> end = new Promise<>();
    kind.spawn(scheduler, "keeps it running", co -> co.await(end));
    FutureTask<Void> foreign =
        Foreign.start(
            "caller",
            () -> {
              try {
                action.run();
              } finally {
                var _ = end.complete(null);
              }
            });
    scheduler.run();
    var _ = Foreign.get(foreign);
  }

  @Test
  void aForeignThreadGetsTheResultOfATask() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<String> word = new Promise<>();
      kind.spawn(scheduler, "speaker", co -> word.complete("word"));
      runBeside(
          scheduler,
          () -> {
            trace.add(scheduler.call(() -> Task.await(word) + " by a thread"));
            trace.add(scheduler.call(co -> co.await(word) + " by " + co.task().name()));
            trace.add(scheduler.call(() -> (Object) scheduler.isInside()));
          });
    }
    assertThat(trace).containsExactly("word by a thread", "word by task-4", true);
  }

  @Test
  void whatTheBodyThrowsArrivesAsItWasThrown() throws Exception {
    IOException failure = new IOException("boom");
    try (Scheduler scheduler = kind.scheduler()) {
      runBeside(
          scheduler,
          () ->
              assertThatThrownBy(
                      () ->
                          scheduler.call(
                              () -> {
                                throw failure;
                              }))
                  .isInstanceOf(ExecutionException.class)
                  .cause()
                  .isSameAs(failure));
    }
  }

  @Test
  @Holds("O2")
  void fromTheInsideItThrowsInsteadOfWaitingForItself() {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            assertThatThrownBy(() -> scheduler.call(() -> 1))
                .isInstanceOf(WrongThreadException.class)
                .hasMessageStartingWith("call on scheduler 'mill'")
                .hasMessageMatching(".*await an event( instead|, or spawn)");
          });
      scheduler.run();
      assertThatThrownBy(() -> scheduler.call(() -> 1))
          .as("its own thread, while it does not run")
          .isInstanceOf(WrongThreadException.class)
          .hasMessageContaining("which is inside of it and would wait for itself");
    }
  }

  @Test
  void aLoopMayNotStandStillForAnother() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      runBeside(
          scheduler,
          () -> {
            try (Scheduler other = kind.scheduler()) {
              other.spawn(
                  new Step<>() {
                    @Override
                    protected YieldEvent<?, ?> step(Object sent) {
                      assertThatThrownBy(() -> scheduler.call(() -> 1))
                          .isInstanceOf(WrongThreadException.class)
                          .hasMessageContaining("would block the thread that carries " + other);
                      return null;
                    }
                  });
              other.run();
            }
          });
    }
  }

  @Test
  void aTaskWithAThreadOfItsOwnMayCallAnotherScheduler() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      runBeside(
          scheduler,
          () -> {
            try (Scheduler other = kind.scheduler()) {
              other.spawn(() -> trace.add(scheduler.call(() -> "there and back")));
              other.run();
            }
          });
    }
    assertThat(trace).containsExactly("there and back");
  }

  @Test
  void anInterruptOfTheCallerCancelsTheTask() throws Exception {
    AtomicReference<Thread> caller = new AtomicReference<>();
    CountDownLatch waits = new CountDownLatch(1);
    try (Scheduler scheduler = kind.scheduler()) {
      var _ =
          Foreign.start(
              "interrupter",
              () -> {
                Until.down(waits);
                Until.blocked(caller.get());
                caller.get().interrupt();
              });
      runBeside(
          scheduler,
          () -> {
            caller.set(Thread.currentThread());
            CountDownLatch cancelled = new CountDownLatch(1);
            assertThatThrownBy(
                    () ->
                        scheduler.call(
                            () -> {
                              try {
                                waits.countDown();
                                return Task.await(Timers.sleep(Duration.ofHours(1)));
                              } catch (Cancelled e) {
                                trace.add(e.reason());
                                cancelled.countDown();
                                throw e;
                              }
                            }))
                .isInstanceOf(InterruptedException.class);
            Until.down(cancelled);
          });
    }
    assertThat(trace).containsExactly("its caller was interrupted");
  }

  @Test
  void anInterruptOfTheCallerEndsATaskThatHasBlockedInTheJdk() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch waits = new CountDownLatch(1);
    AtomicReference<Thread> caller = new AtomicReference<>();
    try (Scheduler scheduler = kind.scheduler()) {
      var _ =
          Foreign.start(
              "interrupter",
              () -> {
                Until.down(waits);
                Until.blocked(caller.get());
                while (never.getCount() > 0) { // what was interrupted early did not yet wait
                  caller.get().interrupt();
                  Thread.onSpinWait();
                }
              });
      runBeside(
          scheduler,
          () -> {
            caller.set(Thread.currentThread());
            CountDownLatch interrupted = new CountDownLatch(1);
            assertThatThrownBy(
                    () ->
                        scheduler.call(
                            () -> {
                              waits.countDown();
                              try {
                                new CountDownLatch(1).await();
                              } finally {
                                interrupted.countDown();
                              }
                              return null;
                            }))
                .isInstanceOf(InterruptedException.class);
            never.countDown();
            while (interrupted.getCount() > 0) {
              Thread.interrupted();
              Thread.onSpinWait();
            }
          });
    }
  }

  @Test
  void aClosedSchedulerRefuses() throws Exception {
    Scheduler scheduler = kind.builder().name("mill").build();
    scheduler.close();
    Foreign.run(
        () ->
            assertThatThrownBy(() -> scheduler.call(() -> 1))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("call on scheduler 'mill': scheduler 'mill' is closed"));
  }

  @Test
  void aCallThatWaitsForARunIsRefusedWhenTheSchedulerIsClosed() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      AtomicReference<Thread> caller = new AtomicReference<>();
      FutureTask<Void> foreign =
          Foreign.start(
              "caller",
              () -> {
                caller.set(Thread.currentThread());
                assertThatThrownBy(() -> scheduler.call(() -> 1))
                    .isInstanceOf(RejectedExecutionException.class);
              });
      Until.true_("the caller is there", () -> caller.get() != null);
      Until.blocked(caller.get());
      scheduler.close();
      var _ = Foreign.get(foreign);
    }
  }

  @Test
  void aCallThatIsUnderWayIsCancelledWhenTheSchedulerIsClosed() throws Exception {
    try (Scheduler scheduler = kind.builder().name("mill").build()) {
      runBeside(
          scheduler,
          () ->
              assertThatThrownBy(
                      () ->
                          scheduler.call(
                              () -> {
                                scheduler.close();
                                return Task.await(Timers.sleep(Duration.ofHours(1)));
                              }))
                  .isInstanceOf(CancellationException.class)
                  .hasMessage("call on scheduler 'mill': scheduler 'mill' is closed"));
    }
  }

  /** The task is left behind, with a warning; who waits for it is not. */
  @Test
  void aCallWhoseTaskDoesNotEndAtTheCloseEndsAllTheSame() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicLong now = new AtomicLong(); // of the second that a task has to end
    try (Scheduler scheduler = kind.builder().clock(now::get).build()) {
      runBeside(
          scheduler,
          () ->
              assertThatThrownBy(
                      () ->
                          scheduler.call(
                              () -> {
                                scheduler.close();
                                boolean down = false;
                                while (!down) {
                                  try {
                                    release.await();
                                    down = true;
                                  } catch (InterruptedException e) {
                                    trace.add("interrupted");
                                    now.set(TimeUnit.SECONDS.toNanos(2));
                                  }
                                }
                                return null;
                              }))
                  .isInstanceOf(CancellationException.class));
    } finally {
      release.countDown();
    }
    assertThat(trace).containsExactly("interrupted");
  }

  @Test
  void callsAndACloseAtOnceAllComeToAnEnd() throws Exception {
    for (int round = 0; round < 100; round++) {
      AtomicInteger ended = new AtomicInteger();
      List<FutureTask<Void>> callers = new ArrayList<>();
      int spins = round * 20;
      try (Scheduler scheduler = kind.scheduler()) {
        CountDownLatch running = new CountDownLatch(1);
        for (int i = 0; i < 3; i++) {
          callers.add(
              Foreign.start(
                  "caller " + i,
                  () -> {
                    Until.down(running);
                    try {
                      while (true) {
                        assertThat(scheduler.call(() -> 1)).isEqualTo(1);
                      }
                    } catch (RejectedExecutionException | CancellationException e) {
                      ended.incrementAndGet();
                    }
                  }));
        }
        kind.spawn(
            scheduler.daemons(),
            "closer",
            co -> {
              running.countDown();
              for (int i = 0; i < spins; i++) {
                co.await(Task.yield());
              }
            });
        scheduler.run();
      }
      for (FutureTask<Void> caller : callers) {
        var _ = Foreign.get(caller);
      }
      assertThat(ended).hasValue(3);
    }
  }

  @Test
  void whatIsRunInsideWakesTasksFromAnyThread() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      runBeside(
          scheduler,
          () -> {
            CountDownLatch ran = new CountDownLatch(1);
            boolean taken =
                scheduler.runInside(
                    () -> {
                      trace.add(scheduler.isInside());
                      ran.countDown();
                    });
            assertThat(taken).isTrue();
            Until.down(ran);
          });
      kind.spawn(
          scheduler,
          "task",
          co -> {
            assertThat(scheduler.runInside(() -> trace.add("at once"))).isTrue();
            trace.add("then");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(true, "at once", "then");
  }

  @Test
  void whatIsHandedInIsRunOrRefused() throws Exception {
    for (int round = 0; round < 200; round++) {
      AtomicInteger taken = new AtomicInteger();
      AtomicInteger ran = new AtomicInteger();
      Scheduler scheduler = kind.scheduler();
      CountDownLatch started = new CountDownLatch(1);
      FutureTask<Void> sender =
          Foreign.start(
              "sender",
              () -> {
                while (scheduler.runInside(ran::incrementAndGet)) {
                  taken.incrementAndGet();
                  started.countDown();
                }
              });
      Until.down(started);
      scheduler.close();
      var _ = Foreign.get(sender);
      assertThat(ran.get()).isEqualTo(taken.get());
    }
  }
}
