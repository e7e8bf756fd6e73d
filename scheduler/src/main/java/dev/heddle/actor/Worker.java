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
 * An actor whose messages are jobs: it does one after the other and keeps a promise for each.
 *
 * <pre>{@code
 * Worker worker = new Worker(scheduler, "worker");
 * Promise<Integer> sum = worker.submit(() -> 2 + 3);
 * System.out.println(co.await(sum)); // 5
 * worker.close();
 * co.await(worker.join());
 * }</pre>
 *
 * <p>A job is in thread style: it may {@code await} at any depth, and the next one waits. A job
 * that fails fails its promise and stops nobody. A task that is cancelled while it awaits a promise
 * loses the result; the job is done all the same. Jobs that were not begun when the worker is
 * cancelled fail with a {@link ReceiverClosedException}, and so does the one it was at.
 *
 * <p>Threads: as {@link Actor}; the promises for any. The jobs run on the scheduler's thread: work
 * that takes long belongs on a thread pool.
 *
 * <p>From {@code Python Cookbook}, third edition, 12.10.
 */
public final class Worker {
  /** A job and where its result goes. */
  private record PromisedJob<T extends @Nullable Object>(Callable<T> body, Promise<T> result) {
    /** All but the cancellation of the worker itself is the job's own affair. */
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

  /** A worker that is ready for jobs. */
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

  /** Does nothing to a job that is done. */
  private void giveUp(@Nullable PromisedJob<?> job) {
    if (job != null && !job.result.isDone()) {
      boolean _ = job.result.fail(actor.refusal("ended before the job was done", null));
    }
  }

  /**
   * Gives it a job; does not yield.
   *
   * @return its result to come
   * @throws ReceiverClosedException if the worker is closed or has ended
   */
  public <T extends @Nullable Object> Promise<T> submit(Callable<T> job) {
    Promise<T> result = new Promise<>();
    actor.send(new PromisedJob<>(Objects.requireNonNull(job, "job"), result));
    return result;
  }

  /** Takes no more jobs; does not yield. Those that were given are done. */
  public void close() {
    actor.close();
  }

  /** Waits for the end of the last job after {@link #close}. */
  @CheckReturnValue
  public YieldEvent<?, Exception> join() {
    return actor.join();
  }

  @Override
  public String toString() {
    return "worker of " + actor;
  }
}
