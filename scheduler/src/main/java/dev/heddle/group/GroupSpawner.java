package dev.heddle.group;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.scheduler.Body;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.TaskFunction;
import dev.heddle.scheduler.ThreadBody;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What can start tasks from any thread: a {@link SchedulerGroup}, which chooses the loop, and a
 * {@link GroupLoop}. Like a {@link dev.heddle.scheduler.Spawner}, which is for one scheduler and
 * its own tasks: {@code spawn} starts a body that has no result, {@code submit} one that has.
 *
 * <pre>{@code
 * GroupTask<Integer> sum = workers.submit("sum", co -> rows + value);
 * int inATask = co.await(sum.join()); // in a task of any loop
 * int inAThread = sum.get();
 * }</pre>
 *
 * <p>All methods may be called from any thread, and none waits. The body begins on its loop soon
 * after; a task of that very loop that calls starts it at once, as {@code spawn} of its scheduler
 * does. Bodies that one thread hands to one loop begin in that order. The new task inherits the
 * caller's task-locals.
 *
 * <p>A failure of a spawned task is reported to the failure reporter of its loop's scheduler,
 * unless somebody waits in {@link GroupTask#join} or {@link GroupTask#get} when the task ends. A
 * failure of a submitted task is kept for who asks, and reported at the end of the loop's run if
 * nobody has.
 *
 * <p>All of them throw a {@link RejectedExecutionException} when the group takes no more, and a
 * {@link LoopFailedException} if the chosen loop has failed.
 */
public interface GroupSpawner {

  /**
   * Starts a task of a body in any style: the one method behind the others.
   *
   * @param name stands in messages and dumps; null for one that the scheduler makes
   */
  @CanIgnoreReturnValue
  <T extends @Nullable Object> GroupTask<T> start(@Nullable String name, Body<T> body);

  /** Starts a task in coroutine style. */
  @CanIgnoreReturnValue
  default GroupTask<@Nullable Void> spawn(String name, TaskBody body) {
    return start(name, Body.coroutine(body));
  }

  /** Starts a task in thread style. */
  @CanIgnoreReturnValue
  default GroupTask<@Nullable Void> spawn(String name, ThreadBody body) {
    return start(name, Body.thread(body));
  }

  /** Starts a task in step style. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> GroupTask<T> spawn(String name, Step<T> step) {
    return start(name, Body.step(step));
  }

  /** Starts a task in coroutine style that has a result. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> GroupTask<T> submit(String name, TaskFunction<T> body) {
    return start(name, Body.function(body));
  }

  /** Starts a task in thread style that has a result. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> GroupTask<T> submit(String name, Callable<T> body) {
    return start(name, Body.callable(body));
  }

  /** Starts a task in step style that has a result. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> GroupTask<T> submit(String name, Step<T> step) {
    return start(name, Body.stepFunction(step));
  }
}
