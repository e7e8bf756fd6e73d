package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Holds;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a seed means depends on neither the process nor its flags. */
class SameSeedTest {
  private static final int SEEDS = 1_000;
  private static final List<String> FLAGS =
      List.of(
          "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED");

  /** Tasks in both styles, a lock, a queue, time limits, a fault, a cancellation. */
  private static void world(Simulation sim) {
    Lock lock = new Lock("lock");
    Queue<Integer> queue = Queue.fifo("queue", 1);
    Task<Void> _ =
        sim.scheduler()
            .spawn(
                "coroutine",
                co -> {
                  for (int i = 0; i < 3; i++) {
                    try (var held = co.await(lock.acquire())) {
                      co.await(Timers.sleep(Duration.ofMillis(i)));
                    }
                    try {
                      co.await(queue.put(i).within(Duration.ofMillis(2)));
                    } catch (TimeoutException full) {
                      co.await(Task.yield());
                    }
                  }
                });
    Task<Void> thread =
        sim.scheduler()
            .spawn(
                "thread",
                () -> {
                  for (int i = 0; i < 3; i++) {
                    if (sim.choices().happens("lose", 3, "item")) {
                      Task.await(Task.yield());
                    }
                    try {
                      Integer _ = Task.await(queue.get().within(Duration.ofMillis(1)));
                    } catch (TimeoutException late) {
                      Task.await(Task.yield());
                    }
                  }
                });
    Task<Void> _ = sim.scheduler().daemons().spawn(co -> co.await(queue.put(4)));
    sim.mayCancel(thread);
  }

  /** Prints a hash for each seed. */
  static final class Hashes {
    private Hashes() {}

    public static void main(String[] args) {
      for (int seed = 0; seed < SEEDS; seed++) {
        Explorer.Report report =
            Explorer.of(SameSeedTest::world)
                .seed(seed)
                .runs(5)
                .within(Duration.ofMinutes(1))
                .runWithin(Duration.ofMinutes(1))
                .printer(line -> {})
                .check();
        System.out.println("%d %016x".formatted(seed, report.hash())); // at once, as a line
      }
    }
  }

  private static List<String> hashes(String... flags) throws Exception {
    ForkedJvm jvm = ForkedJvm.run(Hashes.class, flags);
    assertThat(jvm.exitCode()).as(jvm.output()).isZero();
    List<String> lines =
        jvm.output().lines().filter(line -> line.matches("\\d+ [0-9a-f]{16}")).toList();
    assertThat(lines).as(jvm.output()).hasSize(SEEDS);
    return lines;
  }

  @Test
  @Holds("T1")
  void aThousandSeedsHaveTheSameHashInTwoProcessesWithTheFlagsAndWithout() throws Exception {
    List<String> plain = hashes();
    assertThat(hashes(FLAGS.toArray(String[]::new))).isEqualTo(plain);
    assertThat(plain.stream().map(line -> line.substring(line.indexOf(' '))).distinct().count())
        .isGreaterThan(SEEDS / 2);
  }
}
