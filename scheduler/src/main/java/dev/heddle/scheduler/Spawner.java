package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What can start tasks: a {@link Scheduler}, and whatever starts them in its name.
 *
 * <p>{@code spawn} starts a body that has no result, {@code submit} one that has, as {@code
 * execute} and {@code submit} of an executor do. The style is told by the shape of the body: {@code
 * () -> ...} is thread style, {@code co -> ...} coroutine style, a {@link Step} step style. A task
 * gets its first turn in the pass after it was spawned.
 *
 * <p>Who hears of a failure: of a child of a {@link TaskGroup}, the group; of a task that somebody
 * joins when it ends, the joiner. Else the {@link SchedulerBuilder#failureReporter}: at once if the
 * task was spawned, as nobody needs to join it; if it was submitted, when nobody can join it any
 * more, at the latest at the end of the run.
 *
 * <p>All of them may be called by the tasks of the scheduler and, while it does not run, by the
 * thread that created it; from other threads use {@link Scheduler#execute}. They throw {@link
 * WrongThreadException} elsewhere, and {@link IllegalStateException} once the scheduler is closed.
 */
public interface Spawner {

  /** Starts a task of a body in any style: the one method behind the others. */
  @CanIgnoreReturnValue
  <T extends @Nullable Object> Task<T> start(@Nullable String name, Body<T> body);

  /** Starts a task in coroutine style. */
  @CanIgnoreReturnValue
  default Task<@Nullable Void> spawn(TaskBody body) {
    return start(null, Body.coroutine(body));
  }

  /** Starts a task in coroutine style, with a name for messages and dumps. */
  @CanIgnoreReturnValue
  default Task<@Nullable Void> spawn(String name, TaskBody body) {
    return start(name, Body.coroutine(body));
  }

  /** Starts a task in thread style. */
  @CanIgnoreReturnValue
  default Task<@Nullable Void> spawn(ThreadBody body) {
    return start(null, Body.thread(body));
  }

  /** Starts a task in thread style, with a name for messages and dumps. */
  @CanIgnoreReturnValue
  default Task<@Nullable Void> spawn(String name, ThreadBody body) {
    return start(name, Body.thread(body));
  }

  /** Starts a task in step style. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> Task<T> spawn(Step<T> step) {
    return start(null, Body.step(step));
  }

  /** Starts a task in step style, with a name for messages and dumps. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> Task<T> spawn(String name, Step<T> step) {
    return start(name, Body.step(step));
  }

  /** Starts a task in step style that has a result. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> Task<T> submit(Step<T> step) {
    return start(null, Body.stepFunction(step));
  }

  /** Starts a task in step style that has a result, with a name. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> Task<T> submit(String name, Step<T> step) {
    return start(name, Body.stepFunction(step));
  }

  /** Starts a task in coroutine style that has a result. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> Task<T> submit(TaskFunction<T> body) {
    return start(null, Body.function(body));
  }

  /** Starts a task in coroutine style that has a result, with a name. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> Task<T> submit(String name, TaskFunction<T> body) {
    return start(name, Body.function(body));
  }

  /** Starts a task in thread style that has a result. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> Task<T> submit(Callable<T> body) {
    return start(null, Body.callable(body));
  }

  /** Starts a task in thread style that has a result, with a name. */
  @CanIgnoreReturnValue
  default <T extends @Nullable Object> Task<T> submit(String name, Callable<T> body) {
    return start(name, Body.callable(body));
  }
}
