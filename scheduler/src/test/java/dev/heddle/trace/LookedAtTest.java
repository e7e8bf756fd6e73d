package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.sync.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Other threads ask all the time for the stacks of bodies that run, which the JDK stops for that.
 * The bodies must not notice.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class LookedAtTest {
  private static final int ROUNDS = 2_000;

  @Parameter Kind kind;

  /** The threads to look at. */
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  private final List<FutureTask<Void>> lookers = new ArrayList<>();

  private volatile boolean over;

  @BeforeEach
  void look() {
    for (int i = 0; i < 2; i++) {
      lookers.add(Foreign.start("looker-" + i, this::lookUntilOver));
    }
  }

  private void lookUntilOver() {
    while (!over) {
      for (Thread thread : threads) {
        var _ = thread.getStackTrace();
      }
      Thread.yield();
    }
  }

  @AfterEach
  void end() throws Exception {
    over = true;
    for (FutureTask<Void> looker : lookers) {
      Foreign.get(looker);
    }
  }

  @Test
  void everyValueArrivesThatIsHandedToATask() {
    Queue<Integer> there = Queue.fifo("values", 1);
    Queue<Integer> back = Queue.fifo("values", 1);
    List<Integer> wrong = new ArrayList<>();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "asks",
          co -> {
            threads.add(Thread.currentThread());
            for (Integer i = 0; i < ROUNDS; i++) {
              co.await(there.put(i));
              Integer answer = co.await(back.get());
              if (!i.equals(answer)) {
                wrong.add(i);
              }
            }
            co.await(there.put(-1));
          });
      kind.spawn(
          scheduler,
          "answers",
          co -> {
            threads.add(Thread.currentThread());
            Integer asked = co.await(there.get());
            while (asked >= 0) {
              co.await(back.put(asked));
              asked = co.await(there.get());
            }
          });
      scheduler.run();
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void aTaskThatBlocksInTheJdkGoesOnOnceForEachTimeThatItMay() {
    int[] done = new int[2];
    try (Scheduler scheduler = kind.scheduler()) {
      for (int i = 0; i < 2; i++) {
        int me = i;
        kind.spawn(
            scheduler,
            "parks",
            co -> {
              threads.add(Thread.currentThread());
              for (int round = 0; round < ROUNDS / 20; round++) {
                var _ = LookedAtTest.park();
                co.await(Task.yield());
                done[me]++;
              }
            });
      }
      scheduler.run();
    }
    assertThat(done).containsOnly(ROUNDS / 20);
  }

  private static int park() {
    LockSupport.parkNanos(1);
    return 0;
  }

  @Test
  void aGeneratorWithAThreadOfItsOwnGivesAllItsItemsInTheTasksTurn() {
    int[] turnsOfOthers = new int[1];
    boolean[] end = new boolean[1];
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "consumer",
          co -> {
            threads.add(Thread.currentThread());
            try {
              var numbers = numbers().iterator();
              for (int i = 0; i < ROUNDS / 20; i++) {
                int before = turnsOfOthers[0];
                assertThat(numbers.next()).isEqualTo(i);
                assertThat(turnsOfOthers[0]).isEqualTo(before);
                co.await(Task.yield());
              }
            } finally {
              end[0] = true;
            }
          });
      kind.spawn(
          scheduler,
          "other",
          co -> {
            while (!end[0]) {
              turnsOfOthers[0]++;
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
    assertThat(turnsOfOthers[0]).isPositive();
  }

  private Generator<Integer> numbers() {
    return Generator.of(
        Engine.HANDOFF,
        y -> {
          threads.add(Thread.currentThread());
          for (int i = 0; ; i++) {
            y.yield(i);
          }
        });
  }

  @Test
  void aDumpByAnotherThreadLosesNoValue() {
    Queue<Integer> queue = Queue.fifo("values", 1);
    int[] got = new int[1];
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "gives",
          co -> {
            for (int i = 1; i <= ROUNDS / 4; i++) {
              co.await(queue.put(i));
            }
          });
      kind.spawn(
          scheduler,
          "takes",
          co -> {
            while (got[0] < ROUNDS / 4) {
              int next = co.await(queue.get());
              assertThat(next).isEqualTo(++got[0]);
            }
          });
      lookers.add(Foreign.start("dumps", () -> dumpUntilOver(scheduler)));
      scheduler.run();
    }
    assertThat(got[0]).isEqualTo(ROUNDS / 4);
  }

  /** As from outside, where the loop does not answer, and as the watchdog. */
  private void dumpUntilOver(Scheduler scheduler) {
    KernelView view = KernelView.get();
    while (!over) {
      for (Task<?> task : view.tasks(scheduler)) {
        assertThat(view.whereIfRunning(task)).isNotNull();
        assertThat(view.stackNow(scheduler, view.running(scheduler))).isNotNull();
      }
    }
  }
}
