package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.fixtures.Golden;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Barrier;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Event;
import dev.heddle.sync.Held;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import dev.heddle.sync.Semaphore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the error says when nothing can run (S9), for each thing that tasks wait for. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ExplanationTest {
  private static final List<String> PHILOSOPHERS =
      List.of("Kant", "Hume", "Locke", "Hegel", "Plato");

  private static final String OUTSIDER =
      "(If another thread is to wake one, by Scheduler.execute: let a task await a Promise that the"
          + " thread completes. Then run() waits for the thread.)";

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Scheduler> opened = new ArrayList<>();

  private Scheduler open(UnaryOperator<SchedulerBuilder> options) {
    Scheduler scheduler =
        options.apply(kind.builder().name("table").clock(time).poller(time)).build();
    opened.add(scheduler);
    return scheduler;
  }

  private Scheduler open() {
    return open(builder -> builder.recordSites(false));
  }

  @AfterEach
  void close() {
    opened.forEach(Scheduler::close);
  }

  private static DeadlockException deadlock(Scheduler scheduler) {
    return catchThrowableOfType(DeadlockException.class, scheduler::run);
  }

  /** The places differ from kind to kind; what each message ends with has a test of its own. */
  private static String withoutPlaces(DeadlockException deadlock) {
    return deadlock
        .getMessage()
        .lines()
        .filter(line -> !line.strip().startsWith("at "))
        .filter(line -> !line.equals(OUTSIDER))
        .collect(Collectors.joining("\n"));
  }

  private static Script takes(Lock left, Lock right) {
    return co -> {
      Held first = co.await(left.acquire());
      try {
        co.await(Timers.sleep(Duration.ofSeconds(1)));
        Held second = co.await(right.acquire());
        second.close();
      } finally {
        first.close();
      }
    };
  }

  private void seatPhilosophers(Scheduler scheduler) {
    List<Lock> forks = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      forks.add(new Lock("fork " + i));
    }
    for (int i = 0; i < 5; i++) {
      kind.spawn(scheduler, PHILOSOPHERS.get(i), takes(forks.get(i), forks.get((i + 1) % 5)));
    }
    kind.spawn(
        scheduler,
        "waiter",
        co -> {
          co.await(Timers.sleep(Duration.ofMillis(3500))); // the dinner lasts until he goes home
        });
  }

  /** F13: only the program knows that a thread will come. */
  @Test
  @Holds("S9")
  void aWaitThatNoTaskCanEndSaysHowToAnnounceAnotherThread() {
    Scheduler scheduler = open();
    Event never = new Event("never");
    kind.spawn(scheduler, "waiter", co -> co.await(never.await()));
    assertThat(deadlock(scheduler).getMessage()).endsWith("\n" + OUTSIDER);
  }

  @Test
  @Holds("S9")
  void fivePhilosophersAreFiveTasksAndFiveLocksInACycle() throws IOException {
    Scheduler scheduler = open();
    seatPhilosophers(scheduler);
    DeadlockException deadlock = deadlock(scheduler);
    assertThat(withoutPlaces(deadlock)).isEqualTo(Golden.read("philosophers.txt").strip());
    assertThat(deadlock.cycle()).hasSize(5);
    assertThat(deadlock.waits()).hasSize(5);
    assertThat(deadlock.cycle().stream().map(wait -> wait.task().name()))
        .containsExactlyElementsOf(PHILOSOPHERS);
    for (int i = 0; i < 5; i++) {
      TaskWait wait = deadlock.cycle().get(i);
      Task<?> next = deadlock.cycle().get((i + 1) % 5).task();
      assertThat(wait.holders()).isEqualTo(List.of(next));
      assertThat(next.held()).isEqualTo(List.of(wait.resource()));
      assertThat(wait.waited()).isEqualTo(Duration.ofMillis(2500));
      assertThat(wait.sinceNanos()).isEqualTo(time.nanoTime() - 2_500_000_000L);
    }
  }

  @Test
  void whereTheyAcquiredWhatTheyHoldStandsInTheMessageIfItIsRecorded() {
    Scheduler scheduler = open(builder -> builder.recordSites(true));
    seatPhilosophers(scheduler);
    DeadlockException deadlock = deadlock(scheduler);
    assertThat(deadlock.getMessage()).doesNotContain("recordSites");
    for (TaskWait wait : deadlock.cycle()) {
      HeldResource holding = wait.holds().getFirst();
      assertThat(holding.acquiredAt()).isNotEmpty();
      assertThat(wait.at()).isNotEmpty();
      assertThat(deadlock.getMessage())
          .contains(
              "    holds "
                  + holding.resource().describe()
                  + ", acquired\n      at "
                  + holding.acquiredAt().getFirst());
    }
  }

  @Test
  void aJoinCycle() {
    Scheduler scheduler = open();
    Task<?>[] task = new Task<?>[3];
    for (int i = 0; i < 3; i++) {
      int next = (i + 1) % 3;
      task[i] = kind.spawn(scheduler, "t" + i, co -> co.await(task[next].join()));
    }
    DeadlockException deadlock = deadlock(scheduler);
    assertThat(withoutPlaces(deadlock))
        .isEqualTo(
            """
            scheduler 'table': 3 tasks wait and nothing can wake them.
            A cycle of 3 tasks, each of which waits for what the next one holds:
              task 't0' waits for the end of task 't1', for 0 ms
              task 't1' waits for the end of task 't2', for 0 ms
              task 't2' waits for the end of task 't0', for 0 ms\
            """);
    assertThat(deadlock.cycle().stream().map(TaskWait::task)).containsExactly(task);
  }

  @Test
  void aFullQueueWithNoGetter() {
    Scheduler scheduler = open();
    Queue<Integer> jobs = Queue.fifo("jobs", 2);
    kind.spawn(
        scheduler,
        "producer",
        co -> {
          for (int i = 0; i < 3; i++) {
            co.await(jobs.put(i));
          }
        });
    DeadlockException deadlock = deadlock(scheduler);
    assertThat(withoutPlaces(deadlock))
        .isEqualTo(
            """
            scheduler 'table': 1 task waits and nothing can wake it.
            Waits that no known task can end:
              task 'producer' waits for room in queue 'jobs' (2 of 2 items), for 0 ms\
            """);
    assertThat(deadlock.cycle()).isEmpty();
    TaskWait wait = deadlock.waits().getFirst();
    assertThat(wait.resource().describe()).isEqualTo("queue 'jobs'");
    assertThat(wait.holders()).isEmpty();
  }

  @Test
  void aSemaphoreNeverReleasedByOneWhoEnded() {
    Scheduler scheduler = open();
    Semaphore pool = new Semaphore("pool", 1);
    kind.spawn(scheduler, "careless", co -> co.await(pool.acquire()));
    kind.spawn(scheduler, "next", co -> co.await(pool.acquire()));
    assertThat(withoutPlaces(deadlock(scheduler)))
        .isEqualTo(
            """
            scheduler 'table': 1 task waits and nothing can wake it.
            Waits that no known task can end:
              task 'next' waits for a permit of semaphore 'pool' (0 free, lost with task\
             'careless', which ended), for 0 ms\
            """);
  }

  @Test
  void aSemaphoreNeverReleasedByOneWhoWaitsHimself() {
    Scheduler scheduler = open();
    Semaphore pool = new Semaphore("pool", 1);
    Event never = new Event("never");
    kind.spawn(
        scheduler,
        "holder",
        co -> {
          co.await(pool.acquire());
          co.await(never.await());
        });
    kind.spawn(scheduler, "next", co -> co.await(pool.acquire()));
    assertThat(withoutPlaces(deadlock(scheduler)))
        .isEqualTo(
            """
            scheduler 'table': 2 tasks wait and nothing can wake them.
            Waits that no known task can end:
              task 'holder' waits for event 'never' to be set, for 0 ms
            Waits for those tasks:
              task 'next' waits for a permit of semaphore 'pool' (0 free, taken: 1 by task\
             'holder'), for 0 ms\
            """);
  }

  @Test
  void aSecondPermitOfAPoolOfOneIsACycleOfOne() {
    Scheduler scheduler = open();
    Semaphore pool = new Semaphore("pool", 1);
    kind.spawn(
        scheduler,
        "greedy",
        co -> {
          co.await(pool.acquire());
          co.await(pool.acquire());
        });
    DeadlockException deadlock = deadlock(scheduler);
    assertThat(deadlock.cycle()).hasSize(1);
    assertThat(deadlock.getMessage())
        .contains("One task waits for what only it could give:\n  task 'greedy' waits for a permit")
        .contains("\n    holds semaphore 'pool'\n")
        .contains(
            "(Any task may release a semaphore; if another one will, this is not a deadlock.)");
  }

  @Test
  @Holds("L5")
  void aLockWhoseOwnerEndedIsAnErrorForTheWaitersAndStandsInTheMessage() {
    Scheduler scheduler = open();
    Lock lock = new Lock("db");
    Condition changed = new Condition(lock, "changed");
    List<String> said = new ArrayList<>();
    kind.spawn(
        scheduler,
        "listener",
        co -> {
          co.await(lock.acquire());
          co.await(changed.await());
        });
    kind.spawn(
        scheduler,
        "careless",
        co -> {
          co.await(lock.acquire());
          co.await(Task.yield());
        });
    kind.spawn(
        scheduler,
        "waiter",
        co -> {
          try {
            co.await(lock.acquire());
          } catch (IllegalStateException e) {
            said.add(e.getMessage());
          }
        });
    assertThat(withoutPlaces(deadlock(scheduler)))
        .contains(
            "task 'listener' waits for a signal of condition 'changed' of lock 'db', broken: task"
                + " 'careless' ended while it held it, for");
    assertThat(said).containsExactly("lock 'db', broken: task 'careless' ended while it held it");
  }

  @Test
  void aBarrierTellsHowManyHaveCome() {
    Scheduler scheduler = open();
    Barrier barrier = new Barrier("phase", 3);
    for (String name : List.of("a", "b")) {
      kind.spawn(scheduler, name, co -> co.await(barrier.await()));
    }
    assertThat(withoutPlaces(deadlock(scheduler)))
        .contains("task 'b' waits for barrier 'phase' (2 of 3 have come), for 0 ms");
  }

  @Test
  void theShortestOfSeveralCyclesIsShownAndTheOtherTasksAreListed() {
    Scheduler scheduler = open();
    Task<?>[] task = new Task<?>[6];
    int[] joins = {1, 2, 0, 4, 3, 0}; // a circle of three, one of two, and one behind the first
    for (int i = 0; i < joins.length; i++) {
      int next = joins[i];
      task[i] = kind.spawn(scheduler, "t" + i, co -> co.await(task[next].join()));
    }
    DeadlockException deadlock = deadlock(scheduler);
    assertThat(deadlock.cycle().stream().map(TaskWait::task)).containsExactly(task[3], task[4]);
    assertThat(withoutPlaces(deadlock))
        .isEqualTo(
            """
            scheduler 'table': 6 tasks wait and nothing can wake them.
            Two tasks wait for each other:
              task 't3' waits for the end of task 't4', for 0 ms
              task 't4' waits for the end of task 't3', for 0 ms
            Other waits:
              task 't0' waits for the end of task 't1', for 0 ms
              task 't1' waits for the end of task 't2', for 0 ms
              task 't2' waits for the end of task 't0', for 0 ms
              task 't5' waits for the end of task 't0', for 0 ms\
            """);
  }

  @Test
  void ofTenThousandTasksTwentyAreShown() {
    Scheduler scheduler = open();
    Lock lock = new Lock("popular");
    Event never = new Event("never");
    kind.spawn(
        scheduler,
        "holder",
        co -> {
          co.await(lock.acquire());
          co.await(never.await());
        });
    int many = kind.style() == Kind.Style.STEP ? 10_000 : 1_000;
    for (int i = 0; i < many; i++) {
      kind.spawn(scheduler, "w" + i, co -> co.await(lock.acquire()));
    }
    DeadlockException deadlock = deadlock(scheduler);
    assertThat(deadlock.waits()).hasSize(many + 1);
    assertThat(deadlock.getMessage())
        .contains("task 'w19' waits for lock 'popular' held by task 'holder', for 0 ms")
        .doesNotContain("'w20'")
        .contains(many == 10_000 ? "\n  and 9,980 more" : "\n  and 980 more");
    assertThat(deadlock.getMessage().length()).isLessThan(20_000);
  }

  @Test
  void ofTwentyTasksEachIsShownAndNoneIsLeftToCount() {
    Scheduler scheduler = open();
    Event never = new Event("never");
    for (int i = 0; i < 20; i++) {
      kind.spawn(scheduler, "w" + i, co -> co.await(never.await()));
    }
    assertThat(deadlock(scheduler).getMessage()).contains("'w19'").doesNotContain("more");
  }

  @Test
  void whoWaitsAtADeadEndOrBehindItIsShownWithThePlaceWhereHeWaits() {
    Scheduler scheduler = open();
    Event never = new Event("never");
    Task<?> first = kind.spawn(scheduler, "first", co -> co.await(never.await()));
    kind.spawn(scheduler, "behind", co -> co.await(first.join()));
    DeadlockException deadlock = deadlock(scheduler);
    assertThat(deadlock.waits()).allSatisfy(wait -> assertThat(wait.at()).isNotEmpty());
    assertThat(deadlock.getMessage()).containsPattern("'behind' waits [^\n]*\n    at ");
  }

  @Test
  void ofACircleOfThousandTwentyAreShown() {
    Scheduler scheduler = open();
    Task<?>[] task = new Task<?>[1000];
    for (int i = 0; i < task.length; i++) {
      int next = (i + 1) % task.length;
      task[i] = kind.spawn(scheduler, "t" + i, co -> co.await(task[next].join()));
    }
    DeadlockException deadlock = deadlock(scheduler);
    assertThat(deadlock.cycle()).hasSize(1000);
    assertThat(deadlock.getMessage())
        .contains("A cycle of 1000 tasks,", "\n  and 980 more")
        .doesNotContain("'t22'");
  }
}
