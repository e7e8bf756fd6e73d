package dev.heddle.process;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A child process for one {@link Job}: {@code Process} of Python's {@code multiprocessing}. It is a
 * task as well: it can be joined and cancelled, and a group can own it.
 *
 * <pre>{@code
 * JobProcess<Void> consumer =
 *     JobProcess.start(scheduler, ProcessOptions.DEFAULT.sharing(queue), Consumer.class, "first");
 * ...
 * co.await(consumer.join());
 * }</pre>
 *
 * @param <R> the job's result
 */
public final class JobProcess<R extends @Nullable Object> {
  private final Task<R> task;

  /** Null before it has started. */
  private @Nullable Child child;

  @SuppressWarnings({"unchecked", "NullAway"}) // the job's result, an R, which may be a null one
  private JobProcess(
      Spawner spawner, ProcessOptions options, JobType type, @Nullable Object argument) {
    String name = type.simpleName();
    task = spawner.submit(name, () -> (R) run(name, options, type, argument));
  }

  /**
   * Starts a child that runs the job and ends.
   *
   * @param spawner whose task it is: a scheduler, a group, or {@code scheduler.daemons()}
   * @throws IllegalArgumentException if the class cannot be named to another process
   */
  @CanIgnoreReturnValue
  public static <A extends @Nullable Object, R extends @Nullable Object> JobProcess<R> start(
      Spawner spawner, ProcessOptions options, Class<? extends Job<A, R>> job, A argument) {
    return new JobProcess<>(spawner, options, JobType.of(job), argument);
  }

  /**
   * The same with a static method.
   *
   * @throws IllegalArgumentException if it is no reference to a static method
   */
  @CanIgnoreReturnValue
  public static <A extends @Nullable Object, R extends @Nullable Object> JobProcess<R> start(
      Spawner spawner, ProcessOptions options, JobMethod<A, R> job, A argument) {
    return new JobProcess<>(spawner, options, JobType.of(job), argument);
  }

  private @Nullable Object run(
      String name, ProcessOptions options, JobType type, @Nullable Object argument)
      throws IOException {
    Child started = Child.start(name, options);
    child = started;
    boolean ended = false;
    try {
      Object result = started.call(type, argument);
      ended = true;
      return result;
    } catch (JobFailedException e) {
      ended = true;
      throw e;
    } finally {
      if (ended) {
        started.close();
      } else {
        started.kill(); // a cancelled caller does not wait for what its job may never do
      }
    }
  }

  /** Waits for its end: gives the job's result, or throws what {@link ProcessPool#apply} would. */
  @CheckReturnValue
  public YieldEvent<R, Exception> join() {
    return task.join();
  }

  /** Kills it; who joins it gets {@code Cancelled}. Whether this call did it. */
  @CanIgnoreReturnValue
  public boolean kill(String reason) {
    return task.cancel(reason);
  }

  /** Whether its end has not been seen. */
  public boolean isAlive() {
    return !task.isDone();
  }

  /** Its process id; empty before it has started. */
  public OptionalLong pid() {
    return child == null ? OptionalLong.empty() : OptionalLong.of(child.pid());
  }

  /** The end of what it has printed and of its errors, at most 64 KiB of each. */
  public String output() {
    return child == null ? "" : child.output();
  }

  @Override
  public String toString() {
    return child == null ? task.toString() : child.toString();
  }
}
