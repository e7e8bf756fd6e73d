package dev.heddle.bench;

import dev.heddle.bench.peers.Coroutines;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The life of a task that sleeps, among a million that sleep at once. The figure to read is the
 * second one, {@code nanos}, in the table at the end: of each task, and without the sleep, which is
 * in the first one. The heap is large enough for few collections, the same for all.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(
    value = 2,
    jvmArgsAppend = {Kind.FLAG, "-Xms4g", "-Xmx4g", "-Xmn3g"})
public class SleepBench {
  /** How many sleep. */
  @Param("1000000")
  public int tasks = 1;

  /** How long: all must be asleep before the first wakes. */
  @Param("3000")
  public long sleepMillis = 1;

  /** What a sleeper costs, the sleep left out. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Each {
    /**
     * From the first spawned to the last asleep, and from the first awake to the last ended; as a
     * share of the average over all iterations, because JMH adds them up.
     */
    public double nanos;

    private int iterations;
    private int tasks;
    private int asleep;
    private int awake;
    private long began;
    private long allAsleep;
    private long firstAwake;

    /** How many figures JMH will add. */
    @Setup
    public void count(BenchmarkParams run) {
      iterations = run.getMeasurement().getCount() * Math.max(1, run.getForks());
    }

    private final AtomicInteger asleepAtOnce = new AtomicInteger();
    private final AtomicInteger awakeAtOnce = new AtomicInteger();

    void begin(int count) {
      asleepAtOnce.set(0);
      awakeAtOnce.set(0);
      tasks = count;
      asleep = 0;
      awake = 0;
      began = System.nanoTime();
    }

    void asleep() {
      if (++asleep == tasks) {
        allAsleep = System.nanoTime();
      }
    }

    void awake() {
      if (++awake == 1) {
        firstAwake = System.nanoTime();
      }
    }

    /** By one of several threads. */
    void asleepAtOnce() {
      if (asleepAtOnce.incrementAndGet() == tasks) {
        allAsleep = System.nanoTime();
      }
    }

    /** By one of several threads. */
    void awakeAtOnce() {
      if (awakeAtOnce.incrementAndGet() == 1) {
        firstAwake = System.nanoTime();
      }
    }

    void end() {
      asleep += asleepAtOnce.get();
      awake += awakeAtOnce.get();
      if (asleep != tasks || awake != tasks) {
        throw new IllegalStateException(
            "nothing was measured: " + asleep + " slept and " + awake + " woke of " + tasks);
      }
      double all = allAsleep - began + System.nanoTime() - firstAwake;
      nanos = all / tasks / iterations;
    }
  }

  /** Woven tasks. */
  @Benchmark
  public void woven(Each each) {
    Duration sleep = Duration.ofMillis(sleepMillis);
    each.begin(tasks);
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      for (int i = 0; i < tasks; i++) {
        scheduler.spawn(
            co -> {
              each.asleep();
              co.await(Timers.sleep(sleep));
              each.awake();
            });
      }
      scheduler.run();
    }
    each.end();
  }

  /** Steps. */
  @Benchmark
  public void step(Each each) {
    Duration sleep = Duration.ofMillis(sleepMillis);
    each.begin(tasks);
    try (Scheduler scheduler = Kind.STEP.newScheduler()) {
      for (int i = 0; i < tasks; i++) {
        scheduler.spawn(new Sleeper(each, sleep));
      }
      scheduler.run();
    }
    each.end();
  }

  private static final class Sleeper extends Step<@Nullable Void> {
    private final Each each;
    private final Duration sleep;
    private boolean slept;

    Sleeper(Each each, Duration sleep) {
      this.each = each;
      this.sleep = sleep;
    }

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      if (slept) {
        each.awake();
        return null;
      }
      slept = true;
      each.asleep();
      return Timers.sleep(sleep);
    }
  }

  /** Kotlin: {@code delay}. */
  @Benchmark
  public void kotlin(Each each) {
    each.begin(tasks);
    Coroutines.sleepers(tasks, sleepMillis, each::asleep, each::awake);
    each.end();
  }

  /** The JDK: virtual threads. */
  @Benchmark
  public void virtualThreads(Each each) throws InterruptedException {
    threads(Thread.ofVirtual(), each);
  }

  /** The operating system's threads: a thousand or so, and no million. */
  @Benchmark
  public void platformThreads(Each each) throws InterruptedException {
    threads(Thread.ofPlatform().daemon(), each);
  }

  private void threads(Thread.Builder builder, Each each) throws InterruptedException {
    each.begin(tasks);
    CountDownLatch ended = new CountDownLatch(tasks);
    for (int i = 0; i < tasks; i++) {
      var _ =
          builder.start(
              () -> {
                each.asleepAtOnce();
                sleep();
                each.awakeAtOnce();
                ended.countDown();
              });
    }
    ended.await();
    each.end();
  }

  private void sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(sleepMillis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
