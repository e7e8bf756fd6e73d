package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.scheduler.HeldResource;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Thousands of waiters, locks and holders at one primitive, or at thousands that are coupled. The
 * numbers are such that recursion would overflow the stack, and a square would take longer than a
 * test may.
 */
@Holds("S12")
class StormTest {
  private static final int MANY = 50_000;

  private static Scheduler scheduler(boolean recordsSites) {
    return Scheduler.builder().findingReporter(finding -> {}).recordSites(recordsSites).build();
  }

  @ParameterizedTest
  @CsvSource({"first, false", "last, false", "any, false", "first, true"})
  void oneTaskReleasesFiftyThousandLocksInAnyOrder(String order, boolean recordsSites) {
    Scheduler scheduler = scheduler(recordsSites);
    Task<Void> task =
        scheduler.spawn(
            "holder",
            co -> {
              List<Lock> locks = new ArrayList<>();
              for (int i = 0; i < (recordsSites ? MANY / 10 : MANY); i++) {
                Lock lock = new Lock();
                locks.add(lock);
                co.await(i % 2 == 0 ? lock.acquire() : LockOrder.acquire(lock));
              }
              assertThat(Task.current().held()).isEqualTo(locks);
              List<Lock> released =
                  new ArrayList<>(order.equals("last") ? locks.reversed() : locks);
              if (order.equals("any")) {
                Collections.shuffle(released, new Random(1));
              }
              released.forEach(Lock::release);
              assertThat(Task.current().held()).isEmpty();
            });
    scheduler.run();
    assertThat(task.state()).isEqualTo(Task.State.SUCCEEDED);
  }

  /** Holdings: "any number of things may be let go in any order", compared with a list. */
  @Test
  void whatATaskHoldsIsWhatItHasNotLetGo() {
    Scheduler scheduler = scheduler(false);
    Task<Void> task =
        scheduler.spawn(
            "holder",
            co -> {
              Random random = new Random(5);
              List<Resource> expected = new ArrayList<>();
              for (int i = 0; i < 20_000; i++) {
                if (expected.isEmpty() || random.nextInt(100) < (i % 2_000 < 1_000 ? 70 : 30)) {
                  boolean twice = !expected.isEmpty() && random.nextInt(10) == 0;
                  Resource held =
                      twice ? expected.get(random.nextInt(expected.size())) : new Lock();
                  Task.current().hold(held);
                  expected.add(held);
                } else {
                  Resource held = expected.get(random.nextInt(expected.size()));
                  Task.current().letGo(held);
                  expected.remove(expected.lastIndexOf(held));
                }
                if (i % 10 == 0) {
                  check(expected, random.nextInt(60));
                }
              }
              expected.forEach(Task.current()::letGo);
            });
    scheduler.run();
    assertThat(task.state()).isEqualTo(Task.State.SUCCEEDED);
  }

  private static void check(List<Resource> expected, int most) {
    Task<?> task = Task.current();
    assertThat(task.held()).isEqualTo(expected);
    assertThat(task.holdings(most).stream().map(HeldResource::resource))
        .isEqualTo(expected.subList(Math.max(0, expected.size() - most), expected.size()));
    long highest = expected.stream().mapToLong(Resource::order).max().orElse(0);
    assertThat(task.holdsAbove(highest)).isFalse();
    assertThat(task.holdsAbove(highest - 1)).isEqualTo(!expected.isEmpty());
  }

  /** Each waits for two permits of one or one of the next; who is served leaves the next. */
  @Test
  void tenThousandSemaphoresThatSelectsCoupleAreServedByOneRelease() {
    int count = 10_000;
    Scheduler scheduler = scheduler(false);
    List<Semaphore> semaphores = new ArrayList<>();
    List<Integer> served = new ArrayList<>();
    for (int i = 0; i <= count; i++) {
      semaphores.add(new Semaphore(i == 0 ? 0 : 1));
    }
    for (int i = 0; i < count; i++) {
      int mine = i;
      scheduler.spawn(
          co -> {
            var first =
                co.await(
                    Select.any(
                        semaphores.get(mine + 1).acquire(2), semaphores.get(mine).acquire()));
            served.add(first.index() == 1 ? mine : -1);
          });
    }
    scheduler.spawn(
        co -> {
          co.await(Task.yield());
          semaphores.getFirst().release();
        });
    scheduler.run();
    assertThat(served).hasSize(count).doesNotContain(-1).isSorted();
  }

  @Test
  void aMessageOfASemaphoreNamesAFewOfItsHolders() {
    Scheduler scheduler = scheduler(false);
    Semaphore semaphore = new Semaphore("permits", 4_000);
    Event over = new Event("over");
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      scheduler.spawn(
          "task " + i,
          co -> {
            try (var _ = co.await(semaphore.acquire())) {
              co.await(over.await());
            }
          });
    }
    scheduler.spawn(
        "late",
        co -> {
          co.await(Task.yield());
          try {
            co.await(semaphore.acquire().within(Duration.ofMillis(1)));
          } catch (TimeoutException e) {
            messages.add(e.getMessage());
          }
          over.set();
        });
    scheduler.run();
    assertThat(messages)
        .containsExactly(
            "timed out after PT0.001S waiting for a permit of semaphore 'permits' (0 free, taken: "
                + "1 by task 'task 0', 1 by task 'task 1', 1 by task 'task 2', 1 by task 'task 3'"
                + " and by 3996 more)");
  }

  @Test
  void aHundredThousandWaitersOfOneQueueLeaveInAnyOrder() {
    Scheduler scheduler = scheduler(false);
    Queue<String> queue = Queue.fifo("empty", 0);
    List<Task<?>> waiters = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      waiters.add(scheduler.spawn("waiter", co -> co.await(queue.get())));
    }
    scheduler.spawn(
        co -> {
          co.await(Task.yield());
          Collections.shuffle(waiters, new Random(2));
          waiters.forEach(waiter -> waiter.cancel("enough"));
        });
    scheduler.run();
    assertThat(waiters).allMatch(waiter -> waiter.state() == Task.State.CANCELLED);
    assertThat(queue.stats().getters()).isEmpty();
  }
}
