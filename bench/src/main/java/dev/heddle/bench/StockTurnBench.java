package dev.heddle.bench;

import dev.heddle.bench.peers.Coroutines;
import dev.heddle.bench.peers.VirtualThreads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * The peers of {@link TurnBench}: threads of the JDK that give up their turn with {@code
 * Thread.yield}, or hand it to each other through an {@code Exchanger}; and Kotlin's {@code yield}.
 *
 * <p>The threads are started before the time is taken. With several carriers they run side by side,
 * so that the figure is time over turns, not the cost of one.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class StockTurnBench {
  private static final int TURNS = 100_000;
  private static final int KOTLIN_TURNS = 1_000_000;
  private static final int EXCHANGES = 20_000;

  /** Threads that stand at a gate. */
  static final class Crowd {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch done;
    private final List<Thread> threads = new ArrayList<>();

    Crowd(Thread.Builder builder, int size, Runnable work) {
      done = new CountDownLatch(size);
      for (int i = 0; i < size; i++) {
        threads.add(
            builder.start(
                () -> {
                  waitFor(gate);
                  work.run();
                  done.countDown();
                }));
      }
    }

    void run() {
      gate.countDown();
      waitFor(done);
    }

    private static void waitFor(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Virtual threads that yield. */
  @State(Scope.Thread)
  public static class Virtual {
    /** How many there are. */
    @Param({"1", "2", "1000"})
    public int tasks = 1;

    private Crowd crowd = new Crowd(Thread.ofVirtual(), 0, () -> {});

    Thread.Builder threads() {
      return Thread.ofVirtual();
    }

    /** Starts them. A run takes milliseconds, so that JMH can leave this out of the time. */
    @Setup(Level.Invocation)
    public void start() {
      int turns = TURNS / tasks;
      crowd =
          new Crowd(
              threads(),
              tasks,
              () -> {
                for (int i = 0; i < turns; i++) {
                  Thread.yield();
                }
              });
    }

    void run() {
      crowd.run();
    }
  }

  /** Platform threads that yield. */
  public static class Platform extends Virtual {
    @Override
    Thread.Builder threads() {
      return Thread.ofPlatform().daemon();
    }
  }

  /** Two virtual threads that meet. */
  @State(Scope.Thread)
  public static class Exchanging {
    private Crowd crowd = new Crowd(Thread.ofVirtual(), 0, () -> {});

    Thread.Builder threads() {
      return Thread.ofVirtual();
    }

    Crowd crowd() {
      return crowd;
    }

    /** Starts them. */
    @Setup(Level.Invocation)
    public void start() {
      Exchanger<Integer> exchanger = new Exchanger<>();
      crowd =
          new Crowd(
              threads(),
              2,
              () -> {
                try {
                  for (int i = 0; i < EXCHANGES; i++) {
                    var _ = exchanger.exchange(i);
                  }
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
    }
  }

  /** Two platform threads that meet. */
  public static class ExchangingPlatform extends Exchanging {
    @Override
    Thread.Builder threads() {
      return Thread.ofPlatform().daemon();
    }
  }

  /** Counters in a ring: what a round of turns costs without tasks. */
  @State(Scope.Thread)
  public static class Ring {
    /** How many there are. */
    @Param({"1", "2", "1000"})
    public int tasks = 1;

    private final ArrayDeque<Counter> counters = new ArrayDeque<>();

    /** Fills it. */
    @Setup
    public void fill() {
      for (int i = 0; i < tasks; i++) {
        counters.add(new Counter());
      }
    }

    private static final class Counter {
      private int turns;

      boolean step() {
        return ++turns != 0;
      }
    }
  }

  /** Coroutines that yield. */
  @State(Scope.Thread)
  public static class Kotlin {
    /** How many there are. */
    @Param({"1", "2", "1000"})
    public int tasks = 1;
  }

  /** Kotlin's coroutines; they are started within the time, and have turns enough to hide it. */
  @Benchmark
  @OperationsPerInvocation(KOTLIN_TURNS)
  public void coroutines(Kotlin coroutines) {
    Coroutines.turns(coroutines.tasks, KOTLIN_TURNS / coroutines.tasks);
  }

  /** The loop of a scheduler and nothing else: the lower bound. */
  @Benchmark
  @OperationsPerInvocation(TURNS)
  public int handWritten(Ring ring) {
    int last = 0;
    for (int i = 0; i < TURNS; i++) {
      Ring.Counter next = ring.counters.remove();
      if (next.step()) {
        ring.counters.add(next);
      }
      last = next.turns;
    }
    return last;
  }

  /** As the JVM has it: as many carriers as cores. */
  @Benchmark
  @OperationsPerInvocation(TURNS)
  public void virtualThreads(Virtual threads) {
    threads.run();
  }

  /** All virtual threads on one carrier, as all tasks are on one thread. */
  @Benchmark
  @OperationsPerInvocation(TURNS)
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void virtualThreadsOnOneCarrier(Virtual threads) {
    threads.run();
  }

  /** The operating system's turns. */
  @Benchmark
  @OperationsPerInvocation(TURNS)
  public void platformThreads(Platform threads) {
    threads.run();
  }

  /** One exchange is a turn of each of the two. */
  @Benchmark
  @OperationsPerInvocation(2 * EXCHANGES)
  public void exchanging(Exchanging threads) {
    threads.crowd().run();
  }

  /** The same on one carrier. */
  @Benchmark
  @OperationsPerInvocation(2 * EXCHANGES)
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void exchangingOnOneCarrier(Exchanging threads) {
    threads.crowd().run();
  }

  /** The operating system's. */
  @Benchmark
  @OperationsPerInvocation(2 * EXCHANGES)
  public void exchangingPlatformThreads(ExchangingPlatform threads) {
    threads.crowd().run();
  }
}
