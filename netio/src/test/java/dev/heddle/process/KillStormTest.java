package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Children are killed at random while they work: each result that comes is right, each that does
 * not come is reported, nothing hangs and nothing is left. Runs for a few seconds, or as many as
 * {@code -Dheddle.storm.seconds} says.
 */
class KillStormTest {
  private static final long SECONDS = Long.getLong("heddle.storm.seconds", 4);
  private static final int WORKERS = 3;

  private final ProcessLock lock = ProcessLock.open("lock");
  private final ProcessMap<Integer, Integer> map =
      ProcessMap.open("map", Integer.class, Integer.class);
  private final Random random = new Random(7);
  private final List<Long> killed = new ArrayList<>();
  private int right;
  private int died;
  private int abandoned;

  /** Counts in the map under the lock, and gives a square. */
  static int work(int n) throws Exception {
    ProcessMap<Integer, Integer> map = Parent.map("map", Integer.class, Integer.class);
    try (ProcessArray cells = Parent.array("cells", ValueLayout.JAVA_LONG)) {
      try (var hold = await(Parent.lock("lock").acquire())) {
        cells.setLong(0, cells.getLong(0) + 1);
        Integer _ = await(map.compute(n % 10, (_, old) -> old == null ? 1 : old + 1));
        cells.setLong(1, cells.getLong(1) + 1);
      }
    }
    return n * n;
  }

  @Test
  void everyResultIsRightOrItsChildHasDiedAndTheLockGoesOn() throws Exception {
    long own = ProcessHandle.current().descendants().count();
    try (Scheduler scheduler = Scheduler.create();
        ProcessArray cells = ProcessArray.open("cells", ValueLayout.JAVA_LONG, 2)) {
      // On a busy machine a child may take long to start: that must not look like a death.
      ProcessOptions options =
          ProcessOptions.DEFAULT.sharing(lock, map, cells).withStartTimeout(Duration.ofMinutes(10));
      scheduler.spawn(
          "test",
          () -> {
            try (ProcessPool pool = ProcessPool.open(scheduler, WORKERS, options)) {
              long end = scheduler.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
              List<Task<?>> callers = new ArrayList<>();
              for (int i = 0; i < 2 * WORKERS; i++) {
                int first = i;
                callers.add(scheduler.spawn("caller", () -> call(pool, first, end)));
              }
              callers.add(scheduler.spawn("killer", () -> killUntil(pool, end)));
              callers.add(scheduler.spawn("holder", () -> holdUntil(end)));
              for (Task<?> caller : callers) {
                var _ = await(caller.join());
              }
              while (pool.stats().pids().stream().anyMatch(killed::contains)) {
                await(Timers.sleep(Duration.ofMillis(1))); // one may be killed and not know it yet
              }
              assertThat(await(pool.apply(KillStormTest::work, 12))).isEqualTo(144);
              int counted = await(map.entries()).values().stream().mapToInt(n -> n).sum();
              assertThat(counted).isBetween(right, right + killed.size() + 1);
              assertThat(cells.getLong(0)).isGreaterThanOrEqualTo(right);
              await(pool.shutdown());
            }
          });
      scheduler.run();
    }
    if (SECONDS > 60) {
      System.out.println(
          SECONDS
              + " s: "
              + right
              + " results right, "
              + killed.size()
              + " children killed, "
              + died
              + " callers told, the lock of a dead child taken "
              + abandoned
              + " times");
    }
    assertThat(right).isPositive();
    assertThat(killed).isNotEmpty();
    assertThat(died).isLessThanOrEqualTo(killed.size());
    assertThat(abandoned).isLessThanOrEqualTo(killed.size());
    Until.true_("no child is left", () -> ProcessHandle.current().descendants().count() <= own);
  }

  private void call(ProcessPool pool, int first, long end) throws IOException {
    Scheduler scheduler = Task.current().scheduler();
    for (int n = first; scheduler.nanoTime() < end || killed.isEmpty(); n++) {
      try {
        assertThat(await(pool.apply(KillStormTest::work, n % 40_000)))
            .isEqualTo((n % 40_000) * (n % 40_000));
        right++;
      } catch (ProcessDiedException e) {
        assertThat(e.exitCode()).isEqualTo(137);
        died++;
      }
    }
  }

  private void killUntil(ProcessPool pool, long end) {
    Scheduler scheduler = Task.current().scheduler();
    while (scheduler.nanoTime() < end || killed.isEmpty()) {
      List<Long> pids = pool.stats().pids();
      if (!pids.isEmpty()) {
        long pid = pids.get(random.nextInt(pids.size()));
        Stream.of(pid).flatMap(p -> ProcessHandle.of(p).stream()).forEach(this::kill);
      }
      await(Timers.sleep(Duration.ofMillis(random.nextInt(400))));
    }
  }

  private void kill(ProcessHandle child) {
    if (child.destroyForcibly()) {
      killed.add(child.pid());
    }
  }

  private void holdUntil(long end) throws IOException {
    Scheduler scheduler = Task.current().scheduler();
    while (scheduler.nanoTime() < end) {
      try (var hold = await(lock.acquire())) {
        abandoned += hold.isAbandoned() ? 1 : 0;
        await(Timers.sleep(Duration.ofMillis(1)));
      }
    }
  }
}
