package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of child JVMs that run jobs, like {@code Pool} of Python's {@code
 * multiprocessing}. A pool is for work that would hold up the scheduler, that must not share memory
 * with it, or that must be ended whatever it does.
 *
 * <pre>{@code
 * JobType<Range, Integer> countPrimes = JobType.of(CountPrimes.class);
 * try (Scheduler scheduler = Scheduler.create();
 *     ProcessPool pool = ProcessPool.open(scheduler, 2)) {
 *   scheduler.spawn("main", co -> {
 *     int primes = co.await(pool.apply(countPrimes, new Range(0, 1_000_000)));
 *     List<Integer> all = co.await(pool.map(countPrimes, ranges));
 *     Promise<Integer> later = co.await(pool.submit(countPrimes, range)); // does not wait for it
 *     ...
 *     co.await(pool.shutdown());
 *   });
 *   scheduler.run();
 * }
 * }</pre>
 *
 * <p>The children start when the scheduler runs, and stay. A call costs one message and its answer,
 * and not the start of a JVM. Each child runs one job at a time.
 *
 * <p>Fairness: calls begin in the order in which they were made, and tasks that wait for room to
 * submit are served in the order in which they came.
 *
 * <p>Cancellation: a job cannot be interrupted. When the caller of a running job is cancelled, the
 * child is killed and replaced. A job that has not begun never begins.
 *
 * <p>Failure: when a child dies, its caller gets a {@link ProcessDiedException} and the child is
 * replaced. The job is not run again, because nobody knows how much of it was done. A child that
 * dies while it is idle fails no call: the next one that comes to it starts another child and waits
 * for that. When this process dies, even by SIGKILL, its children end.
 *
 * <p>A pool is for the thread and the tasks of its scheduler.
 */
public final class ProcessPool implements AutoCloseable {
  /** Each child is a JVM: more would only take memory from each other. */
  private static final int MOST_PROCESSES = 1_000;

  private final Scheduler scheduler;
  private final CallQueue queue;
  private final List<ChildWorker> workers = new ArrayList<>();

  /** Completed when the last worker has ended. */
  private final Promise<@Nullable Void> ended = new Promise<>();

  /** How many workers have not ended. */
  private int running;

  private ProcessPool(Scheduler scheduler, int processes, ProcessOptions options) {
    this.scheduler = scheduler;
    options.linkShared();
    queue = new CallQueue(options.maxQueued);
    for (int i = 1; i <= processes; i++) {
      String name = "process-" + i;
      ChildWorker worker = new ChildWorker(name, queue, options);
      workers.add(worker);
      running++;
      scheduler.daemons().spawn(name, () -> runAndCount(worker));
    }
  }

  private void runAndCount(ChildWorker worker) throws IOException {
    try {
      worker.run();
    } finally {
      assert running > 0 : this + " has lost a worker that it did not have";
      if (--running == 0) {
        queue.close();
        failQueued(); // when the scheduler ends, and a thread waits for a promise
        assert queue.size() == 0 : this + " and nobody to do them";
        boolean _ = ended.complete(null);
      }
    }
  }

  /**
   * Opens a pool of as many children as this machine has processors, with {@link
   * ProcessOptions#DEFAULT}.
   *
   * @throws IllegalStateException if called from outside of the scheduler
   */
  public static ProcessPool open(Scheduler scheduler) {
    return open(scheduler, ProcessOptions.DEFAULT);
  }

  /**
   * Opens a pool of as many children as this machine has processors.
   *
   * @throws IllegalStateException if called from outside of the scheduler
   */
  public static ProcessPool open(Scheduler scheduler, ProcessOptions options) {
    int processors = Runtime.getRuntime().availableProcessors();
    return open(scheduler, Math.min(processors, MOST_PROCESSES), options);
  }

  /**
   * Opens a pool with {@link ProcessOptions#DEFAULT}.
   *
   * @param processes how many children, 1 to 1,000
   * @throws IllegalArgumentException if the number is out of this range
   * @throws IllegalStateException if called from outside of the scheduler
   */
  public static ProcessPool open(Scheduler scheduler, int processes) {
    return open(scheduler, processes, ProcessOptions.DEFAULT);
  }

  /**
   * Opens a pool. The children are started when the scheduler runs; a child that does not start
   * fails the call that needs it.
   *
   * @param processes how many children, 1 to 1,000
   * @throws IllegalArgumentException if the number is out of this range
   * @throws IllegalStateException if called from outside of the scheduler
   */
  public static ProcessPool open(Scheduler scheduler, int processes, ProcessOptions options) {
    scheduler.checkInside("ProcessPool.open");
    if (processes < 1 || processes > MOST_PROCESSES) {
      throw new IllegalArgumentException(processes + " processes: must be 1 to " + MOST_PROCESSES);
    }
    return new ProcessPool(scheduler, processes, options);
  }

