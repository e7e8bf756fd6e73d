package dev.heddle.bench;

import dev.heddle.bench.peers.Coroutines;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A task's whole life: spawned, one turn, ended. Beside it, a thread's. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class SpawnBench {
  private static final int TASKS = 1000;

  /** Which tasks. */
  @State(Scope.Thread)
  public static class Tasks {
    /** What the tasks are. */
    @Param public Kind kind = Kind.STEP;
  }

  /** A thousand at once on a new scheduler. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void tasks(Tasks tasks) {
    try (Scheduler scheduler = tasks.kind.newScheduler()) {
      for (int i = 0; i < TASKS; i++) {
        switch (tasks.kind) {
          case STEP -> scheduler.spawn(new Ends());
          case WOVEN -> scheduler.spawn(co -> {});
          case THREAD_ON_VIRTUAL_THREAD, THREAD_ON_HANDOFF -> scheduler.spawn(() -> {});
        }
      }
      scheduler.spawn(new Repeats(0, Task::yield)); // has its turn when all had theirs
      scheduler.run();
    }
    Work.check(1);
  }

  /** Kotlin: a thousand coroutines of a scope. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void kotlin() {
    Coroutines.groups(1, TASKS);
  }

  /** A thousand stock virtual threads. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void virtualThreads() throws InterruptedException {
    startAndJoin(Thread.ofVirtual());
  }

  /** A thousand platform threads. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void platformThreads() throws InterruptedException {
    startAndJoin(Thread.ofPlatform());
  }

  private static void startAndJoin(Thread.Builder builder) throws InterruptedException {
    Thread[] threads = new Thread[TASKS];
    for (int i = 0; i < TASKS; i++) {
      threads[i] = builder.start(() -> {});
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
