package dev.heddle.bench;

import dev.heddle.scheduler.Task;
import dev.heddle.sync.Lock;
import dev.heddle.test.Explorer;
import dev.heddle.test.Simulation;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole run of an explorer, one in ten of them twice: a scheduler, four tasks, a lock which each
 * holds over a yield, and the end. The score is runs in a second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = Kind.FLAG)
public class ExplorerBench {
  static final int RUNS = 50_000;

  /** Each order of turns is as likely as each other. */
  @Benchmark
  @OperationsPerInvocation(RUNS)
  public long randomWalk() {
    return counted(Explorer.of(ExplorerBench::fourTasks).byRandomWalk());
  }

  /** The default, which takes turns with four searches. */
  @Benchmark
  @OperationsPerInvocation(RUNS)
  public long mixed() {
    return counted(Explorer.of(ExplorerBench::fourTasks));
  }

  private static long counted(Explorer explorer) {
    Explorer.Report report =
        explorer.runs(RUNS).within(Duration.ofMinutes(1)).printer(line -> {}).check();
    if (report.runs() != RUNS) {
      throw new IllegalStateException(report.text());
    }
    return report.hash();
  }

  private static void fourTasks(Simulation sim) throws Exception {
    Lock lock = new Lock();
    int[] balance = new int[1];
    for (int i = 0; i < 4; i++) {
      Task<?> _ =
          sim.scheduler()
              .spawn(
                  co -> {
                    try (var held = co.await(lock.acquire())) {
                      int before = balance[0];
                      co.await(Task.yield());
                      balance[0] = before + 10;
                    }
                  });
    }
    sim.run();
    if (balance[0] != 40) {
      throw new AssertionError("the balance is " + balance[0]);
    }
  }
}
