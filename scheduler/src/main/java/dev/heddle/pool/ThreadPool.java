package dev.heddle.pool;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.YieldEvent;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Threads for what would hold up a loop: work for the processor, calls that block.
 *
 * <pre>{@code
 * try (ThreadPool pool = ThreadPool.platform("hash", 4)) {
 *   scheduler.spawn(co -> print(co.await(pool.submit(() -> sha512(file)))));
 *   scheduler.run();
 * }
 * }</pre>
 *
 * <p>Work is a {@code Callable}; what it throws arrives where its result is awaited, with the
 * work's own stack trace. It runs with a snapshot of the task-locals of the task that brought it.
 * It is outside of every scheduler: it may not await, but {@link Scheduler#call} back.
 *
 * <p>Fairness and bounds: work begins in the order in which it was brought. So many run at once as
 * there are threads, and so many more are accepted as the queue holds; who brings more waits until
 * there is room, and {@link #tryStart} and {@link #execute} refuse. A task that awaits its {@link
 * #submit} needs no room: it waits anyway.
 *
 * <p>Threads are made when needed, are daemons, are named after the pool, and of platform threads
 * an idle one stays for ten seconds. Any number of schedulers may share a pool. All methods may be
 * called from any thread. From {@code concurrent.futures} of Python: {@code submit}, {@code map},
 * {@code as_completed}, {@code shutdown}.
 */
public final class ThreadPool implements Executor, AutoCloseable {
  private static final int MOST_PLATFORM_THREADS = 10_000;
  private static final int MOST_VIRTUAL_THREADS = 1_000_000;
  private static final int MOST_QUEUED = 1_000_000;

  private final String title;
  private final WorkerThreads workers;

  private ThreadPool(String name, ThreadFactory threads, boolean stay, int limit, int queued) {
    title = "pool '" + name + "'";
    checkRange("a queue for " + queued, queued, 0, MOST_QUEUED);
    workers = new WorkerThreads(threads, stay, limit, queued, title);
  }

  /** A pool of platform threads, for work; its queue holds as many as it has threads. */
  public static ThreadPool platform(String name, int threads) {
    return platform(name, threads, threads);
  }

  /**
   * A pool of platform threads, for work.
   *
   * @param threads how many work at once, 1 to 10,000
   * @param queued how many more are accepted, 0 to 1,000,000
   */
  public static ThreadPool platform(String name, int threads, int queued) {
    Objects.requireNonNull(name, "name");
    checkRange("pool '" + name + "' of " + threads + " threads", threads, 1, MOST_PLATFORM_THREADS);
    return new ThreadPool(
        name, Thread.ofPlatform().daemon().name(name + "-", 1).factory(), true, threads, queued);
  }

  /** A pool of virtual threads, for calls that block; its queue holds as many as run at once. */
  public static ThreadPool virtual(String name, int threads) {
    return virtual(name, threads, Math.min(threads, MOST_QUEUED));
  }

  /**
   * A pool of virtual threads, for calls that block.
   *
   * @param threads how many run at once, 1 to 1,000,000
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

  /** Like {@link #submit(Callable, CancelPolicy)}, with {@link CancelPolicy#ABANDON}. */
  @CheckReturnValue
  public <T extends @Nullable Object> YieldEvent<T, Exception> submit(Callable<T> work) {
    return submit(work, CancelPolicy.ABANDON);
  }

  /**
   * Has the work done and waits for its result. Nothing happens until the event is yielded; then
   * the work stands in line, begins when a thread is free, and the task goes on when it has ended.
   *
   * <p>Cancelled before the work has begun, it never begins; after that, as asked. Fails with what
   * the work throws, and with a {@link ClosedException} if the pool is closed, now or meanwhile.
   */
  @CheckReturnValue
  public <T extends @Nullable Object> YieldEvent<T, Exception> submit(
      Callable<T> work, CancelPolicy whenCancelled) {
    return new SubmitEvent<>(workers, title, work, whenCancelled);
  }

  /**
   * Has the work done and goes on beside it: waits only until there is room, and gives a promise of
   * the result. A task that is cancelled while it waits takes the work back.
   *
   * <pre>{@code
   * Promise<Page> a = co.await(pool.start(() -> fetch("a")));
   * Promise<Page> b = co.await(pool.start(() -> fetch("b")));
   * show(co.await(a), co.await(b));
   * a.onDone(scheduler, done -> log(done.state())); // or be called back
   * }</pre>
   */
  @CheckReturnValue
  public <T extends @Nullable Object> YieldEvent<Promise<T>, RuntimeException> start(
      Callable<T> work) {
    return new StartEvent<>(workers, title, work);
  }

  /**
   * What the function makes of each input, in the order of the inputs.
   *
   * @param ahead how many are begun before they are taken, 1 or more
   */
  public <A extends @Nullable Object, R extends @Nullable Object> ResultIterator<R> map(
      Iterable<A> inputs, WorkFunction<? super A, ? extends R> function, int ahead) {
    Iterator<A> each = inputs.iterator();
    Objects.requireNonNull(function, "function");
    Iterator<Callable<R>> works =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return each.hasNext();
          }

          @Override
          public Callable<R> next() {
            A input = each.next();
            return () -> function.apply(input);
          }
        };
    return new ResultIterator<>(workers, title, works, ahead, true);
  }

  /**
   * The results of the works, the first that has ended first.
   *
   * @param ahead how many are begun before they are taken, 1 or more
   */
  public <R extends @Nullable Object> ResultIterator<R> asCompleted(
      Iterable<Callable<R>> works, int ahead) {
    return new ResultIterator<>(workers, title, works.iterator(), ahead, false);
  }

  // For tasks and threads.

  /**
   * Has the work done if there is room; never waits.
   *
   * @return the promise of the result; null if there is no room
   * @throws ClosedException if the pool is closed
   */
  @CheckReturnValue
  public <T extends @Nullable Object> @Nullable Promise<T> tryStart(Callable<T> work) {
    StartEvent.PromisedWork<T> promised = new StartEvent.PromisedWork<>(work);
    return workers.add(promised, false) == WorkerThreads.Admission.ACCEPTED ? promised.promise : null;
  }

  /**
   * For the JDK's {@code CompletableFuture} and its callbacks: {@code supplyAsync(work,
   * pool).thenAccept(...)}. What the command throws goes to the thread's uncaught exception
   * handler.
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
      if (workers.add(work, false) == WorkerThreads.Admission.ACCEPTED) {
        return;
      }
    } catch (ClosedException e) {
      throw new RejectedExecutionException(e.getMessage(), e);
    }
    throw new RejectedExecutionException(this + " has no room");
  }

  private static void reportUncaught(@Nullable Throwable failure) {
    if (failure != null && !(failure instanceof ClosedException)) {
      Thread thread = Thread.currentThread();
      try {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
      } catch (Throwable ofTheHandler) {
        // the JVM ignores it too
      }
    }
  }

  /** Takes no more work; what was brought before is done, also what waits for room. */
  public void shutdown() {
    workers.shutdown();
  }

  /**
   * Takes no more work, drops what has not begun, and interrupts what runs. Who waits for any of it
   * gets a {@link ClosedException}. Never waits: {@link #join} and {@link #awaitJoin} do, until
   * nothing runs any more. A second time does nothing.
   */
  @Override
  public void close() {
    workers.close();
  }

  /** For tasks: waits until no work runs or waits. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> join() {
    return workers.unfinished().join();
  }

  /**
   * For threads: waits until no work runs or waits.
   *
   * @throws WrongThreadException on a thread that carries a loop; a task awaits {@link #join}
   */
  public void awaitJoin() throws InterruptedException {
    Scheduler.checkMayBlock("awaitJoin of " + title);
    workers.unfinished().await();
  }

  /** Whether it takes no more work. */
  public boolean isShutdown() {
    return workers.isShutdown();
  }

  @Override
  public String toString() {
    int[] counts = workers.counts();
    return String.format(
        "%s (%d running, %d queued, %d waiting for room%s)",
        title, counts[0], counts[1], counts[2], isShutdown() ? ", shut down" : "");
  }
}
