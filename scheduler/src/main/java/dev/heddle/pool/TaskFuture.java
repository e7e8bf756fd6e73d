package dev.heddle.pool;

import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The future of a command of a {@link TaskExecutor}: that of the JDK, and the job behind it. */
final class TaskFuture<V extends @Nullable Object> extends FutureTask<V>
    implements RunnableScheduledFuture<V> {
  private final TaskExecutor executor;

  /** 0: runs once. Positive: from begin to begin. Negative: from end to begin. */
  private final long periodNanos;

  /** When the command is to begin next, on the scheduler's clock; written by its task. */
  private volatile long deadlineNanos;

  /** The job that runs this; null until the executor gets it. */
  private volatile @Nullable ExecutorJob job;

  TaskFuture(TaskExecutor executor, Callable<V> body, long deadlineNanos, long periodNanos) {
    super(body);
    this.executor = executor;
    this.deadlineNanos = deadlineNanos;
    this.periodNanos = periodNanos;
  }

  void bind(ExecutorJob ofThis) {
    job = ofThis;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** Runs the command once; true if it is to run again. */
  boolean runOnce() {
    if (periodNanos == 0) {
      run();
      return false;
    }
    if (!runAndReset()) {
      return false;
    }
    long from = periodNanos > 0 ? deadlineNanos : executor.nanoTime();
    deadlineNanos = from + Math.abs(periodNanos);
    return true;
  }

  /**
   * Also called by who wraps this: {@code invokeAny} and an {@link
   * java.util.concurrent.ExecutorCompletionService} submit a future of their own around it. The job
   * is theirs then, and this one cancels it all the same.
   */
  @Override
  public void run() {
    ExecutorJob wrapping = TaskExecutor.running();
    if (job == null && wrapping != null) {
      bind(wrapping);
    }
    super.run();
  }

  /** If the task was cancelled, so is the future; the body has not failed. */
  @Override
  protected void setException(Throwable thrown) {
    if (thrown instanceof Cancelled) {
      boolean _ = super.cancel(false);
    } else {
      super.setException(thrown);
    }
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    boolean cancelled = super.cancel(mayInterrupt);
    ExecutorJob running = job; // read after that: a wrapped one is bound before it runs
    if (cancelled && running != null) {
      executor.cancelled(running, mayInterrupt);
    }
    return cancelled;
  }

  @Override
  public V get() throws InterruptedException, ExecutionException {
    checkMayWait();
    return super.get();
  }

  @Override
  public V get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    checkMayWait();
    return super.get(timeout, unit);
  }

  private void checkMayWait() {
    if (!isDone()) {
      Scheduler.checkMayBlock("get of a future of " + executor);
    }
  }

  @Override
  public boolean isPeriodic() {
    return periodNanos != 0;
  }

  @Override
  public long getDelay(TimeUnit unit) {
    return unit.convert(deadlineNanos - executor.nanoTime(), TimeUnit.NANOSECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    long difference =
        other instanceof TaskFuture<?> future
            ? deadlineNanos - future.deadlineNanos
            : getDelay(TimeUnit.NANOSECONDS) - other.getDelay(TimeUnit.NANOSECONDS);
    return Long.signum(difference);
  }
}
