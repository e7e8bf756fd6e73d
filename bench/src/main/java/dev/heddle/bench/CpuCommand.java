package dev.heddle.bench;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Job;
import dev.heddle.process.JobType;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The CPU-bound race of the 2009 concurrency tutorial (recipe R23): the same calls in sequence, by
 * two threads, by two processes; and from how much work in a call on the processes are worth their
 * messages. There threads lost to the interpreter lock, and processes won; here there is no lock.
 */
@Command(
    name = "cpu",
    description = "CPU-bound calls in sequence, by two threads, by two processes.",
    sortOptions = false)
final class CpuCommand implements Callable<Integer> {
  private static final int WORKERS = 2;

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--work",
      paramLabel = "NUMBERS",
      description = "Steps in a call, 1 to 1000000000; several, separated by commas")
  private String work = "1000,10000,100000,1000000,10000000";

  @Option(
      names = "--total",
      paramLabel = "N",
      description = "Steps in all calls of a measurement, 1 to 2000000000; default 100000000")
  private String total = "100000000";

  @Option(names = "--rounds", paramLabel = "N", description = "1 to 100; default 5")
  private String rounds = "5";

  /** Something that takes a nanosecond or so a step, and cannot be optimized away. */
  static final class Spin implements Job<Integer, Long> {
    @Override
    public Long run(Integer steps) {
      long x = 88_172_645_463_325_252L;
      for (int i = 0; i < steps; i++) {
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
      }
      return x;
    }
  }

  @Override
  public Integer call() {
    int[] works =
        Arrays.stream(work.split(","))
            .mapToInt(text -> terminal.number("--work", text, 1, 1_000_000_000))
            .toArray();
    int steps = terminal.number("--total", total, 1, 2_000_000_000);
    int repeat = terminal.number("--rounds", rounds, 1, 100);
    terminal.out().println("calls   steps each   in sequence   2 threads        2 processes");
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool processes = ProcessPool.open(scheduler, WORKERS);
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS)) {
      scheduler.spawn(
          () -> {
            for (int each : works) {
              int calls = Math.max(1, steps / each);
              race(processes, threads, Collections.nCopies(calls, each), repeat);
            }
          });
      scheduler.run();
    }
    return 0;
  }

  private void race(ProcessPool processes, ExecutorService threads, List<Integer> calls, int repeat)
      throws Exception {
    List<Double> millis =
        Race.medians(
            repeat,
            List.of(
                () -> calls.stream().map(new Spin()::run).toList(),
                () -> await(onThreads(threads, calls)),
                () -> await(processes.map(JobType.of(Spin.class), calls))));
    double base = millis.getFirst();
    terminal
        .out()
        .printf(
            "%6d %11d %10.1f ms %9.1f ms %4.2fx %9.1f ms %4.2fx%n",
            calls.size(),
            calls.getFirst(),
            base,
            millis.get(1),
            base / millis.get(1),
            millis.get(2),
            base / millis.get(2));
    terminal.out().flush();
  }

  private static Promise<List<Long>> onThreads(ExecutorService threads, List<Integer> calls) {
    Spin spin = new Spin();
    List<CompletableFuture<Long>> futures =
        calls.stream()
            .map(steps -> CompletableFuture.supplyAsync(() -> spin.run(steps), threads))
            .toList();
    return Promise.from(
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
            .thenApply(_ -> futures.stream().map(CompletableFuture::join).toList()));
  }
}
