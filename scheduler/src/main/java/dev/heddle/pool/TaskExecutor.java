package dev.heddle.pool;

import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ScheduledExecutorService} whose commands are tasks: each command is a task in thread
 * style and runs in turn with the others on one thread.
 *
 * <pre>{@code
 * try (TaskExecutor executor = TaskExecutor.create("jobs")) {
 *   Future<Page> page = executor.submit(() -> await(load(url)));
 *   executor.scheduleAtFixedRate(this::report, 1, 1, TimeUnit.SECONDS);
 *   show(page.get());
 * }
 * }</pre>
 *
 * <p>The contracts are those of {@link ScheduledExecutorService}. Where these leave a choice, it is
 * made as in {@link java.util.concurrent.ScheduledThreadPoolExecutor} with its defaults: after
 * {@link #shutdown} delayed commands still run, and periodic ones are cancelled, one that is in the
 * middle of a run when that run is over. Any number of commands run at once, since each is a task
 * and none waits for a thread. So {@link #shutdownNow} returns the commands that had no turn yet or
 * were waiting for their time.
 *
 * <p>An interrupt, by {@code cancel(true)} or {@link #shutdownNow}, interrupts the task's thread
 * and cancels the task: calls of the JDK that block end, and every await throws {@code Cancelled}.
 * What a command of {@link #execute} throws goes to the scheduler's failure reporter.
 *
 * <p>Fairness: commands of one thread begin in the order in which it submitted them. Of two
 * commands that are due at the same time, the one that was scheduled first begins first.
 *
 * <p>All methods may be called from any thread. Those that wait (a future's {@code get}, {@code
 * invokeAll}, {@link #awaitTermination}, {@code close}) throw a {@link WrongThreadException} on a
 * thread that carries a loop. A command has a thread of its own and may wait for other commands.
 */
public final class TaskExecutor extends AbstractExecutorService
    implements ScheduledExecutorService {
  /** The job that runs on a thread: of the task whose own the thread is. */
  private static final ThreadLocal<@Nullable ExecutorJob> RUNNING = new ThreadLocal<>();

  private final Scheduler scheduler;
  private final SpinLock lock = new SpinLock();

  /** Jobs that were accepted and have not ended, first come first; guarded by the lock. */
  private final LinkedHashSet<ExecutorJob> jobs = new LinkedHashSet<>();

  /** Guarded by the lock. */
  private boolean shutdown;

  /** Counted down when this is shut down, no job is left, and its own loop, if any, has ended. */
  private final CountDownLatch terminated = new CountDownLatch(1);

  /** Completed when this is shut down and no job is left. */
  private final Promise<@Nullable Void> allEnded = new Promise<>();

  /** Whether the scheduler was made for this executor and ends with it. */
  private final boolean ownsScheduler;

  private TaskExecutor(Scheduler scheduler, boolean ownsScheduler) {
    this.scheduler = scheduler;
    this.ownsScheduler = ownsScheduler;
  }

  /** An executor with its own scheduler, which runs in its own thread until it has terminated. */
  public static TaskExecutor create(String name) {
    Scheduler scheduler = Scheduler.builder().name(name).build();
    TaskExecutor executor = new TaskExecutor(scheduler, true);
    scheduler.spawn("keeps " + name + " running", () -> Task.await(executor.allEnded));
    Thread.ofPlatform().name(name).start(executor::runLoop);
    return executor;
  }

  /**
   * An executor whose commands are tasks of this scheduler and run while that runs. A command that
   * waits for its time keeps the run from ending. When the scheduler is closed, commands that have
   * not ended are cancelled, and new ones are rejected.
   */
  public static TaskExecutor on(Scheduler scheduler) {
    return new TaskExecutor(Objects.requireNonNull(scheduler, "scheduler"), false);
  }

  private void runLoop() {
    try (Scheduler own = scheduler) {
      own.run();
    } finally {
      terminated.countDown();
    }
  }

  // Commands.

  /**
   * Runs the command as a task, at some time.
   *
   * @throws RejectedExecutionException if this is shut down, or the scheduler is closed
   */
  @Override
  public void execute(Runnable command) {
    ExecutorJob job = new ExecutorJob(Objects.requireNonNull(command, "command"));
    TaskFuture<?> future = job.future();
    if (future != null) {
      future.bind(job);
    }
    boolean accepted = lock.in(() -> !shutdown && jobs.add(job));
    if (!accepted || !scheduler.runInside(() -> begin(job))) {
      if (accepted) {
        end(job);
      }
      throw new RejectedExecutionException(
          command + " rejected: " + (accepted ? scheduler + " is closed" : this + " is shut down"));
    }
  }

  @Override
  protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Callable<T> body) {
    return new TaskFuture<>(this, body, nanoTime(), 0);
  }

  @Override
  protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Runnable body, T result) {
    return newTaskFor(Executors.callable(body, result));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return accept(Executors.callable(command), delay, 0, unit);
  }

  @Override
  public <V extends @Nullable Object> ScheduledFuture<V> schedule(
      Callable<V> callable, long delay, TimeUnit unit) {
    return accept(callable, delay, 0, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    Objects.requireNonNull(unit, "unit");
    return accept(Executors.callable(command), initialDelay, positive(period, unit), unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    Objects.requireNonNull(unit, "unit");
    return accept(Executors.callable(command), initialDelay, -positive(delay, unit), unit);
  }

  private static long positive(long period, TimeUnit unit) {
    if (period <= 0) {
      throw new IllegalArgumentException("a period of " + period + ": must be 1 or more");
    }
    return saturated(period, unit);
  }

  /** At most half of what a long holds, as the difference of two deadlines must fit into one. */
  private static long saturated(long duration, TimeUnit unit) {
    return Math.min(Math.max(0, unit.toNanos(duration)), Long.MAX_VALUE / 2);
  }

  private <V extends @Nullable Object> ScheduledFuture<V> accept(
      Callable<V> body, long delay, long periodNanos, TimeUnit unit) {
    Objects.requireNonNull(body, "command");
    Objects.requireNonNull(unit, "unit");
    long deadline = nanoTime() + saturated(delay, unit);
    TaskFuture<V> future = new TaskFuture<>(this, body, deadline, periodNanos);
    execute(future);
    return future;
  }

  // Jobs, on the loop.

  private void begin(ExecutorJob job) {
    if (lock.in(() -> job.state != ExecutorJob.State.WAITING)) {
      return;
    }
    try {
      job.task = job.locals.call(() -> scheduler.spawn(() -> run(job)));
    } catch (IllegalStateException closed) {
      cancelUnbegun(job);
    } catch (Exception impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** The body of a job's task. */
  private void run(ExecutorJob job) {
    TaskFuture<?> future = job.future();
    RUNNING.set(job);
    try {
      boolean again = true;
      while (again) {
        if (future != null) {
          sleepUntil(future.deadlineNanos());
        }
        again =
            takeUp(job)
                && (future == null ? runPlain(job) : future.runOnce() && putBack(job, future));
      }
    } catch (Cancelled e) {
      cancelUnbegun(job);
      throw e;
    } finally {
      RUNNING.remove();
      end(job);
    }
  }

  /** The job on whose thread the caller is; null elsewhere. */
  static @Nullable ExecutorJob running() {
    return RUNNING.get();
  }

  private static boolean runPlain(ExecutorJob job) {
    job.given.run();
    return false;
  }

  private void sleepUntil(long deadlineNanos) {
    for (long left = deadlineNanos - nanoTime(); left > 0; left = deadlineNanos - nanoTime()) {
      Task.await(Timers.sleep(Duration.ofNanos(left)));
    }
  }

  /** The time of a job has come; false if it shall not run any more. */
  private boolean takeUp(ExecutorJob job) {
    Thread thread = Thread.currentThread();
    return lock.in(
        () -> {
          if (job.state == ExecutorJob.State.ENDED || (shutdown && isPeriodic(job))) {
            return false;
          }
          assert job.state == ExecutorJob.State.WAITING && job.thread == null : job.given;
          job.state = ExecutorJob.State.BEGUN;
          job.thread = thread;
          return true;
        });
  }

  /**
   * A periodic job waits for its next time; false if it shall not run any more. A caller that
   * cancels the future looks at the job after that; so either this method sees that the future is
   * cancelled, or the caller sees that the job is WAITING.
   */
  private boolean putBack(ExecutorJob job, TaskFuture<?> future) {
    boolean again =
        lock.in(
            () -> {
              job.thread = null;
              if (job.state == ExecutorJob.State.ENDED || future.isCancelled() || shutdown) {
                return false;
              }
              job.state = ExecutorJob.State.WAITING;
              return true;
            });
    if (!again) {
      boolean _ = future.cancel(false); // after a shutdown: it was in the middle of a run then
    }
    return again;
  }

  private static boolean isPeriodic(ExecutorJob job) {
    TaskFuture<?> future = job.future();
    return future != null && future.isPeriodic();
  }

  /** The scheduler was closed before the job could begin: its future is cancelled. */
  private void cancelUnbegun(ExecutorJob job) {
    TaskFuture<?> future = job.future();
    if (future != null && lock.in(() -> job.state != ExecutorJob.State.ENDED)) {
      boolean _ = future.cancel(false);
    }
    end(job);
  }

  // Jobs, any thread.

  /** The future of a job was cancelled. */
  void cancelled(ExecutorJob job, boolean mayInterrupt) {
    boolean begun = begun(job);
    if (!begun) {
      end(job);
    }
    if (!begun || mayInterrupt) {
      cancelTask(job, "its future was cancelled");
    }
  }

  private boolean begun(ExecutorJob job) {
    return lock.in(() -> job.state == ExecutorJob.State.BEGUN);
  }

  private void cancelTask(ExecutorJob job, String reason) {
    boolean _ =
        scheduler.runInside(
            () -> {
              boolean _ = job.task != null && job.task.cancel(reason);
            });
  }

  private void end(ExecutorJob job) {
    boolean last =
        lock.in(
            () -> {
              job.state = ExecutorJob.State.ENDED;
              job.thread = null;
              return jobs.remove(job) && shutdown && jobs.isEmpty();
            });
    if (last) {
      terminate();
    }
  }

  private void terminate() {
    assert isShutdown() && lock.in(jobs::isEmpty) : this + " terminates";
    boolean _ = allEnded.complete(null);
    if (!ownsScheduler) {
      terminated.countDown();
    }
  }

  // The end.

  @Override
  public void shutdown() {
    List<ExecutorJob> waiting = // one that runs just now is cancelled when that run is over
        lock.in(
            () -> {
              shutdown = true;
              return jobs.stream()
                  .filter(job -> isPeriodic(job) && job.state == ExecutorJob.State.WAITING)
                  .toList();
            });
    for (ExecutorJob job : waiting) {
      boolean _ = Objects.requireNonNull(job.future()).cancel(false);
    }
    if (lock.in(jobs::isEmpty)) {
      terminate();
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    List<Runnable> waiting = new ArrayList<>();
    List<Thread> busy = new ArrayList<>();
    List<ExecutorJob> all =
        lock.in(
            () -> {
              shutdown = true;
              jobs.forEach(
                  job -> halt(job, waiting, busy)); // all under one lock: none begins meanwhile
              return List.copyOf(jobs);
            });
    busy.forEach(Thread::interrupt);
    for (ExecutorJob job : all) {
      cancelTask(job, this + " is shut down");
      if (!begun(job)) {
        end(job);
      }
    }
    shutdown();
    return waiting;
  }

  /** Under the lock: ends a job that has not begun; adds the thread of one that has to busy. */
  private static void halt(ExecutorJob job, List<Runnable> waiting, List<Thread> busy) {
    if (job.state == ExecutorJob.State.WAITING) {
      job.state = ExecutorJob.State.ENDED;
      waiting.add(job.given);
    } else if (job.thread != null) {
      busy.add(job.thread);
    }
  }

  @Override
  public boolean isShutdown() {
    return lock.in(() -> shutdown);
  }

  @Override
  public boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    if (!isTerminated()) {
      Scheduler.checkMayBlock("awaitTermination of " + this);
    }
    return terminated.await(timeout, unit);
  }

  long nanoTime() {
    return scheduler.nanoTime();
  }

  @Override
  public String toString() {
    return "task executor on " + scheduler;
  }
}
