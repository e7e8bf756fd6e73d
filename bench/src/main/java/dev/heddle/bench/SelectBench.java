package dev.heddle.bench;

import dev.heddle.bench.peers.Coroutines;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Queue;
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
 * One task waits for the first of two queues; another puts an item now into this one, now into the
 * other, and gives up its turn. So each select waits in both queues and leaves the one that loses,
 * and each item costs a turn of both tasks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class SelectBench {
  private static final int ITEMS = 100_000;
  private static final Integer ITEM = 1;

  private Queue<Integer> left = Queue.fifo();
  private Queue<Integer> right = Queue.fifo();

  private void open() {
    left = Queue.fifo("left", 1);
    right = Queue.fifo("right", 1);
  }

  /** Woven tasks. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void woven() {
    open();
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              co.await(Select.any(left.get(), right.get()));
            }
            Work.finished();
          });
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              boolean _ = (i % 2 == 0 ? left : right).tryPut(ITEM);
              co.await(Task.yield());
            }
            Work.finished();
          });
      scheduler.run();
    }
    Work.check(2);
  }

  /** Steps. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void step() {
    open();
    try (Scheduler scheduler = Kind.STEP.newScheduler()) {
      scheduler.spawn(new Repeats(ITEMS, () -> Select.any(left.get(), right.get())));
      scheduler.spawn(new Repeats(ITEMS, this::put));
      scheduler.run();
    }
    Work.check(2);
  }

  private YieldEvent<?, ?> put() {
    Queue<Integer> next = left;
    left = right;
    right = next;
    boolean _ = next.tryPut(ITEM);
    return Task.yield();
  }

  /** Kotlin: a select of two channels. (The JDK has nothing of the kind.) */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void kotlin() {
    Coroutines.select(ITEMS);
  }
}
