package dev.heddle.process;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A child process for one job, like {@code Process} of Python's {@code multiprocessing}. The
 * process has a task in the parent, so it can be joined and killed, and a group can own it.
 *
 * <pre>{@code
 * ProcessOptions options = ProcessOptions.DEFAULT.sharing(queue);
 * JobProcess<Void> consumer =
 *     JobProcess.start(scheduler, options, JobType.of(Consumer.class), "first");
 * ...
 * co.await(consumer.join());
 * }</pre>
 *
 * <p>If the task is cancelled, by {@link #kill}, by its group or by the end of the scheduler, the
 * process is killed. If the parent dies, the process ends.
 *
 * <p>All methods are for the thread and the tasks of the scheduler.
 *
 * @param <R> the job's result
 */
public final class JobProcess<R extends @Nullable Object> {
  private final String name;
  private final Task<R> task;

  /** Null until the process has started and connected. */
  private @Nullable ChildProcess child;

  private JobProcess(
      Spawner spawner, ProcessOptions options, JobType<?, R> job, @Nullable Object argument) {
    options.linkShared();
    name = options.name == null ? job.simpleName : options.name;
    task = spawner.submit(name, () -> run(options, job, argument));
    if (!options.shared.isEmpty()) {
      task.hold(new Sharing(name, task, options.shared));
    }
  }

  /**
   * What is shared knows of the child from the call of {@link #start} on, and learns of its end
   * also if the task is cancelled before it has started the child.
   */
  private static final class Sharing implements Resource {
    private final Hosted.Party child;
    private final Task<?> task;
    private final List<Hosted> things;

    Sharing(String name, Task<?> task, List<Hosted> things) {
      this.child = new Hosted.Party(name);
      this.task = task;
      this.things = things;
      things.forEach(Hosted::starting);
    }

    @Override
    public String describe() {
      return "what " + child + " shares";
    }

    @Override
    public List<Task<?>> holders() {
      return List.of(task);
    }

    @Override
    public void holderEnded(Task<?> ended) {
      things.forEach(thing -> thing.ended(child));
    }
  }

  /**
   * Starts a process that runs the job and then ends. Does not wait: a failure to start shows at
   * {@link #join}.
   *
   * @param spawner who owns the task: a scheduler, a group, or {@code scheduler.daemons()}. With
   *     the last the process is a daemon: it does not keep the run from ending, and is killed when
   *     the scheduler is closed
   */
  @CanIgnoreReturnValue
  public static <A extends @Nullable Object, R extends @Nullable Object> JobProcess<R> start(
      Spawner spawner, ProcessOptions options, JobType<A, R> job, A argument) {
    return new JobProcess<>(spawner, options, job, argument);
  }

  /**
   * Like {@link #start(Spawner, ProcessOptions, JobType, Object)}, of a static method.
   *
   * @throws IllegalArgumentException if it is not a reference to a static method; see {@link
   *     JobMethod}
   */
  @CanIgnoreReturnValue
  public static <A extends @Nullable Object, R extends @Nullable Object> JobProcess<R> start(
      Spawner spawner, ProcessOptions options, JobMethod<A, R> job, A argument) {
    return start(spawner, options, JobType.of(job), argument);
  }

  private R run(ProcessOptions options, JobType<?, R> job, @Nullable Object argument)
      throws IOException {
    ChildProcess started = ChildProcess.start(name, options);
    child = started;
    try {
      R result = started.call(job, argument);
      started.close();
      return result;
    } catch (JobFailedException e) {
      started.close();
      throw e;
    } catch (Throwable e) {
      started.kill(); // when the task was cancelled, its job may never end
      throw e;
    }
  }

  /**
   * Waits for the end of the job and gives its result. Any number of tasks may join, also after the
   * end. A cancelled caller only stops waiting.
   *
   * <p>Fails with what the job's end was: a {@link JobFailedException}, a {@link
   * ProcessDiedException} or a {@link dev.heddle.process.codec.CodecException}, as {@link
   * ProcessPool#apply} does; with a {@link java.util.concurrent.CancellationException} if the
   * process was killed.
   */
  @CheckReturnValue
  public YieldEvent<R, Exception> join() {
    return task.join();
  }

  /**
   * Kills the process, whatever it does. Does not wait. Who joins the process gets a {@link
   * java.util.concurrent.CancellationException}.
   *
   * @param reason for the messages of that exception
   * @return false if the process had ended or was killed before
   */
  @CanIgnoreReturnValue
  public boolean kill(String reason) {
    return task.cancel(reason);
  }

  /**
   * Asks the process to end, by SIGTERM: its shutdown hooks run. Does not wait. Who joins the
   * process gets a {@link ProcessDiedException} with the exit code 143. A process that has not
   * started yet, or has ended, is not asked.
   *
   * @return whether the process was asked
   */
  @CanIgnoreReturnValue
  public boolean terminate() {
    ChildProcess running = child;
    if (running == null || !running.isAlive()) {
      return false;
    }
    running.terminate();
    return true;
  }

  /** The name of the process and of its task; see {@link ProcessOptions#withName}. */
  public String name() {
    return name;
  }

  /**
   * The exit code: empty until the process has ended. 0 after a job that has ended, 128 plus the
   * number of the signal if a signal has ended the process.
   */
  public OptionalInt exitCode() {
    return child == null ? OptionalInt.empty() : child.exitCode();
  }

  /** Whether the task has not ended yet. */
  public boolean isAlive() {
    return !task.isDone();
  }

  /** The process id; empty until the process has started. */
  public OptionalLong pid() {
    return child == null ? OptionalLong.empty() : OptionalLong.of(child.pid());
  }

  /** The last 64 KiB of what the process has printed, and then the last 64 KiB of its errors. */
  public String output() {
    return child == null ? "" : child.output();
  }

  @Override
  public String toString() {
    return child == null ? task.toString() : child.toString();
  }
}
