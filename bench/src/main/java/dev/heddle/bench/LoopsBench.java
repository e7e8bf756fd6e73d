package dev.heddle.bench;

import dev.heddle.actor.Actor;
import dev.heddle.actor.ActorRef;
import dev.heddle.group.GroupLoop;
import dev.heddle.group.GroupTask;
import dev.heddle.group.SchedulerGroup;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Several loops: a message from a task of one loop to another loop, in bursts of a hundred; and
 * handlers that compute, on one loop and on two. A figure is the time from the first message to the
 * last one's arrival, for each message; the number of those that arrived is checked.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class LoopsBench {
  private static final int MESSAGES = 100_000;
  private static final int BURST = 100;
  private static final int HANDLERS = 64;
  private static final int STEPS = 20;

  private final SchedulerGroup group = SchedulerGroup.builder().loops(2).daemon(true).open();
  private final ExecutorService executor = Executors.newSingleThreadExecutor();

  /** How many messages the actor has had. */
  private volatile Promise<Integer> ended = new Promise<>();

  /** How many messages have arrived; of the receiving loop alone. */
  private int arrived;

  /** Ends them. */
  @TearDown
  public void close() {
    group.close();
    executor.shutdown();
  }

  /** {@code GroupLoop.tell}: a task of one loop has another loop run something. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void tellBursts() throws Exception {
    GroupLoop there = group.loops().get(1);
    GroupTask<Integer> sender =
        group
            .loops()
            .get(0)
            .submit(
                "sender",
                co -> {
                  for (int i = 0; i < MESSAGES / BURST; i++) {
                    for (int n = 0; n < BURST; n++) {
                      there.tell(this::arrive);
                    }
                    co.await(Task.yield());
                  }
                  return co.await(there.submit("last", _ -> takeCount()).join());
                });
    check(sender.get());
  }

  /** {@code ActorRef.send}: the same to an actor of the other loop. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void actorBursts() throws Exception {
    GroupTask<ActorRef<Integer>> made = group.loops().get(1).submit("make", _ -> countingActor());
    ActorRef<Integer> actor = made.get();
    GroupTask<Integer> sender =
        group
            .loops()
            .get(0)
            .submit(
                "sender",
                co -> {
                  for (int i = 0; i < MESSAGES / BURST; i++) {
                    for (int n = 0; n < BURST; n++) {
                      actor.send(n);
                    }
                    co.await(Task.yield());
                  }
                  actor.close();
                  return co.await(ended);
                });
    check(sender.get());
  }

  private ActorRef<Integer> countingActor() {
    Promise<Integer> end = new Promise<>();
    ended = end;
    Actor<Integer> actor = new Actor<>(Scheduler.current(), "counts");
    var _ =
        actor.start(
            co -> {
              int count = 0;
              while (co.await(actor.receive()) != null) {
                count++;
              }
              end.complete(count);
            });
    return actor.ref();
  }

  /** The JDK: a thread hands the same to an executor of one thread. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void executorBursts() throws Exception {
    for (int i = 0; i < MESSAGES; i++) {
      executor.execute(this::arrive);
    }
    check(CompletableFuture.supplyAsync(this::takeCount, executor).get());
  }

  private void arrive() {
    arrived++;
  }

  private int takeCount() {
    int count = arrived;
    arrived = 0;
    return count;
  }

  private static void check(int count) {
    if (count != MESSAGES) {
      throw new IllegalStateException("nothing was measured: " + count + " messages arrived");
    }
  }

  /** How many loops share the handlers. */
  @State(Scope.Benchmark)
  public static class Handlers {
    /** How many loops. */
    @Param({"1", "2"})
    public int loops = 1;

    @Nullable SchedulerGroup group;

    /** The loops, for all invocations. */
    @Setup
    public void open() {
      group = SchedulerGroup.builder().loops(loops).daemon(true).open();
    }

    /** Ends them. */
    @TearDown
    public void close() {
      group().close();
    }

    SchedulerGroup group() {
      return Objects.requireNonNull(group, "it is open");
    }
  }

  /** One turn of a handler that computes, some 20 us each; all handlers have the same to do. */
  @Benchmark
  @OperationsPerInvocation(HANDLERS * STEPS)
  public void computingHandlers(Handlers on) throws Exception {
    List<GroupTask<Integer>> all = new ArrayList<>();
    for (int i = 0; i < HANDLERS; i++) {
      int seed = i;
      all.add(
          on.group()
              .submit(
                  "handler",
                  co -> {
                    int value = seed;
                    for (int step = 0; step < STEPS; step++) {
                      value = compute(value);
                      co.await(Task.yield());
                    }
                    Work.finished();
                    return value;
                  }));
    }
    int sum = 0;
    for (GroupTask<Integer> each : all) {
      sum += each.get();
    }
    Work.check(HANDLERS);
    if (sum == 0) {
      throw new IllegalStateException("nothing was computed");
    }
  }

  private static int compute(int seed) {
    int value = seed | 1;
    for (int i = 0; i < 20_000; i++) {
      value = value * 1_664_525 + 1_013_904_223;
    }
    return value;
  }
}
