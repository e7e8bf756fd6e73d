package dev.heddle.bench;

import dev.heddle.bench.peers.Coroutines;
import dev.heddle.bench.peers.VirtualThreads;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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
 * An item that is waited for with a timeout that does not expire. The other task puts it and gives
 * up its turn, so that each timeout begins and ends, and each item costs a turn of both tasks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class TimeoutBench {
  private static final int ITEMS = 100_000;
  private static final Integer ITEM = 1;
  private static final Duration LONG = Duration.ofMinutes(1);

  /** Woven tasks. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void woven() {
    Queue<Integer> queue = Queue.fifo("items", 1);
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              co.await(queue.get().within(LONG));
            }
            Work.finished();
          });
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              boolean _ = queue.tryPut(ITEM);
              co.await(Task.yield());
            }
            Work.finished();
          });
      scheduler.run();
    }
    Work.check(2);
  }

  /** The same without the timeout, to know its price. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void wovenUnlimited() {
    Queue<Integer> queue = Queue.fifo("items", 1);
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              co.await(queue.get());
            }
            Work.finished();
          });
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              boolean _ = queue.tryPut(ITEM);
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
    Queue<Integer> queue = Queue.fifo("items", 1);
    try (Scheduler scheduler = Kind.STEP.newScheduler()) {
      scheduler.spawn(new Repeats(ITEMS, () -> queue.get().within(LONG)));
      scheduler.spawn(
          new Repeats(
              ITEMS,
              () -> {
                boolean _ = queue.tryPut(ITEM);
                return Task.yield();
              }));
      scheduler.run();
    }
    Work.check(2);
  }

  /** Kotlin: {@code withTimeout} around the receiving from a channel. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void kotlin() {
    Coroutines.timeout(ITEMS);
  }

  /** The JDK: {@code poll} with a timeout. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void virtualThreads() {
    run(Thread.ofVirtual());
  }

  /** The same between platform threads. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void platformThreads() {
    run(Thread.ofPlatform().daemon());
  }

  private static void run(Thread.Builder builder) {
    BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(1);
    VirtualThreads.run(
        builder,
        () -> {
          for (int i = 0; i < ITEMS; i++) {
            Objects.requireNonNull(queue.poll(LONG.toNanos(), TimeUnit.NANOSECONDS));
          }
        },
        () -> {
          for (int i = 0; i < ITEMS; i++) {
            queue.put(ITEM);
            Thread.yield();
          }
        });
  }
}
