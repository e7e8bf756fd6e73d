package dev.heddle.bench;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Task;
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

/**
 * One turn: a task is resumed, yields, and goes to the back of the queue.
 *
 * <p>All tasks but one are daemons that yield for ever and stay between the invocations; the one
 * counts its turns, and the run ends with it. So no spawning is measured, and in each pass every
 * task has one turn.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class TurnBench {
  static final int TURNS = 100_000;

  /** What the tasks are. */
  @Param public Kind kind = Kind.STEP;

  /** How many there are. */
  @Param({"1", "2", "1000"})
  public int tasks = 1;

  private @Nullable Scheduler scheduler;

  /** Spawns the daemons. */
  @Setup
  public void open() {
    scheduler = kind.newScheduler();
    for (int i = 1; i < tasks; i++) {
      spawn(scheduler.daemons(), Integer.MAX_VALUE);
    }
  }

  /** A hundred thousand turns. */
  @Benchmark
  @OperationsPerInvocation(TURNS)
  public void turn() {
    Scheduler open = Objects.requireNonNull(scheduler);
    spawn(open, TURNS / tasks);
    open.run();
    Work.check(1);
  }

  /** Cancels the daemons. */
  @TearDown
  public void close() {
    Objects.requireNonNull(scheduler).close();
  }

  private void spawn(Spawner spawner, int turns) {
    switch (kind) {
      case STEP -> spawner.spawn(new Repeats(turns, Task::yield));
      case WOVEN ->
          spawner.spawn(
              co -> {
                for (int i = 0; i < turns; i++) {
                  co.await(Task.yield());
                }
                Work.finished();
              });
      case THREAD_ON_VIRTUAL_THREAD, THREAD_ON_HANDOFF ->
          spawner.spawn(
              () -> {
                for (int i = 0; i < turns; i++) {
                  await(Task.yield());
                }
                Work.finished();
              });
    }
  }
}
