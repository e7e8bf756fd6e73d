package dev.heddle.pool;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.YieldEvent;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Threads for work that would hold up a loop: long computations, and calls that block.
 *
 * <pre>{@code
 * try (ThreadPool pool = ThreadPool.platform("hash", 4)) {
 *   scheduler.spawn(co -> print(co.await(pool.apply(() -> sha512(file)))));
 *   scheduler.run();
 * }
 * }</pre>
 *
 * <p>Work is a {@code Callable}. What it throws arrives where its result is awaited, with the
 * work's own stack trace. It runs with a snapshot of the task-locals of the task that submitted it.
 * It is outside of every scheduler: it cannot await, but it may use {@link Scheduler#call}.
 *
 * <p>Fairness: work begins in the order in which it was submitted. Limits: as many pieces of work
 * run at once as there are threads, and as many more are accepted as the queue holds. When the
 * queue is full, {@link #submit} waits, {@link #trySubmit} returns null, and {@link #execute}
 * throws. {@link #apply} needs no room, as its task waits anyway.
 *
 * <p>Threads are made when needed, are daemons, and are named after the pool. An idle platform
 * thread stays for ten seconds. Any number of schedulers may share a pool. All methods may be
 * called from any thread. {@code ProcessPool} of heddle-netio has methods of the same names that
 * mean the same. From Python: {@code apply} of {@code multiprocessing}, and {@code submit}, {@code
 * map}, {@code as_completed}, {@code shutdown} of {@code concurrent.futures}.
 */
public final class ThreadPool implements Executor, AutoCloseable {
  private static final int MOST_PLATFORM_THREADS = 10_000;
  private static final int MOST_VIRTUAL_THREADS = 1_000_000;
  private static final int MOST_QUEUED = 1_000_000;

  private final WorkerThreads threads;

  private ThreadPool(String name, ThreadFactory factory, boolean stay, int limit, int queued) {
    checkRange("a queue for " + queued, queued, 0, MOST_QUEUED);
    threads = new WorkerThreads(factory, stay, limit, queued, "pool '" + name + "'");
  }

  /** A pool of platform threads, for computation, whose queue holds as much as it has threads. */
  public static ThreadPool platform(String name, int threads) {
    return platform(name, threads, threads);
  }

  /**
   * A pool of platform threads, for computation.
   *
   * @param threads how many pieces of work run at once, 1 to 10,000
   * @param queued how many more are accepted, 0 to 1,000,000
   */
  public static ThreadPool platform(String name, int threads, int queued) {
    Objects.requireNonNull(name, "name");
    checkRange("pool '" + name + "' of " + threads + " threads", threads, 1, MOST_PLATFORM_THREADS);
    return new ThreadPool(
        name, Thread.ofPlatform().daemon().name(name + "-", 1).factory(), true, threads, queued);
  }

  /** A pool of virtual threads, for calls that block, whose queue holds as much as runs at once. */
  public static ThreadPool virtual(String name, int threads) {
    return virtual(name, threads, Math.min(threads, MOST_QUEUED));
  }

  /**
   * A pool of virtual threads, for calls that block.
   *
   * @param threads how many pieces of work run at once, 1 to 1,000,000
   * @param queued how many more are accepted, 0 to 1,000,000
   */
  public static ThreadPool virtual(String name, int threads, int queued) {
    Objects.requireNonNull(name, "name");
    checkRange("pool '" + name + "' of " + threads + " threads", threads, 1, MOST_VIRTUAL_THREADS);
    return new ThreadPool(
        name, Thread.ofVirtual().name(name + "-", 1).factory(), false, threads, queued);
  }

  private static void checkRange(String what, int number, int least, int most) {
    if (number < least || number > most) {
      throw new IllegalArgumentException(what + ": must be " + least + " to " + most);
    }
  }

  // For tasks.

  /** Like {@link #apply(Callable, CancelPolicy)}, with {@link CancelPolicy#ABANDON}. */
  @CheckReturnValue
  public <T extends @Nullable Object> YieldEvent<T, Exception> apply(Callable<T> work) {
    return apply(work, CancelPolicy.ABANDON);
  }

  /**
   * Runs the work in a thread and waits for its result. When the event is awaited, the work is
   * queued; it begins when a thread is free, and the task goes on when it has ended.
   *
   * <pre>{@code
   * byte[] hash = co.await(pool.apply(() -> sha512(file)));
   * }</pre>
   *
   * <p>If the task is cancelled before the work has begun, the work never begins. If the task is
   * cancelled later, the policy decides. Fails with what the work throws, and with a {@link
   * PoolClosedException} if the pool is closed, before the event is awaited or while it waits.
   */
  @CheckReturnValue
  public <T extends @Nullable Object> YieldEvent<T, Exception> apply(
      Callable<T> work, CancelPolicy policy) {
    return new ApplyWorkEvent<>(threads, work, policy);
  }

  /**
   * Queues the work and gives the promise of its result: the work runs beside the task, which waits
   * only until there is room. A task that is cancelled while it waits takes the work back. Fails
   * with a {@link PoolClosedException} if the pool is closed, before the event is awaited or while
   * it waits.
   *
   * <pre>{@code
   * Promise<Page> a = co.await(pool.submit(() -> fetch("a")));
   * Promise<Page> b = co.await(pool.submit(() -> fetch("b")));
   * show(co.await(a), co.await(b));
   * a.onDone(scheduler, done -> log(done.state())); // or be called back
   * }</pre>
   *
   * <p>If the promise is cancelled before the work begins, the work never begins. Work that runs
   * goes on, and its result is dropped. To end work that runs, use {@link #apply} with {@link
   * CancelPolicy#INTERRUPT} and cancel its caller.
   */
  @CheckReturnValue
  public <T extends @Nullable Object> YieldEvent<Promise<T>, RuntimeException> submit(
      Callable<T> work) {
    return new SubmitWorkEvent<>(threads, work);
  }

  /**
   * Applies the function to each input, in threads, and gives the results in the order of the
   * inputs.
   *
   * @param ahead how many inputs are begun before their results are taken, 1 or more
   */
  public <A extends @Nullable Object, R extends @Nullable Object> ResultIterator<R> map(
      Iterable<A> inputs, WorkFunction<? super A, ? extends R> function, int ahead) {
    Objects.requireNonNull(function, "function");
    return new ResultIterator<>(threads, inputs.iterator(), function, ahead, true);
  }

  /**
   * Runs the pieces of work in threads and gives the results in the order in which they end.
   *
   * @param ahead how many are begun before their results are taken, 1 or more
   */
  public <R extends @Nullable Object> ResultIterator<R> asCompleted(
      Iterable<? extends Callable<? extends R>> works, int ahead) {
    return new ResultIterator<>(threads, works.iterator(), Callable::call, ahead, false);
  }

  /**
   * Like {@link #map}, but gives the results in the order in which the work ends.
   *
   * <pre>{@code
   * try (var sizes = pool.asCompleted(files, Files::size, 8)) {
   *   while (sizes.hasNext()) {
   *     total += co.await(sizes.next()); // the fastest first
   *   }
   * }
   * }</pre>
   *
   * @param ahead how many inputs are begun before their results are taken, 1 or more
   */
  public <A extends @Nullable Object, R extends @Nullable Object> ResultIterator<R> asCompleted(
      Iterable<A> inputs, WorkFunction<? super A, ? extends R> function, int ahead) {
    Objects.requireNonNull(function, "function");
    return new ResultIterator<>(threads, inputs.iterator(), function, ahead, false);
  }

  // For tasks and threads.

  /**
   * Runs the work in a thread if there is room for it; never waits.
   *
   * @return the promise of the result; null if there is no room
   * @throws PoolClosedException if the pool is closed
   */
  @CheckReturnValue
  public <T extends @Nullable Object> @Nullable Promise<T> trySubmit(Callable<T> work) {
    SubmitWorkEvent.PromisedWork<T> promised = new SubmitWorkEvent.PromisedWork<>(work);
    return threads.add(promised, false) == WorkerThreads.Admission.ACCEPTED
        ? promised.promise
        : null;
  }

  /**
   * Runs a command in a thread. For the JDK's {@code CompletableFuture} and its callbacks: {@code
   * supplyAsync(work, pool).thenAccept(...)}. What the command throws goes to the thread's uncaught
   * exception handler.
   *
   * @throws RejectedExecutionException if there is no room, or the pool is closed
   */
  @Override
  public void execute(Runnable command) {
    Objects.requireNonNull(command, "command");
    WorkItem<Boolean> work =
        new WorkItem<>(Executors.callable(command, true)) {
          @Override
          void settled() {
            reportUncaught(failure());
          }
        };
    try {
      if (threads.add(work, false) == WorkerThreads.Admission.ACCEPTED) {
        return;
      }
    } catch (PoolClosedException e) {
      throw new RejectedExecutionException(e.getMessage(), e);
    }
    throw new RejectedExecutionException(this + " has no room");
  }

  private static void reportUncaught(@Nullable Throwable failure) {
    if (failure != null && !(failure instanceof PoolClosedException)) {
      Thread thread = Thread.currentThread();
      try {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
      } catch (Throwable ofTheHandler) {
        // the JVM ignores it too
      }
    }
  }

  /** Takes no more work. Work that was submitted before is done, also if it waits for room. */
  public void shutdown() {
    threads.shutdown();
  }

  /**
   * Takes no more work, drops work that has not begun, and interrupts work that runs. Tasks that
   * wait for any of it get a {@link PoolClosedException}. Never waits; {@link #join} and {@link
   * #awaitJoin} wait until no work runs any more. A second call does nothing.
   */
  @Override
  public void close() {
    threads.close();
  }

  /** For tasks: waits until no work runs or waits. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> join() {
    return threads.unfinished().join();
  }

  /**
   * For threads: waits until no work runs or waits.
   *
   * @throws WrongThreadException on a thread that carries a loop; a task awaits {@link #join}
   */
  public void awaitJoin() throws InterruptedException {
    Scheduler.checkMayBlock("awaitJoin of " + threads.title());
    threads.unfinished().await();
  }

  /** Whether it takes no more work. */
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public String toString() {
    int[] counts = threads.counts();
    return String.format(
        Locale.ROOT,
        "%s (%d running, %d queued, %d waiting for room%s)",
        threads.title(),
        counts[0],
        counts[1],
        counts[2],
        isShutdown() ? ", shut down" : "");
  }
}
