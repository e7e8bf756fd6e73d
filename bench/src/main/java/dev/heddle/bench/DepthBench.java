package dev.heddle.bench;

import dev.heddle.bench.peers.Calls;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import dev.heddle.coroutine.GeneratorBody;
import dev.heddle.coroutine.Yielder;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Task;
import java.util.Collections;
import java.util.Iterator;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A turn of a method that stands so many calls deep, woven and in Kotlin: an item of a generator,
 * and a turn of a task among many. At depth 0 the body itself has the turn.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DepthBench {
  private static final int ITEMS = 100_000;
  private static final int DESCENTS = 10_000;
  private static final int TURNS = 1_000_000;

  /** How deep. */
  @State(Scope.Thread)
  public static class Depth {
    /** So many calls. */
    @Param({"0", "1", "10", "100"})
    public int depth = 1;
  }

  /** Generators that never end. */
  @State(Scope.Thread)
  public static class Items {
    private Iterator<Integer> woven = Collections.emptyIterator();
    private Iterator<Integer> kotlin = Collections.emptyIterator();
    private Iterator<Integer> wovenDescents = Collections.emptyIterator();
    private Iterator<Integer> kotlinDescents = Collections.emptyIterator();

    /** They stand where their first item will be yielded. */
    @Setup
    public void open(Depth depth) {
      int calls = depth.depth;
      woven =
          items(
              y -> {
                if (calls > 0) {
                  var _ = itemsBelow(y, calls);
                }
                for (; ; ) {
                  y.yield(1);
                }
              });
      wovenDescents =
          items(
              y -> {
                for (; ; ) {
                  if (calls == 0) {
                    y.yield(1);
                  } else {
                    var _ = descend(y, calls);
                  }
                }
              });
      kotlin = Calls.itemsAt(calls);
      kotlinDescents = Calls.descents(calls);
    }

    private static Iterator<Integer> items(GeneratorBody<Integer> body) {
      return Generator.of(Engine.WOVEN, body).iterator();
    }

    private static int itemsBelow(Yielder<Integer, @Nullable Void> y, int depth) {
      if (depth > 1) {
        return itemsBelow(y, depth - 1) + 1;
      }
      for (; ; ) {
        y.yield(1);
      }
    }

    private static int descend(Yielder<Integer, @Nullable Void> y, int depth) {
      if (depth > 1) {
        return descend(y, depth - 1) + 1;
      }
      y.yield(1);
      return 1;
    }
  }

  /** Daemons that yield for ever, as in {@link TurnBench}. */
  @State(Scope.Thread)
  public static class Daemons {
    /** How many tasks there are. */
    @Param("1000")
    public int tasks = 1;

    private final Scheduler scheduler = Kind.WOVEN.newScheduler();

    /** Spawns all tasks but the one that counts. */
    @Setup
    public void open(Depth depth) {
      for (int i = 1; i < tasks; i++) {
        spawn(scheduler.daemons(), depth.depth, Integer.MAX_VALUE);
      }
    }

    /** Cancels them. */
    @TearDown
    public void close() {
      scheduler.close();
    }

    private void spawn(Spawner spawner, int depth, int turns) {
      spawner.spawn(
          co -> {
            if (depth > 0) {
              var _ = turnsBelow(co, depth, turns);
            } else {
              for (int i = 0; i < turns; i++) {
                co.await(Task.yield());
              }
            }
            Work.finished();
          });
    }

    private static int turnsBelow(Awaiter co, int depth, int turns) {
      if (depth > 1) {
        return turnsBelow(co, depth - 1, turns) + 1;
      }
      for (int i = 0; i < turns; i++) {
        co.await(Task.yield());
      }
      return 1;
    }
  }

  /** Kotlin's tasks. */
  @State(Scope.Thread)
  public static class Coroutines {
    /** How many there are. */
    @Param("1000")
    public int tasks = 1;
  }

  /** An item of a woven generator. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void wovenItem(Items items, Blackhole hole) {
    take(items.woven, ITEMS, hole);
  }

  /** An item of Kotlin's {@code iterator}. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void kotlinItem(Items items, Blackhole hole) {
    take(items.kotlin, ITEMS, hole);
  }

  /** All calls are made for each item, and all return: what the calls cost that suspend. */
  @Benchmark
  @OperationsPerInvocation(DESCENTS)
  public void wovenDescent(Items items, Blackhole hole) {
    take(items.wovenDescents, DESCENTS, hole);
  }

  /** The same in Kotlin. */
  @Benchmark
  @OperationsPerInvocation(DESCENTS)
  public void kotlinDescent(Items items, Blackhole hole) {
    take(items.kotlinDescents, DESCENTS, hole);
  }

  /** Each item is consumed: a sum of ones the compiler knows beforehand. */
  private static void take(Iterator<Integer> items, int count, Blackhole hole) {
    for (int i = 0; i < count; i++) {
      hole.consume(items.next());
    }
  }

  /** A turn of a woven task. */
  @Benchmark
  @OperationsPerInvocation(TURNS)
  public void wovenTurn(Daemons daemons, Depth depth) {
    daemons.spawn(daemons.scheduler, depth.depth, TURNS / daemons.tasks);
    daemons.scheduler.run();
    Work.check(1);
  }

  /** A turn of a task of Kotlin, started within the time; the turns are enough to hide that. */
  @Benchmark
  @OperationsPerInvocation(TURNS)
  public void kotlinTurn(Coroutines coroutines, Depth depth) {
    Calls.turnsAt(depth.depth, coroutines.tasks, TURNS / coroutines.tasks);
  }
}
