package dev.heddle.bench;

import dev.heddle.bench.peers.Coroutines;
import dev.heddle.bench.peers.VirtualThreads;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.YieldEvent;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A child of a group: a thousand are started, each has one turn and ends, and the group is left.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class GroupBench {
  private static final int GROUPS = 10;
  private static final int CHILDREN = 1000;

  /** Woven tasks. */
  @Benchmark
  @OperationsPerInvocation(GROUPS * CHILDREN)
  public void woven() {
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      scheduler.spawn(
          co -> {
            for (int i = 0; i < GROUPS; i++) {
              try (var group = TaskGroup.open()) {
                for (int child = 0; child < CHILDREN; child++) {
                  group.spawn(own -> {});
                }
                co.await(group.join());
              }
            }
            Work.finished();
          });
      scheduler.run();
    }
    Work.check(1);
  }

  /** Steps. */
  @Benchmark
  @OperationsPerInvocation(GROUPS * CHILDREN)
  public void step() {
    try (Scheduler scheduler = Kind.STEP.newScheduler()) {
      scheduler.spawn(new Owner());
      scheduler.run();
    }
    Work.check(1);
  }

  private static final class Owner extends Step<@Nullable Void> {
    private @Nullable TaskGroup<@Nullable Void> group;
    private int left = GROUPS;

    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      if (group != null) {
        group.close();
      }
      if (left-- == 0) {
        Work.finished();
        return null;
      }
      group = TaskGroup.open();
      for (int child = 0; child < CHILDREN; child++) {
        group.spawn(new Ends());
      }
      return group.join();
    }
  }

  /** Kotlin: {@code coroutineScope} and {@code launch}. */
  @Benchmark
  @OperationsPerInvocation(GROUPS * CHILDREN)
  public void kotlin() {
    Coroutines.groups(GROUPS, CHILDREN);
  }

  /** The JDK: an executor of virtual threads, closed behind the last one. */
  @Benchmark
  @OperationsPerInvocation(GROUPS * CHILDREN)
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void virtualThreads() {
    run(Thread.ofVirtual());
  }

  /** The same of platform threads. */
  @Benchmark
  @OperationsPerInvocation(GROUPS * CHILDREN)
  public void platformThreads() {
    run(Thread.ofPlatform());
  }

  private static void run(Thread.Builder builder) {
    VirtualThreads.run(
        builder,
        () -> {
          for (int i = 0; i < GROUPS; i++) {
            try (ExecutorService group = Executors.newThreadPerTaskExecutor(builder.factory())) {
              for (int child = 0; child < CHILDREN; child++) {
                group.execute(() -> {});
              }
            }
          }
        });
  }
}
