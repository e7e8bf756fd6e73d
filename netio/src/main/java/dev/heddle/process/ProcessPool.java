package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.process.Backlog.PoolClosedException;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Child JVMs that run {@link Job}s: for work that would hold up the loop, and must not share memory
 * with it, or must be ended whatever it does. {@code Pool} of Python's {@code multiprocessing}.
 *
 * <pre>{@code
 * try (Scheduler scheduler = Scheduler.create();
 *     ProcessPool pool = ProcessPool.open(scheduler, 2)) {
 *   scheduler.spawn("main", co -> {
 *     int primes = co.await(pool.apply(CountPrimes.class, new Range(0, 1_000_000)));
 *     List<Integer> all = co.await(pool.map(CountPrimes.class, ranges));
 *     Promise<Integer> later = co.await(pool.submit(CountPrimes.class, range)); // not its result
 *     ...
 *     co.await(pool.shutdown());
 *   });
 *   scheduler.run();
 * }
 * }</pre>
 *
 * <p>The children are started at once and kept warm: a call costs a message and its answer, not a
 * start. Each runs one job at a time; what is too much waits, first come, first served.
 *
 * <p>Cancellation: a job cannot be interrupted, so a child whose job nobody waits for any more is
 * killed and replaced. A job that had not begun never does.
 *
 * <p>A child that dies gives its caller a {@link ProcessDiedException} and is replaced; its job is
 * not run again, as nobody knows how far it came. When this process dies, by SIGKILL too, its
 * children end.
 *
 * <p>To be used inside of its scheduler, as tasks of which it runs.
 */
public final class ProcessPool implements AutoCloseable {
  private final Backlog backlog;
  private final List<Worker> workers = new ArrayList<>();
  private final Promise<@Nullable Void> ended = new Promise<>();
  private int running;

  private ProcessPool(Scheduler scheduler, int processes, ProcessOptions options) {
    backlog = new Backlog(options.maxQueued());
    for (int i = 1; i <= processes; i++) {
      String name = "process-" + i;
      Worker worker = new Worker(name, backlog, options);
      workers.add(worker);
      running++;
      scheduler.daemons().spawn(name, () -> runAndCount(worker));
    }
  }

  private void runAndCount(Worker worker) throws IOException {
    try {
      worker.run();
    } finally {
      if (--running == 0) {
        backlog.close();
        boolean _ = ended.complete(null);
      }
    }
  }

  /** A pool of so many children, with the defaults of {@link ProcessOptions}. */
  public static ProcessPool open(Scheduler scheduler, int processes) {
    return open(scheduler, processes, ProcessOptions.DEFAULT);
  }

  /**
   * A pool of so many children, which are started when the scheduler runs.
   *
   * @param processes 1 or more
   */
  public static ProcessPool open(Scheduler scheduler, int processes, ProcessOptions options) {
    scheduler.checkInside("ProcessPool.open");
    if (processes < 1) {
      throw new IllegalArgumentException(processes + " processes: must be 1 or more");
    }
    return new ProcessPool(scheduler, processes, options);
  }

  /**
   * Has a job done and waits for its result. Fails with a {@link CodecException}, a {@link
   * JobFailedException} or a {@link ProcessDiedException}. A cancelled caller's job is not begun,
   * or its child is killed.
   *
   * @throws IllegalArgumentException if the class cannot be named to another process
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object> YieldEvent<R, IOException> apply(
      Class<? extends Job<A, R>> job, A argument) {
    return new Apply<>(backlog, JobType.of(job), argument);
  }

  /**
   * The same with a static method: {@code pool.apply(Primes::count, range)}.
   *
   * @throws IllegalArgumentException if it is no reference to a static method
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object> YieldEvent<R, IOException> apply(
      JobMethod<A, R> job, A argument) {
    return new Apply<>(backlog, JobType.of(job), argument);
  }

  /**
   * Has a job done and does not wait for its result: waits, while too many calls are queued, for
   * room, and gives a promise. A caller that is cancelled while it waits has submitted nothing. A
   * promise that is cancelled keeps its job from being begun; to end one that runs, cancel a task
   * that awaits {@link #apply}.
   *
   * <pre>{@code
   * Promise<Integer> later = co.await(pool.submit(CountPrimes.class, range));
   * later.onDone(scheduler, done -> System.out.println(done.resultNow())); // a callback
   * }</pre>
   *
   * @throws IllegalArgumentException if the class cannot be named to another process
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<Promise<R>, IOException> submit(Class<? extends Job<A, R>> job, A argument) {
    return submit(JobType.of(job), argument);
  }

  /**
   * The same with a static method: {@code pool.submit(Primes::count, range)}.
   *
   * @throws IllegalArgumentException if it is no reference to a static method
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<Promise<R>, IOException> submit(JobMethod<A, R> job, A argument) {
    return submit(JobType.of(job), argument);
  }

  private <R extends @Nullable Object> YieldEvent<Promise<R>, IOException> submit(
      JobType type, @Nullable Object argument) {
    Promise<R> result = new Promise<>();
    return backlog.submit(new Call(type, argument, new Promised<>(result)), result);
  }

  /**
   * Has a job done for each argument and waits for all results; they are in the order of the
   * arguments. These are asked for as they are needed, two for each child ahead. The first failure
   * is the failure of the whole, and ends what else is under way, as cancellation does.
   *
   * @throws IllegalArgumentException if the class cannot be named to another process
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<List<R>, IOException> map(
          Class<? extends Job<A, R>> job, Iterable<? extends A> arguments) {
    return new MapAll<>(backlog, JobType.of(job), arguments, 2 * workers.size());
  }

  /**
   * The same with a static method: {@code pool.map(Logs::findRobots, logs)}.
   *
   * @throws IllegalArgumentException if it is no reference to a static method
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<List<R>, IOException> map(JobMethod<A, R> job, Iterable<? extends A> arguments) {
    return new MapAll<>(backlog, JobType.of(job), arguments, 2 * workers.size());
  }

  /**
   * Takes no more calls, and waits until those there are have been done and the children have ended
   * in order. A cancelled caller does not end the shutdown.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, Exception> shutdown() {
    backlog.close();
    return ended;
  }

  /** Takes no more calls, fails those there are, and kills the children; does not wait. */
  @Override
  public void close() {
    backlog.close();
    backlog.drain().forEach(call -> call.failed(new PoolClosedException()));
    workers.forEach(Worker::kill);
  }

  /** A look at a pool: its children's process ids, calls queued, and how many it has started. */
  public record Stats(List<Long> pids, int queued, int started) {}

  /** A look at it. */
  public Stats stats() {
    List<Long> pids = new ArrayList<>();
    int started = 0;
    for (Worker worker : workers) {
      Child child = worker.child();
      if (child != null && child.isAlive()) {
        pids.add(child.pid());
      }
      started += worker.started();
    }
    return new Stats(pids, backlog.size(), started);
  }

  @Override
  public String toString() {
    return "a pool of " + workers.size() + " processes, " + backlog.size() + " calls queued";
  }

  private record Promised<R extends @Nullable Object>(Promise<R> result) implements Call.Caller {
    @Override
    public boolean isGone() {
      return result.isDone();
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // the job's result, an R, perhaps null
    public void done(@Nullable Object value) {
      boolean _ = result.complete((R) value);
    }

    @Override
    public void failed(Throwable failure) {
      boolean _ = result.fail(failure);
    }
  }
}
