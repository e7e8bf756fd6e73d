package dev.heddle.bench;

import dev.heddle.bench.peers.Coroutines;
import dev.heddle.bench.peers.VirtualThreads;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Lock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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
 * A lock handed from one task to another. There are two; each stands in the queue when the other
 * releases, so that each acquisition is a hand-off and a turn.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class LockBench {
  private static final int HAND_OFFS = 100_000;

  /** Woven tasks. */
  @Benchmark
  @OperationsPerInvocation(HAND_OFFS)
  public void woven() {
    Lock lock = new Lock("lock");
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      for (int task = 0; task < 2; task++) {
        scheduler.spawn(
            co -> {
              try (var held = co.await(lock.acquire())) {
                co.await(Task.yield()); // the other one queues up
              }
              for (int i = 1; i < HAND_OFFS / 2; i++) {
                co.await(lock.acquire()).close();
              }
              Work.finished();
            });
      }
      scheduler.run();
    }
    Work.check(2);
  }

  /** Steps. */
  @Benchmark
  @OperationsPerInvocation(HAND_OFFS)
  public void step() {
    Lock lock = new Lock("lock");
    try (Scheduler scheduler = Kind.STEP.newScheduler()) {
      scheduler.spawn(new HandsOn(HAND_OFFS / 2, lock.acquire()));
      scheduler.spawn(new HandsOn(HAND_OFFS / 2, lock.acquire()));
      scheduler.run();
    }
    Work.check(2);
  }

  /** Kotlin: a mutex. */
  @Benchmark
  @OperationsPerInvocation(HAND_OFFS)
  public void kotlin() {
    Coroutines.mutex(HAND_OFFS);
  }

  /** The JDK: a lock between virtual threads, a fair one. */
  @Benchmark
  @OperationsPerInvocation(HAND_OFFS)
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void virtualThreads() {
    run(Thread.ofVirtual());
  }

  /** The same between platform threads. */
  @Benchmark
  @OperationsPerInvocation(HAND_OFFS)
  public void platformThreads() {
    run(Thread.ofPlatform().daemon());
  }

  private static void run(Thread.Builder builder) {
    ReentrantLock lock = new ReentrantLock(true);
    VirtualThreads.Work work =
        () -> {
          lock.lock();
          try {
            Thread.yield(); // the other one queues up
          } finally {
            lock.unlock();
          }
          for (int i = 1; i < HAND_OFFS / 2; i++) {
            lock.lock();
            try {
              // nothing: the hand-off is what is measured
            } finally {
              lock.unlock();
            }
          }
        };
    VirtualThreads.run(builder, work, work);
  }
}
