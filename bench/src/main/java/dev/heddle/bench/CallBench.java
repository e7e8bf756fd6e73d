package dev.heddle.bench;

import dev.heddle.bench.peers.Calls;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import dev.heddle.coroutine.GeneratorBody;
import dev.heddle.coroutine.Yielder;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * A call of a method that may suspend and does not: from a woven body, from Kotlin, and the same
 * method in plain Java. The methods are as small as can be, so that the figure is that of the call.
 * Each needs the sum of the one before, and the sum is the item of a generator.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CallBench {
  private static final int CALLS = 100_000;

  /** A sum that no series of calls here comes to; the methods suspend if it does. */
  private static final int NEVER = Integer.MIN_VALUE;

  /** A method that may suspend. */
  private interface Suspending extends Serializable {
    int add(Yielder<Integer, @Nullable Void> y, int a, int b);
  }

  /** The same method without coroutines. */
  private interface Plain {
    int plus(IntConsumer out, int a, int b);
  }

  private record First() implements Suspending, Plain {
    @Override
    public int add(Yielder<Integer, @Nullable Void> y, int a, int b) {
      if (a == NEVER) {
        y.yield(b);
      }
      return 31 * a + b;
    }

    @Override
    public int plus(IntConsumer out, int a, int b) {
      if (a == NEVER) {
        out.accept(b);
      }
      return 31 * a + b;
    }
  }

  private record Second() implements Suspending, Plain {
    @Override
    public int add(Yielder<Integer, @Nullable Void> y, int a, int b) {
      if (a == NEVER) {
        y.yield(b);
      }
      return 29 * a + b;
    }

    @Override
    public int plus(IntConsumer out, int a, int b) {
      if (a == NEVER) {
        out.accept(b);
      }
      return 29 * a + b;
    }
  }

  private static int sum(Yielder<Integer, @Nullable Void> y, int a, int b) {
    if (a == NEVER) {
      y.yield(b);
    }
    return 31 * a + b;
  }

  private static int plainSum(IntConsumer out, int a, int b) {
    if (a == NEVER) {
      out.accept(b);
    }
    return 31 * a + b;
  }

  /** The static method. */
  @State(Scope.Thread)
  public static class Function {
    private Iterator<Integer> woven = Collections.emptyIterator();
    private Iterator<Integer> kotlin = Collections.emptyIterator();

    private final int expected = plainSum(new Out());

    int checked(int sum) {
      if (sum != expected) {
        throw new IllegalStateException(
            "nothing was measured: the sum is " + sum + ", not " + expected);
      }
      return sum;
    }

    /** The bodies that call it. */
    @Setup
    public void open() {
      woven =
          items(
              y -> {
                for (; ; ) {
                  int sum = 0;
                  for (int i = 0; i < CALLS; i++) {
                    sum = sum(y, sum, i);
                  }
                  y.yield(sum);
                }
              });
      kotlin = Calls.ofAFunction(CALLS);
    }
  }

  /** What all come to. */
  private static int plainSum(IntConsumer out) {
    int sum = 0;
    for (int i = 0; i < CALLS; i++) {
      sum = plainSum(out, sum, i);
    }
    return sum;
  }

  /** The interface's method. */
  @State(Scope.Thread)
  public static class Interface {
    /** Of how many classes the receivers are, in turn. A woven call compares the first four. */
    @Param({"1", "2", "6"})
    public int receivers = 1;

    private final Plain[] plain = new Plain[8];
    private Iterator<Integer> woven = Collections.emptyIterator();
    private Iterator<Integer> kotlin = Collections.emptyIterator();

    /** Receivers, of which all but two are lambdas: each has a class of its own. */
    @Setup
    public void open() {
      Suspending[] suspending = {
        new First(), new Second(), CallBench::sum, CallBench::sum, CallBench::sum, CallBench::sum
      };
      Plain[] plainly = {
        new First(),
        new Second(),
        CallBench::plainSum,
        CallBench::plainSum,
        CallBench::plainSum,
        CallBench::plainSum
      };
      Suspending[] inTurn = new Suspending[plain.length];
      for (int i = 0; i < plain.length; i++) {
        inTurn[i] = suspending[i % receivers];
        plain[i] = plainly[i % receivers];
      }
      woven =
          items(
              y -> {
                for (; ; ) {
                  int sum = 0;
                  for (int i = 0; i < CALLS; i++) {
                    sum = inTurn[i & 7].add(y, sum, i);
                  }
                  y.yield(sum);
                }
              });
      kotlin = Calls.ofAnInterface(CALLS, receivers);
    }
  }

  private static Iterator<Integer> items(GeneratorBody<Integer> body) {
    return Generator.of(Engine.WOVEN, body).iterator();
  }

  /** Where the plain methods would give a number. */
  @State(Scope.Thread)
  public static class Out implements IntConsumer {
    @Override
    public void accept(int number) {
      throw new AssertionError("a sum that never comes: " + number);
    }
  }

  /** A static method of a woven body. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int wovenStatic(Function function) {
    return function.checked(function.woven.next());
  }

  /** A function of Kotlin. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int kotlinStatic(Function function) {
    return function.checked(function.kotlin.next());
  }

  /** A static method of Java. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int plainStatic(Out out) {
    return plainSum(out);
  }

  /** An interface's method of a woven body. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int wovenInterface(Interface receivers) {
    return receivers.woven.next();
  }

  /** An interface's method of Kotlin. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int kotlinInterface(Interface receivers) {
    return receivers.kotlin.next();
  }

  /** An interface's method of Java. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int plainInterface(Interface receivers, Out out) {
    int sum = 0;
    for (int i = 0; i < CALLS; i++) {
      sum = receivers.plain[i & 7].plus(out, sum, i);
    }
    return sum;
  }
}
