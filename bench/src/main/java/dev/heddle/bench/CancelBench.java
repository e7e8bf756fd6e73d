package dev.heddle.bench;

import dev.heddle.bench.peers.Coroutines;
import dev.heddle.bench.peers.VirtualThreads;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A scope around tasks that sleep is cancelled: each is started, sleeps, is cancelled and ends. The
 * figure is for all of them; divide it by {@link #tasks}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class CancelBench {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** How many tasks are in the scope. */
  @Param({"10", "1000", "100000"})
  public int tasks = 1000;

  /** Woven tasks. */
  @Benchmark
  public void woven() {
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      scheduler.spawn(
          co -> {
            try (var group = TaskGroup.open()) {
              for (int i = 0; i < tasks; i++) {
                group.spawn(
                    own -> {
                      try {
                        own.await(Task.sleep(LONG));
                      } finally {
                        Work.finished();
                      }
                    });
              }
              co.await(Task.yield()); // all sleep
              boolean _ = group.cancel("enough");
            }
          });
      scheduler.run();
    }
    Work.check(tasks);
  }

  /** Kotlin: a job with children that delay. */
  @Benchmark
  public void kotlin() {
    Coroutines.cancelled(tasks, Work::finished);
    Work.check(tasks);
  }

  /** The JDK: virtual threads that sleep, and are interrupted. */
  @Benchmark
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void virtualThreads() {
    VirtualThreads.run(
        () -> {
          List<Thread> all = new ArrayList<>(tasks);
          for (int i = 0; i < tasks; i++) {
            all.add(Thread.startVirtualThread(CancelBench::sleep));
          }
          Thread.yield(); // all sleep
          all.forEach(Thread::interrupt);
          for (Thread each : all) {
            each.join();
          }
        });
    Work.check(tasks);
  }

  private static void sleep() {
    try {
      Thread.sleep(LONG);
    } catch (InterruptedException e) {
      Work.finished();
    }
  }
}
