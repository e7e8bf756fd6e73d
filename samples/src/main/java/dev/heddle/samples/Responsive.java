package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Work for the processor, done by a task itself and handed to a pool (Python Cookbook 12.9).
 *
 * <p>You will see how late a task wakes that sleeps for a millisecond at a time: {@code on the
 * loop: p99 ... ms} is about as long as a piece of work, {@code in a pool: p99 ... ms} far below.
 */
@Command(name = "responsive", description = "The loop's latency: work on it, and in a pool.")
@Recipe("R14")
final class Responsive implements Runnable {
  private static final String PIECES = "Of work, 0 or more; default ${DEFAULT-VALUE}";
  private static final Duration TICK = Duration.ofMillis(1);
  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--pieces", converter = WholeNumber.Count.class, description = PIECES)
  private int pieces = 20;

  private interface Cruncher {
    long crunch(long seed) throws Exception;
  }

  @Override
  public void run() {
    try (ThreadPool pool = ThreadPool.platform("crunch", 1)) {
      long loops = measure("on the loop", seed -> crunch(seed));
      long pools = measure("in a pool", seed -> await(pool.apply(() -> crunch(seed))));
      terminal.out().println("the same result: " + (loops == pools));
    }
  }

  private long measure(String where, Cruncher cruncher) {
    long[] sum = {0};
    List<Long> late = new ArrayList<>();
    try (Scheduler scheduler = Scheduler.create()) {
      Task<?> work = scheduler.spawn(() -> sum[0] = crunchAll(cruncher));
      scheduler.spawn(
          co -> {
            do {
              long due = System.nanoTime() + TICK.toNanos();
              co.await(Timers.sleep(TICK));
              late.add(System.nanoTime() - due);
            } while (!work.isDone());
          });
      scheduler.run();
    }
    late.sort(null);
    long p99 = late.get((int) Math.ceil(late.size() * 0.99) - 1) / 1_000;
    terminal.out().println(where + ": p99 " + p99 / 1_000 + "." + p99 % 1_000 / 100 + " ms");
    return sum[0];
  }

  private long crunchAll(Cruncher cruncher) throws Exception {
    long sum = 0;
    for (int i = 0; i < pieces; i++) {
      sum += cruncher.crunch(i);
      await(Task.yield());
    }
    return sum;
  }

  private static long crunch(long seed) {
    return LongStream.range(0, 10_000_000).reduce(seed, (x, i) -> x * 31 + i);
  }
}