  /**
   * Runs a job in a child and waits for its result.
   *
   * <pre>{@code
   * int primes = co.await(pool.apply(Primes::count, range)); // a static method
   * int more = co.await(pool.apply(JobType.of(CountPrimes.class), range)); // a class of jobs
   * }</pre>
   *
   * <p>Fails with a {@link dev.heddle.process.codec.CodecException} if the argument or the result
   * cannot be sent, with a {@link JobFailedException} if the job throws, with a {@link
   * ProcessDiedException} if the child dies or does not start, and with another {@code IOException}
   * if the pool is closed. If the caller is cancelled, the job never begins, or its child is
   * killed.
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object> YieldEvent<R, IOException> apply(
      JobType<A, R> job, A argument) {
    return new CallEvent<>(queue, job, argument);
  }

  /**
   * Like {@link #apply(JobType, Object)}, of a static method.
   *
   * @throws IllegalArgumentException if it is not a reference to a static method; see {@link
   *     JobMethod}
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object> YieldEvent<R, IOException> apply(
      JobMethod<A, R> job, A argument) {
    return apply(JobType.of(job), argument);
  }

  /** Like {@link #apply(JobMethod, Object)}, of a static method of two parameters. */
  @CheckReturnValue
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<R, IOException> apply(BiJobMethod<A, B, R> job, A first, B second) {
    return apply(JobType.ofTwo(job), new ArgumentPair<>(first, second));
  }

  /**
   * Queues a job and gives the promise of its result. Waits only for room, while too many calls are
   * queued; see {@link ProcessOptions#withMaxQueued}.
   *
   * <pre>{@code
   * Promise<Integer> later = co.await(pool.submit(Primes::count, range));
   * later.onDone(scheduler, done -> System.out.println(done.resultNow())); // a callback
   * }</pre>
   *
   * <p>Fails with an {@code IOException} if the pool is closed; the promise fails as {@link #apply}
   * does. A caller that is cancelled while it waits has submitted nothing. If the promise is
   * cancelled before the job begins, the job never begins. To end a running job, use {@link #apply}
   * and cancel its caller.
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<Promise<R>, IOException> submit(JobType<A, R> job, A argument) {
    Promise<R> result = new Promise<>();
    return queue.submit(new Call<>(job, argument, new Promised<>(result)), result);
  }

  /**
   * Like {@link #submit(JobType, Object)}, of a static method.
   *
   * @throws IllegalArgumentException if it is not a reference to a static method
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<Promise<R>, IOException> submit(JobMethod<A, R> job, A argument) {
    return submit(JobType.of(job), argument);
  }

  /**
   * Runs a job for each argument and waits for all results, which are in the order of the
   * arguments. The arguments are taken from the iterator as they are needed, two for each child
   * ahead.
   *
   * <p>The first failure is the failure of the whole, as {@link #apply} fails; it and cancellation
   * of the caller end all jobs of the map that have not ended. So does a time limit for the whole:
   *
   * <pre>{@code
   * List<Integer> all = co.await(pool.map(Primes::count, ranges).within(Duration.ofSeconds(10)));
   * }</pre>
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<List<R>, IOException> map(JobType<A, R> job, Iterable<? extends A> arguments) {
    return new MapEvent<>(queue, job, arguments, 2 * workers.size());
  }

  /**
   * Like {@link #map(JobType, Iterable)}, of a static method.
   *
   * @throws IllegalArgumentException if it is not a reference to a static method
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<List<R>, IOException> map(JobMethod<A, R> job, Iterable<? extends A> arguments) {
    return map(JobType.of(job), arguments);
  }

  /**
   * Like {@link #map(JobType, Iterable)}, but sends several arguments by one message, for jobs that
   * take less time than a message does.
   *
   * <pre>{@code
   * List<Integer> squares = co.await(pool.map(Squares::square, List.of(1, 2, 3), 1_000));
   * }</pre>
   *
   * @param chunk how many arguments a child gets at a time, 1 or more
   * @throws IllegalArgumentException if the number is less than 1
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<List<R>, IOException> map(
          JobType<A, R> job, Iterable<? extends A> arguments, int chunk) {
    if (chunk < 1) {
      throw new IllegalArgumentException("a chunk of " + chunk + " arguments: must be 1 or more");
    }
    return new MapEvent<>(
        queue, new JobChunk<>(job), JobChunk.<A>of(arguments, chunk), 2 * workers.size());
  }

  /**
   * Like {@link #map(JobType, Iterable, int)}, of a static method.
   *
   * @throws IllegalArgumentException if it is not a reference to a static method, or the number is
   *     less than 1
   */
  @CheckReturnValue
  public <A extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<List<R>, IOException> map(
          JobMethod<A, R> job, Iterable<? extends A> arguments, int chunk) {
    return map(JobType.of(job), arguments, chunk);
  }

