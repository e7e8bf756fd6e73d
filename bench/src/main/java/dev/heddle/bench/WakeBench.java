package dev.heddle.bench;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
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

/** One task wakes another: by a promise that it completes, or by ending. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class WakeBench {
  private static final int WAKES = 50_000;

  /** What the tasks are. */
  @Param({"STEP", "WOVEN"})
  public Kind kind = Kind.STEP;

  private Promise<Integer> promise = new Promise<>();

  /** A promise is made, awaited, completed, and its waiter woken: a turn of each of two tasks. */
  @Benchmark
  @OperationsPerInvocation(WAKES)
  public void promise() {
    try (Scheduler scheduler = kind.newScheduler()) {
      if (kind == Kind.STEP) {
        scheduler.spawn(new Repeats(WAKES, this::next));
        scheduler.spawn(new Repeats(WAKES, this::complete));
      } else {
        scheduler.spawn(
            co -> {
              for (int i = 0; i < WAKES; i++) {
                co.await(next());
              }
              Work.finished();
            });
        scheduler.spawn(
            co -> {
              for (int i = 0; i < WAKES; i++) {
                co.await(complete());
              }
              Work.finished();
            });
      }
      scheduler.run();
    }
    Work.check(2);
  }

  /** A task is spawned, awaited and ends: a turn of each of two tasks. */
  @Benchmark
  @OperationsPerInvocation(WAKES)
  public void join() {
    try (Scheduler scheduler = kind.newScheduler()) {
      if (kind == Kind.STEP) {
        scheduler.spawn(new Repeats(WAKES, () -> scheduler.spawn(new Ends()).join()));
      } else {
        scheduler.spawn(
            co -> {
              for (int i = 0; i < WAKES; i++) {
                co.await(scheduler.spawn(child -> {}).join());
              }
              Work.finished();
            });
      }
      scheduler.run();
    }
    Work.check(1);
  }

  private Promise<Integer> next() {
    promise = new Promise<>();
    return promise;
  }

  private YieldEvent<?, ?> complete() {
    promise.complete(1);
    return Task.yield();
  }
}
