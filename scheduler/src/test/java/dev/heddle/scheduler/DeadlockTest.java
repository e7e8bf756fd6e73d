package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.fixtures.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** S9: when nothing can ever run again the run fails with an explanation; it never hangs. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class DeadlockTest {
  @Parameter Kind kind;

  private final List<String> trace = new ArrayList<>();

  @Test
  @Holds("S9")
  void theMessageListsTheWaitingTasksAndWhatTheyWaitFor() {
    VirtualTime time = new VirtualTime();
    try (Scheduler scheduler = kind.builder().name("mill").clock(time).poller(time).build()) {
      Task<?>[] task = new Task<?>[2];
      task[0] = kind.spawn(scheduler, "hen", co -> join(co, task[1]));
      task[1] = kind.spawn(scheduler, "egg", co -> join(co, task[0]));
      kind.spawn(scheduler.daemons(), "farmer", co -> co.await(new Inside("the harvest")));
      assertThatThrownBy(scheduler::run)
          .isInstanceOf(DeadlockException.class)
          .extracting(DeadlockTest::withoutPlaces)
          .isEqualTo(
              """
              scheduler 'mill': 3 tasks wait and nothing can wake them.
              Two tasks wait for each other:
                task 'hen' waits for the end of task 'egg', for 0 ms
                task 'egg' waits for the end of task 'hen', for 0 ms
              Waits that no known task can end:
                task 'farmer' waits for the harvest, for 0 ms\
              """);
    }
  }

  /** The places differ from kind to kind. */
  private static String withoutPlaces(Throwable thrown) {
    return thrown
        .getMessage()
        .lines()
        .filter(line -> !line.contains(" at "))
        .filter(line -> !line.startsWith("(If another thread")) // see ExplanationTest
        .collect(Collectors.joining("\n"));
  }

  private static void join(Awaiter co, Task<?> task) throws Exception {
    var _ = co.await(task.join());
  }

  @Test
  void aSingleWaiterIsOneTask() {
    VirtualTime time = new VirtualTime();
    try (Scheduler scheduler = kind.builder().name("mill").clock(time).poller(time).build()) {
      kind.spawn(scheduler, "alone", co -> co.await(new Inside("godot")));
      assertThatThrownBy(scheduler::run)
          .extracting(DeadlockTest::withoutPlaces)
          .isEqualTo(
              """
              scheduler 'mill': 1 task waits and nothing can wake it.
              Waits that no known task can end:
                task 'alone' waits for godot, for 0 ms\
              """);
    }
  }

  @Test
  void theWaitersWaitOnAndTheRunMayBeTriedAgain() {
    Inside godot = new Inside("godot");
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "waiter",
          co -> {
            co.await(godot);
            trace.add("he came");
          });
      assertThatThrownBy(scheduler::run).isInstanceOf(DeadlockException.class);
      assertThatThrownBy(scheduler::run).isInstanceOf(DeadlockException.class);
      kind.spawn(scheduler, "godot", co -> godot.come());
      scheduler.run();
    }
    assertThat(trace).containsExactly("he came");
  }

  @Test
  void closingAfterADeadlockRunsTheFinallyBlocks() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "waiter",
          co -> {
            try {
              co.await(new Inside("godot"));
            } finally {
              trace.add("gone home");
            }
          });
      assertThatThrownBy(scheduler::run).isInstanceOf(DeadlockException.class);
    }
    assertThat(trace).containsExactly("gone home");
  }

  @Test
  void waitingForeverDaemonsAloneAreNoDeadlock() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler.daemons(), "daemon", co -> co.await(new Inside("godot")));
      kind.spawn(scheduler, "task", co -> co.await(Task.yield()));
      scheduler.run();
    }
  }

  @Test
  void aTimerIsNoDeadlock() {
    VirtualTime time = new VirtualTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Inside godot = new Inside("godot");
      kind.spawn(scheduler, "waiter", co -> co.await(godot));
      kind.spawn(
          scheduler,
          "godot",
          co -> {
            co.await(Timers.sleep(Duration.ofDays(1)));
            godot.come();
          });
      scheduler.run();
    }
  }

  @Test
  void aWaitForIoIsNoDeadlock() {
    VirtualTime time = new VirtualTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(scheduler, "reader", co -> co.await(time.readyAt(Duration.ofDays(1))));
      scheduler.run();
    }
  }

  @Test
  void aPromiseMayBeCompletedFromOutsideAndIsNoDeadlock() throws Exception {
    Promise<String> promise = new Promise<>();
    try (Scheduler scheduler = kind.scheduler()) {
      Inside godot = new Inside("godot");
      kind.spawn(scheduler, "waits for who never comes", co -> co.await(godot));
      kind.spawn(
          scheduler,
          "waits for the promise",
          co -> {
            trace.add(co.await(promise));
            godot.come();
          });
      Thread loop = Thread.currentThread();
      Thread foreign =
          new Thread(
              () -> {
                Until.blocked(loop); // the run sleeps, or its caller waits for it
                var _ = promise.complete("kept");
              });
      foreign.start();
      scheduler.run();
      Until.ended(foreign);
    }
    assertThat(trace).containsExactly("kept");
  }

  @Test
  void aBlockedCallOfTheJdkMayEndAndIsNoDeadlock() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    try (Scheduler scheduler = kind.scheduler()) {
      Inside godot = new Inside("godot");
      kind.spawn(scheduler, "waits for who comes late", co -> co.await(godot));
      scheduler.spawn(
          "blocks in the JDK",
          () -> {
            Until.down(latch);
            var _ = godot.come();
          });
      Thread loop = Thread.currentThread();
      Thread foreign =
          new Thread(
              () -> {
                Until.blocked(loop);
                latch.countDown();
              });
      foreign.start();
      scheduler.run();
      Until.ended(foreign);
    }
  }

  @Test
  void workHandedInAtTheLastMomentIsNoDeadlock() {
    VirtualTime time = new VirtualTime();
    Inside godot = new Inside("godot");
    Scheduler[] scheduler = new Scheduler[1];
    boolean[] came = new boolean[1];
    Poller poller =
        new Poller() {
          @Override
          public void poll(long timeoutNanos) {}

          @Override
          public void wakeup() {}

          @Override
          public boolean hasWaiters() {
            if (!came[0]) { // what another thread may do between the loop's last two questions
              came[0] = true;
              scheduler[0].post(godot::come);
            }
            return false;
          }

          @Override
          public void close() {}
        };
    scheduler[0] = kind.builder().clock(time).poller(poller).build();
    try (Scheduler s = scheduler[0]) {
      kind.spawn(s, "waiter", co -> co.await(godot));
      s.run();
    }
  }

  /** Only another task can wake it. */
  private static final class Inside extends YieldEvent<Void, RuntimeException> {
    private final String what;
    private Waiter waiter;

    Inside(String what) {
      this.what = what;
    }

    Void come() {
      wake(waiter, null);
      return null;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      waiter = task;
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return true;
    }

    @Override
    public String describe() {
      return what;
    }
  }
}
