package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.fixtures.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** S8: closing the scheduler wakes its waiters; none is left waiting. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ClosingTest {
  @Parameter Kind kind;

  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

  private void waiter(Scheduler scheduler, String name) {
    kind.spawn(
        scheduler,
        name,
        co -> {
          try {
            co.await(new Promise<>());
          } catch (Cancelled c) {
            trace.add(name + ": " + c.reason());
            throw c;
          } finally {
            trace.add(name + " cleaned up");
          }
        });
  }

  private static Void close(Scheduler scheduler) {
    scheduler.close();
    return null;
  }

  @Test
  @Holds("S8")
  void closingFromATaskWakesTheWaitersAndEndsTheRun() {
    Scheduler scheduler = kind.builder().name("mill").build();
    waiter(scheduler, "first");
    waiter(scheduler, "second");
    kind.spawn(
        scheduler,
        "closer",
        co -> {
          close(scheduler);
          trace.add("closer goes on");
        });
    scheduler.run();
    assertThat(trace)
        .containsExactly(
            "closer goes on",
            "first: scheduler 'mill' is closed",
            "first cleaned up",
            "second: scheduler 'mill' is closed",
            "second cleaned up");
    assertThat(scheduler.tasks()).isEmpty();
  }

  @Test
  void closingFromAnotherThreadWakesASleepingRun() throws Exception {
    Scheduler scheduler = kind.scheduler();
    waiter(scheduler, "waiter");
    CountDownLatch running = new CountDownLatch(1);
    kind.spawn(scheduler, "starter", co -> running.countDown());
    Thread loop = Thread.currentThread();
    var closer =
        Foreign.start(
            "closer",
            () -> {
              Until.down(running);
              Until.blocked(loop);
              scheduler.close();
            });
    scheduler.run();
    var _ = Foreign.get(closer);
    assertThat(trace).contains("waiter cleaned up");
  }

  @Test
  void closingWhileItDoesNotRunLetsTheTasksCleanUp() {
    Scheduler scheduler = kind.scheduler();
    kind.spawn(scheduler, "quick", co -> trace.add("quick"));
    waiter(scheduler, "waiter");
    assertThatNoMoreThanCloses(scheduler);
    assertThat(trace).contains("quick", "waiter cleaned up");
  }

  private static void assertThatNoMoreThanCloses(Scheduler scheduler) {
    scheduler.close();
    scheduler.close(); // does nothing
  }

  @Test
  void closingFromAThreadThatNeverRanItIsAllowed() throws Exception {
    Scheduler scheduler = kind.scheduler();
    waiter(scheduler, "waiter");
    Foreign.run(scheduler::close);
    assertThat(trace).contains("waiter cleaned up");
  }

  @Test
  void cleaningUpMayAwaitNothingButIsNotCutOff() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "cleaner",
          co -> {
            try {
              co.await(new Promise<>());
            } finally {
              for (int i = 0; i < 3; i++) {
                try {
                  co.await(Task.yield());
                } catch (Cancelled c) {
                  trace.add("cleaning " + i);
                }
              }
            }
          });
      kind.spawn(scheduler, "closer", co -> close(scheduler));
      scheduler.run();
    }
    assertThat(trace).containsExactly("cleaning 0", "cleaning 1", "cleaning 2");
  }

  @Test
  void nothingIsSpawnedOrRunOrExecutedOnceItIsClosed() {
    Scheduler scheduler = kind.builder().name("mill").build();
    scheduler.close();
    assertThatThrownBy(() -> kind.spawn(scheduler, "late", co -> trace.add("never")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("scheduler 'mill' is closed; nothing can be spawned");
    assertThatThrownBy(scheduler::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("scheduler 'mill' is closed; it cannot run again");
    assertThatThrownBy(() -> scheduler.execute(() -> trace.add("never")))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("scheduler 'mill' is closed");
    assertThat(trace).isEmpty();
  }

  @Test
  void aTaskMayNotSpawnWhileItsSchedulerCloses() {
    Scheduler scheduler = kind.scheduler();
    kind.spawn(
        scheduler,
        "spawner",
        co -> {
          close(scheduler);
          assertThatThrownBy(() -> kind.spawn(scheduler, "late", late -> {}))
              .isInstanceOf(IllegalStateException.class);
          trace.add("through");
        });
    scheduler.run();
    assertThat(trace).containsExactly("through");
  }

  @Test
  void aTaskThatRefusesToEndDoesNotKeepTheSchedulerFromClosing() {
    VirtualTime time = new VirtualTime();
    Scheduler scheduler = kind.scheduler(time);
    boolean[] over = new boolean[1];
    Task<?> stubborn =
        kind.spawn(
            scheduler,
            "stubborn",
            co -> {
              while (!over[0]) {
                try {
                  co.await(Task.yield());
                } catch (Cancelled c) {
                  time.advance(Duration.ofMillis(10)); // and again
                }
              }
            });
    waiter(scheduler, "waiter");
    scheduler.close();
    assertThat(trace).contains("waiter cleaned up");
    assertThat(stubborn.isDone()).isFalse();
    over[0] = true;
  }

  /** As on a machine that stands still meanwhile, or where very many tasks are cancelled. */
  @Test
  @Holds("S8")
  void tasksCleanUpAlsoWhenTheSecondIsOverBeforeTheirFirstTurn() {
    VirtualTime time = new VirtualTime();
    CustomEvent takesLongToUndo =
        new CustomEvent() {
          @Override
          protected boolean undo(Scheduler scheduler, Waiter waiter) {
            time.advance(Duration.ofSeconds(2));
            return true;
          }
        };
    Scheduler scheduler = kind.scheduler(time);
    kind.spawn(
        scheduler,
        "cleaner",
        co -> {
          try {
            co.await(takesLongToUndo);
          } finally {
            try (var _ = CancelScope.shielded()) {
              for (int i = 0; i < 3; i++) {
                co.await(Task.yield());
                trace.add("cleaning " + i);
              }
            }
          }
        });
    kind.spawn(scheduler, "closer", co -> close(scheduler));
    scheduler.run();
    assertThat(trace).containsExactly("cleaning 0", "cleaning 1", "cleaning 2");
  }

  @Test
  void aTaskThatWaitsForWhatCannotBeUndoneIsLeftBehindAfterASecond() {
    VirtualTime time = new VirtualTime();
    Scheduler scheduler = kind.scheduler(time);
    long start = time.nanoTime();
    Task<?> task =
        kind.spawn(
            scheduler,
            "waits on",
            co ->
                co.await(
                    new YieldEvent<Void, RuntimeException>() {
                      @Override
                      protected void handleYield(Scheduler s, Waiter t) {}

                      @Override
                      protected boolean handleCancel(Scheduler s, Waiter t) {
                        return false;
                      }

                      @Override
                      public String describe() {
                        return "the end of all days";
                      }
                    }));
    kind.spawn(scheduler, "closer", co -> close(scheduler));
    scheduler.run();
    assertThat(task.isDone()).isFalse();
    assertThat(time.nanoTime() - start).isEqualTo(Duration.ofSeconds(1).toNanos());
    assertThat(time.isClosed()).isTrue();
  }

  @Test
  void aTaskBlockedInTheJdkIsInterruptedByTheClose() throws Exception {
    Scheduler scheduler = kind.builder().clock(() -> 0).build(); // else its thread has a second
    CountDownLatch blocking = new CountDownLatch(1);
    scheduler.spawn(
        "blocked",
        () -> {
          blocking.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            trace.add("interrupted");
          }
        });
    Thread loop = Thread.currentThread();
    var closer =
        Foreign.start(
            "closer",
            () -> {
              Until.down(blocking);
              Until.blocked(loop);
              scheduler.close();
            });
    scheduler.run();
    var _ = Foreign.get(closer);
    assertThat(trace).containsExactly("interrupted");
  }

  /** A run that ends by an exception has not seen that somebody closed the scheduler meanwhile. */
  @Test
  void aCloseDuringARunThatFailsStillCancelsTheTasks() {
    VirtualTime time = new VirtualTime();
    Scheduler[] scheduler = new Scheduler[1];
    boolean[] pollerClosed = new boolean[1];
    Poller poller =
        new Poller() {
          @Override
          public void poll(long timeoutNanos) {}

          @Override
          public void wakeup() {}

          @Override
          public boolean hasWaiters() {
            scheduler[0].close(); // as another thread may at this very moment
            return false;
          }

          @Override
          public void close() {
            pollerClosed[0] = true;
          }
        };
    scheduler[0] = kind.builder().clock(time).poller(poller).build();
    kind.spawn(
        scheduler[0],
        "waiter",
        co -> {
          try {
            co.await(new OnlyInside());
          } finally {
            trace.add("cleaned up");
          }
        });
    try {
      scheduler[0].run();
    } catch (DeadlockException e) {
      // it may say so, if it cleans up all the same
    }
    assertThat(trace).containsExactly("cleaned up");
    assertThat(pollerClosed[0]).isTrue();
  }

  private static final class OnlyInside extends YieldEvent<Void, RuntimeException> {
    @Override
    protected void handleYield(Scheduler s, Waiter t) {}

    @Override
    protected boolean handleCancel(Scheduler s, Waiter t) {
      return true;
    }

    @Override
    public String describe() {
      return "who never comes";
    }
  }

  @Test
  void runningAndClosingAtOnceEndInAClosedSchedulerWhicheverIsFirst() throws Exception {
    for (int i = 0; i < 300; i++) {
      trace.clear();
      Scheduler scheduler = kind.scheduler();
      waiter(scheduler, "waiter");
      CountDownLatch start = new CountDownLatch(1);
      var closer =
          Foreign.start(
              "closer",
              () -> {
                start.countDown();
                scheduler.close();
              });
      Until.down(start);
      try {
        scheduler.run();
      } catch (IllegalStateException closedOrClosing) {
        assertThat(closedOrClosing).hasMessageMatching(".*(closed; it cannot|runs already).*");
      }
      var _ = Foreign.get(closer);
      assertThat(trace).contains("waiter cleaned up");
    }
  }

  @Test
  void anEndOfARunAndACloseAtOnceDoNotTouchEachOther() throws Exception {
    for (int i = 0; i < 300; i++) {
      trace.clear();
      Scheduler scheduler = kind.scheduler();
      kind.spawn(
          scheduler.daemons(),
          "daemon",
          co -> {
            try {
              co.await(new Promise<>());
            } finally {
              assertThat(scheduler.isInside()).isTrue();
              trace.add("daemon cleaned up");
            }
          });
      CountDownLatch start = new CountDownLatch(1);
      kind.spawn(scheduler, "starter", co -> start.countDown());
      var closer =
          Foreign.start(
              "closer",
              () -> {
                Until.down(start);
                scheduler.close();
              });
      scheduler.run();
      var _ = Foreign.get(closer);
      assertThat(trace).containsExactly("daemon cleaned up");
    }
  }
}
