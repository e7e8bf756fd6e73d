package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Event;
import dev.heddle.sync.Lock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A look at all tasks: from inside, from another thread, and at a loop that is stuck. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class DumpTest {
  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final Lock lock = new Lock("db");

  private Scheduler scheduler() {
    return kind.builder().name("web").clock(time).poller(time).recordSites(true).build();
  }

  private String engine() {
    return kind.style() == Kind.Style.STEP
        ? "step"
        : kind.engine().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The places differ from kind to kind. */
  private static String withoutPlaces(TaskDump dump) {
    return dump.toString()
        .lines()
        .filter(line -> !line.strip().startsWith("at ") && !line.strip().startsWith("acquired at "))
        .collect(Collectors.joining("\n"));
  }

  private void spawnSome(Scheduler scheduler) {
    kind.spawn(
        scheduler,
        "holder",
        co -> {
          co.await(lock.acquire());
          co.await(Timers.sleep(Duration.ofMinutes(10)));
          lock.release();
        });
    kind.spawn(scheduler.daemons(), "waiter", co -> co.await(lock.acquire()));
  }

  @Test
  void fromInsideItShowsEachTaskItsStateWhatItWaitsForAndHowLongAndWhatItHolds() {
    TaskDump[] dump = new TaskDump[1];
    try (Scheduler scheduler = scheduler()) {
      spawnSome(scheduler);
      kind.spawn(
          scheduler,
          "looker",
          co -> {
            co.await(Timers.sleep(Duration.ofSeconds(90)));
            kind.spawn(scheduler, "new", c -> c.await(Task.yield()));
            dump[0] = TaskDump.of(scheduler);
          });
      scheduler.run();
    }
    assertThat(withoutPlaces(dump[0]))
        .isEqualTo(
            """
            scheduler 'web', 4 tasks
              #1 'holder' waits 1 min 30 s for a sleep of PT10M, ENGINE
                  holds lock 'db'
              #2 'waiter' waits 1 min 30 s for lock 'db' held by task 'holder', ENGINE, daemon
              #3 'looker' running, ENGINE
              #4 'new' ready, ENGINE\
            """
                .replace("ENGINE", engine()));
    assertThat(dump[0].caution()).isNull();
    assertThat(dump[0].tasks().get(0).holds().getFirst().acquiredAt()).isNotEmpty();
    assertThat(dump[0].tasks().get(1).at()).isNotEmpty();
    assertThat(dump[0].tasks().get(1).waiting().holders().getFirst().name()).isEqualTo("holder");
    assertThat(dump[0].tasks().get(2).at())
        .isNotEmpty()
        .noneMatch(frame -> frame.getClassName().endsWith("Dump"))
        .noneMatch(frame -> frame.getClassName().endsWith("DumpMaker"));
    assertThat(dump[0].tasks().get(3).at()).isEmpty();
  }

  @Test
  void aCancelledTaskSaysWhy() {
    Event never = new Event("never");
    TaskDump[] dump = new TaskDump[1];
    try (Scheduler scheduler = scheduler()) {
      Task<?> cancelled = kind.spawn(scheduler, "victim", co -> co.await(never.await()));
      kind.spawn(
          scheduler,
          "looker",
          co -> {
            co.await(Task.yield());

            assertThat(cancelled.cancel("enough")).isTrue();
            dump[0] = TaskDump.of(scheduler);
          });
      scheduler.run();
    }
    assertThat(withoutPlaces(dump[0]))
        .contains("#1 'victim' ready, " + engine() + "\n      cancelled: enough\n");
  }

  @Test
  void theTasksOfAGroupStandBelowItsOwnerAndAreCounted() {
    Event never = new Event("never");
    TaskDump[] dump = new TaskDump[1];
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              kind.spawn(group, "child", c -> c.await(never.await()));
              co.await(Task.yield());
              dump[0] = TaskDump.of(scheduler);
              never.set();
              co.await(group.join());
            }
          });
      scheduler.run();
    }
    assertThat(withoutPlaces(dump[0]))
        .isEqualTo(
            """
            scheduler 'web', 2 tasks
              #1 'owner' running, ENGINE
                #2 'child' waits 0 ms for event 'never' to be set, ENGINE\
            """
                .replace("ENGINE", engine()));
  }

  @Test
  void itTellsInHowLongTheDeadlineIsOfTheScopesAroundATask() {
    TaskDump[] dump = new TaskDump[2];
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(
          scheduler,
          "in a hurry",
          co -> {
            try {
              try (var _ = CancelScope.withTimeout(Duration.ofSeconds(90))) {
                dump[0] = TaskDump.of(scheduler);
                time.advance(Duration.ofSeconds(100));
                dump[1] = TaskDump.of(scheduler);
                co.await(Task.yield());
              }
            } catch (TimeoutException e) {
              // the second dump was made after it was due
            }
          });
      scheduler.run();
    }
    assertThat(dump[0].toString()).contains("\n      its deadline is in 1 min 30 s");
    assertThat(dump[1].toString()).contains("\n      its deadline is in 0 ms");
    assertThat(dump[0].tasks().getFirst().deadlineIn()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void fromAnotherThreadTheLoopAnswersAlsoWhileItSleeps() throws Exception {
    Promise<String> end = new Promise<>();
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(scheduler, "waiter", co -> assertThat(co.await(end)).isEqualTo("end"));
      FutureTask<Void> foreign =
          Foreign.start(
              "foreign",
              () -> {
                TaskDump dump;
                do {
                  dump = TaskDump.of(scheduler, Duration.ofSeconds(30));
                } while (dump.caution() != null
                    || dump.tasks().isEmpty()
                    || dump.tasks().getFirst().state() != Task.State.WAITING);
                TaskDump last = dump;
                var _ = end.complete("end");
                assertThat(last.tasks().getFirst().waiting().what()).isEqualTo("a promise");
                assertThat(last.tasks().getFirst().at()).isNotEmpty();
              });
      scheduler.run();
      Foreign.get(foreign);
    }
  }

  @Test
  void ofALoopThatIsStuckItTellsWhatCanBeSeenFromOutsideAndSaysSo() throws Exception {
    try (Scheduler scheduler = scheduler()) {
      spawnSome(scheduler);
      Spin spin = new Spin();
      kind.spawn(scheduler, "stuck", co -> spin.untilReleased());
      FutureTask<TaskDump> foreign =
          new FutureTask<>(
              () -> {
                try {
                  spin.begun.await();
                  return TaskDump.of(scheduler, Duration.ofMillis(1));
                } finally {
                  spin.released = true;
                }
              });
      Thread.ofPlatform().daemon().start(foreign);
      scheduler.run();
      TaskDump dump = Foreign.get(foreign);
      assertThat(dump.caution()).isEqualTo("the loop did not answer within 1 ms");
      assertThat(dump.toString())
          .startsWith(
              "scheduler 'web', 3 tasks\n"
                  + "seen from outside, so perhaps inconsistent: the loop did not answer within");
      assertThat(dump.tasks().get(1).waiting().what()).isEqualTo("lock 'db' held by task 'holder'");
      assertThat(dump.tasks().get(2).state()).isEqualTo(Task.State.RUNNING);
      String step = "ScriptStep.step"; // drives the body on a thread that is not the task's
      assertThat(dump.tasks().get(2).at().toString())
          .contains(kind.style() == Kind.Style.STEP ? step : "Spin.untilReleased");
    }
  }

  /** A turn that does not end by itself. */
  private static final class Spin {
    final CountDownLatch begun = new CountDownLatch(1);
    volatile boolean released;

    void untilReleased() {
      begun.countDown();
      while (!released) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void ofASchedulerThatDoesNotRunAnotherThreadLooksFromOutsideAtOnce() throws Exception {
    try (Scheduler scheduler = scheduler()) {
      kind.spawn(scheduler, "later", co -> co.await(Task.yield()));
      TaskDump own = TaskDump.of(scheduler);
      assertThat(own.caution()).isNull();
      TaskDump foreign = Foreign.call(() -> TaskDump.of(scheduler, Duration.ofDays(1)));
      assertThat(foreign.caution()).isEqualTo("the scheduler did not run");
      assertThat(foreign.tasks()).isEqualTo(own.tasks());
      assertThat(own.tasks().getFirst().state()).isEqualTo(Task.State.READY);
    }
  }

  @Test
  void ofAClosedSchedulerItShowsNoTasks() {
    Scheduler scheduler = scheduler();
    kind.spawn(scheduler, "never", co -> co.await(Task.yield()));
    scheduler.close();
    assertThat(TaskDump.of(scheduler)).hasToString("scheduler 'web', 0 tasks");
  }

  @Test
  void anEventThatCannotDescribeItselfIsNamedByItsClassAndSpoilsNothing() {
    try (Scheduler scheduler = scheduler()) {
      Faulty faulty = new Faulty();
      kind.spawn(scheduler, "unlucky", co -> co.await(faulty));
      kind.spawn(scheduler, "looker", co -> co.await(Task.yield()));
      TaskDump[] dump = new TaskDump[1];
      kind.spawn(scheduler, "last", co -> dump[0] = TaskDump.of(scheduler));
      DeadlockException deadlock = catchThrowableOfType(DeadlockException.class, scheduler::run);
      String told = Faulty.class.getName() + ", which cannot describe itself: ";
      assertThat(withoutPlaces(dump[0])).contains(told, "#2 'looker' ready");
      assertThat(deadlock).hasMessageContaining(told);
      assertThat(deadlock.waits().getFirst().resource()).isNull();
    }
  }

  /** An event with faults in what only tools call. */
  private static final class Faulty extends YieldEvent<@Nullable Void, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      // Nothing ever wakes it.
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      return true;
    }

    @Override
    public @Nullable Resource resource() {
      throw new IllegalStateException("no resource");
    }

    @Override
    public String describe() {
      throw new IllegalStateException("no words");
    }
  }

  @Test
  void lookingChangesNothing() {
    StringBuilder trace = new StringBuilder();
    try (Scheduler scheduler = scheduler()) {
      for (String name : new String[] {"a", "b", "c"}) {
        kind.spawn(
            scheduler,
            name,
            co -> {
              for (int i = 0; i < 50; i++) {
                trace.append(name);
                TaskDump.of(scheduler);
                co.await(Task.yield());
              }
            });
      }
      scheduler.run();
    }
    assertThat(trace.toString()).isEqualTo("abc".repeat(50));
  }
}
