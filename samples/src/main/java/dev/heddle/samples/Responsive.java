package dev.heddle.samples;

import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Work for the processor, done by a task itself and handed to a pool (Python Cookbook 12.9: keep
 * the interpreter free; here it is the loop).
 *
 * <p>You will see the loop's latency, which is how late a task wakes that sleeps for a millisecond
 * at a time: {@code on the loop: p99 ... ms} is about as long as one piece of work, {@code in a
 * pool: p99 ... ms} far below. And that both have computed the same.
 */
@Command(
    name = "responsive",
    description = "Work for the processor, on the loop and in a pool: the loop's latency.")
@Recipe("R14")
final class Responsive implements Runnable {
  private static final Duration TICK = Duration.ofMillis(1);

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--pieces",
      converter = WholeNumber.Count.class,
      description = "How many pieces of work; default ${DEFAULT-VALUE}")
  private int pieces = 20;

  @Override
  public void run() {
    try (ThreadPool pool = ThreadPool.platform("crunch", 1)) {
      long here = measure("on the loop", (co, seed) -> crunch(seed));
      long there = measure("in a pool", (co, seed) -> co.await(pool.submit(() -> crunch(seed))));
      terminal.out().println("the same result: " + (here == there));
    }
  }

  private interface Cruncher {
    long crunch(Awaiter co, long seed) throws Exception;
  }

  private long measure(String where, Cruncher cruncher) {
    long[] late = new long[0];
    long[] sum = {0};
    try (Scheduler scheduler = Scheduler.create()) {
      var work =
          scheduler.spawn(
              "work",
              co -> {
                for (int i = 0; i < pieces; i++) {
                  sum[0] += cruncher.crunch(co, i);
                  co.await(Task.yield());
                }
              });
      var ticker =
          scheduler.submit(
              "ticker",
              co -> {
                long[] seen = new long[0];
                do {
                  long due = System.nanoTime() + TICK.toNanos();
                  co.await(Timers.sleep(TICK));
                  seen = Arrays.copyOf(seen, seen.length + 1);
                  seen[seen.length - 1] = System.nanoTime() - due;
                } while (!work.isDone());
                return seen;
              });
      scheduler.run();
      late = ticker.resultNow();
    }
    Arrays.sort(late);
    double p99 = late[(int) Math.ceil(late.length * 0.99) - 1] / 1e6;
    terminal.out().println(String.format(Locale.ROOT, "%s: p99 %.2f ms", where, p99));
    return sum[0];
  }

  /** Some milliseconds of arithmetic. */
  private static long crunch(long seed) {
    long x = seed + 1;
    for (int i = 0; i < 10_000_000; i++) {
      x = x * 6364136223846793005L + 1442695040888963407L;
    }
    return x;
  }
}
