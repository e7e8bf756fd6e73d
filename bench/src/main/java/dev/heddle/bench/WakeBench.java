package dev.heddle.bench;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.YieldEvent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

  /** What the tasks are: one style is enough for a wake-up. */
  @Param({"STEP", "WOVEN", "COROUTINE_ON_VIRTUAL_THREAD", "COROUTINE_ON_HANDOFF"})
  public Kind kind = Kind.STEP;

  private Promise<Integer> promise = new Promise<>();

  /** A promise is made, awaited, completed, and its waiter woken: a turn of each of two tasks. */
  @Benchmark
  @OperationsPerInvocation(WAKES)
  public void promise() {
    try (Scheduler scheduler = kind.newScheduler()) {
      if (kind == Kind.STEP) {
        scheduler.spawn(new Repeats(this::next));
        scheduler.spawn(new Repeats(this::complete));
      } else if (kind == Kind.WOVEN) {
        scheduler.spawn(woven(this::next));
        scheduler.spawn(woven(this::complete));
      } else {
        scheduler.spawn(co -> repeat(co, this::next));
        scheduler.spawn(co -> repeat(co, this::complete));
      }
      scheduler.run();
    }
  }

  /** A task is spawned, awaited and ends: a turn of each of two tasks. */
  @Benchmark
  @OperationsPerInvocation(WAKES)
  public void join() {
    try (Scheduler scheduler = kind.newScheduler()) {
      if (kind == Kind.STEP) {
        scheduler.spawn(new Repeats(() -> scheduler.spawn(new Ends()).join()));
      } else if (kind == Kind.WOVEN) {
        scheduler.spawn(woven(() -> scheduler.spawn(child -> {}).join()));
      } else {
        scheduler.spawn(co -> repeat(co, () -> scheduler.spawn(child -> {}).join()));
      }
      scheduler.run();
    }
  }

  private interface Events {
    YieldEvent<?, ?> next();
  }

  private YieldEvent<?, ?> next() {
    promise = new Promise<>();
    return promise;
  }

  private YieldEvent<?, ?> complete() {
    promise.complete(1);
    return Task.yield();
  }

  private static TaskBody woven(Events events) {
    return co -> {
      for (int i = 0; i < WAKES; i++) {
        co.await(events.next());
      }
    };
  }

  private static void repeat(Awaiter co, Events events) throws Exception {
    for (int i = 0; i < WAKES; i++) {
      co.await(events.next());
    }
  }

  private static final class Repeats extends Step<@Nullable Void> {
    private final Events events;
    private int left = WAKES;

    Repeats(Events events) {
      this.events = events;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      return left-- > 0 ? events.next() : null;
    }
  }

  private static final class Ends extends Step<@Nullable Void> {
    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      return null;
    }
  }
}