  /**
   * Like {@link #map(JobType, Iterable)}, with an argument of each of two iterables, as many times
   * as the shorter one has arguments.
   *
   * <pre>{@code
   * List<Double> powers = co.await(pool.map(Math::pow, List.of(2.0, 3.0), List.of(10.0, 2.0)));
   * }</pre>
   *
   * @throws IllegalArgumentException if it is not a reference to a static method
   */
  @CheckReturnValue
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<List<R>, IOException> map(
          BiJobMethod<A, B, R> job, Iterable<? extends A> firsts, Iterable<? extends B> seconds) {
    return map(JobType.ofTwo(job), ArgumentPair.<A, B>zip(firsts, seconds));
  }

  /**
   * Like {@link #map(JobType, Iterable)}, with the two arguments of each pair; {@code starmap} of
   * Python's {@code multiprocessing}.
   *
   * <pre>{@code
   * List<Double> powers =
   *     co.await(pool.starmap(Math::pow, List.of(Map.entry(2.0, 10.0), Map.entry(3.0, 2.0))));
   * }</pre>
   *
   * @throws IllegalArgumentException if it is not a reference to a static method
   */
  @CheckReturnValue
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      YieldEvent<List<R>, IOException> starmap(
          BiJobMethod<A, B, R> job, Iterable<? extends Map.Entry<? extends A, ? extends B>> pairs) {
    return map(JobType.ofTwo(job), ArgumentPair.<A, B>of(pairs));
  }

  /**
   * Runs a job for each argument and gives the results in the order in which the jobs end.
   *
   * @param ahead how many jobs are queued before their results are taken, 1 or more
   * @throws IllegalArgumentException if the look-ahead is less than 1
   */
  public <A extends @Nullable Object, R extends @Nullable Object> JobResults<R> asCompleted(
      JobType<A, R> job, Iterable<? extends A> arguments, int ahead) {
    return new JobResults<>(queue, job, arguments, ahead);
  }

  /**
   * Like {@link #asCompleted(JobType, Iterable, int)}, of a static method.
   *
   * @throws IllegalArgumentException if it is not a reference to a static method, or the look-ahead
   *     is less than 1
   */
  public <A extends @Nullable Object, R extends @Nullable Object> JobResults<R> asCompleted(
      JobMethod<A, R> job, Iterable<? extends A> arguments, int ahead) {
    return asCompleted(JobType.of(job), arguments, ahead);
  }

  /**
   * Closes the pool to further calls, and waits until all calls are over and the children have
   * ended. A cancelled caller only stops waiting; the shutdown goes on.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, Exception> shutdown() {
    scheduler.checkInside("shutdown of a process pool");
    queue.close();
    return ended;
  }

  /** Closes the pool, fails all calls that are not over, and kills the children. Does not wait. */
  @Override
  public void close() {
    scheduler.checkInside("close of a process pool");
    queue.close();
    failQueued();
    workers.forEach(ChildWorker::kill);
  }

  private void failQueued() {
    queue.drain().forEach(call -> call.failed(new ProcessPoolClosedException()));
  }

  /**
   * What a pool is doing.
   *
   * @param pids the process ids of the children that are alive
   * @param queued how many calls have not begun
   * @param started how many children the pool has started so far
   */
  public record Stats(List<Long> pids, int queued, int started) {}

  /** What the pool is doing at the moment. */
  public Stats stats() {
    scheduler.checkInside("stats of a process pool");
    List<Long> pids = new ArrayList<>();
    int started = 0;
    for (ChildWorker worker : workers) {
      ChildProcess child = worker.child();
      if (child != null && child.isAlive()) {
        pids.add(child.pid());
      }
      started += worker.started();
    }
    return new Stats(pids, queue.size(), started);
  }

  @Override
  public String toString() {
    return "a pool of " + workers.size() + " processes, " + queue.size() + " calls queued";
  }

  /** The caller behind {@link #submit}. */
  private record Promised<R extends @Nullable Object>(Promise<R> result) implements Call.Caller<R> {
    @Override
    public boolean isGone() {
      return result.isDone();
    }

    @Override
    public void done(R value) {
      boolean _ = result.complete(value);
    }

    @Override
    public void failed(Throwable failure) {
      boolean _ = result.fail(failure);
    }
  }
}
