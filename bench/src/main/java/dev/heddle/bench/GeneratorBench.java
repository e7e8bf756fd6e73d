package dev.heddle.bench;

import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import java.util.Iterator;
import java.util.Objects;
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

/** An item of a generator: {@code hasNext}, {@code next}, and the body's turn between. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED")
public class GeneratorBench {
  private static final int ITEMS = 100_000;

  /** What keeps the body's place. */
  @Param({"WOVEN", "CONTINUATION", "HANDOFF"})
  public Engine engine = Engine.WOVEN;

  private @Nullable Generator<Integer> generator;
  private @Nullable Iterator<Integer> items;

  /** A generator without an end, of items that are not boxed anew. */
  @Setup
  public void open() {
    Generator<Integer> endless =
        Generator.of(
            engine,
            y -> {
              for (int i = 0; ; i++) {
                y.yield(i & 127);
              }
            });
    generator = endless;
    items = endless.iterator();
  }

  /** A hundred thousand; {@code HANDOFF} is asked by a virtual thread, as by a task. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public int item() throws InterruptedException {
    if (engine != Engine.HANDOFF) {
      return sum();
    }
    int[] sum = new int[1];
    Thread.startVirtualThread(() -> sum[0] = sum()).join();
    return sum[0];
  }

  private int sum() {
    Iterator<Integer> open = Objects.requireNonNull(items);
    int sum = 0;
    for (int i = 0; i < ITEMS; i++) {
      if (open.hasNext()) {
        sum += open.next();
      }
    }
    return sum;
  }

  /** Ends the body. */
  @TearDown
  public void close() {
    Objects.requireNonNull(generator).close();
  }
}
