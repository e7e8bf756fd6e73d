package dev.heddle.actor;

import static dev.heddle.scheduler.Task.await;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * An actor whose messages are jobs. It does one job after the other and completes a promise for
 * each.
 *
 * <pre>{@code
 * Worker worker = new Worker(scheduler, "worker");
 * Promise<Integer> sum = worker.submit(() -> 2 + 3);
 * System.out.println(co.await(sum)); // 5
 * worker.close();
 * co.await(worker.join());
 * }</pre>
 *
 * <p>A job is in thread style: it may {@code await} at any depth; the next job waits. A failure of
 * a job fails its promise and does not stop the worker. A task that is cancelled while it awaits a
 * promise loses the result; the job is done all the same. When the worker is cancelled, the current
 * job and those that have not begun fail with a {@link ReceiverClosedException}.
 *
 * <p>Fairness: jobs are done in the order in which they were submitted. Threads: as {@link Actor};
 * the promises may be used by any thread. Jobs run on the scheduler's thread: computation that
 * takes long belongs on a {@code ThreadPool}.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.10.
 */
public final class Worker {
  /** A job and the promise of its result. */
  private record PromisedJob<T extends @Nullable Object>(Callable<T> body, Promise<T> result) {
    /**
     * Runs the job. A cancellation of the worker is thrown; any other failure fails the promise.
     */
    void run() {
      try {
        boolean _ = result.complete(body.call());
      } catch (Cancelled cancelled) {
        throw cancelled;
      } catch (Throwable failure) {
        boolean _ = result.fail(failure);
      }
    }
  }

  private final Actor<PromisedJob<?>> actor;

  /**
   * A worker that is ready for jobs.
   *
   * @param name the name of its task; appears in error messages and dumps
   */
  public Worker(Scheduler scheduler, String name) {
    actor = new Actor<>(scheduler, name);
    Task<@Nullable Void> _ = actor.start(this::work);
  }

  private void work() {
    PromisedJob<?> job = null;
    try {
      while ((job = await(actor.receive())) != null) {
        job.run();
      }
    } finally {
      actor.close();
      giveUp(job);
      actor.mailbox.drain().forEach(this::giveUp);
    }
  }

  private void giveUp(@Nullable PromisedJob<?> job) {
    if (job != null && !job.result.isDone()) {
      boolean _ = job.result.fail(actor.refusal("ended before the job was done", null));
    }
  }

  /**
   * Submits a job; does not yield.
   *
   * @return the promise of its result
   * @throws ReceiverClosedException if the worker is closed or has ended
   */
  public <T extends @Nullable Object> Promise<T> submit(Callable<T> job) {
    Promise<T> result = new Promise<>();
    actor.send(new PromisedJob<>(Objects.requireNonNull(job, "job"), result));
    return result;
  }

  /** Takes no more jobs; does not yield. Jobs that were submitted before are done. */
  public void close() {
    actor.close();
  }

  /** Waits for the end of the worker: {@link #close} was called and the last job has ended. */
  @CheckReturnValue
  public YieldEvent<?, Exception> join() {
    return actor.join();
  }

  @Override
  public String toString() {
    return "worker of " + actor;
  }
}
