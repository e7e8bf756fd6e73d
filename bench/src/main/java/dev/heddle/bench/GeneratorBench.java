package dev.heddle.bench;

import dev.heddle.bench.peers.Calls;
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

  private final Iterator<Integer> kotlinItems = Calls.itemsAt(0);
  private final Iterator<Integer> handWrittenItems = new HandWritten();

  /** What one writes without a generator: the lower bound. */
  private static final class HandWritten implements Iterator<Integer> {
    private int next;

    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public Integer next() {
      return next++ & 127;
    }
  }

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
    if (sum[0] == 0) {
      throw new IllegalStateException("nothing was measured: the virtual thread failed");
    }
    return sum[0];
  }

  /** Kotlin's {@code iterator}. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public int kotlin() {
    return sum(kotlinItems);
  }

  /** An iterator of Java. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public int handWritten() {
    return sum(handWrittenItems);
  }

  private int sum() {
    return sum(Objects.requireNonNull(items));
  }

  private static int sum(Iterator<Integer> open) {
    int sum = 0;
    for (int i = 0; i < ITEMS; i++) {
      if (open.hasNext()) {
        sum += open.next();
      }
    }
    if (sum < ITEMS) { // the mean of the items is 63.5, or 1 in Kotlin
      throw new IllegalStateException("nothing was measured: the items' sum is " + sum);
    }
    return sum;
  }

  /** Ends the body. */
  @TearDown
  public void close() {
    Objects.requireNonNull(generator).close();
  }
}
