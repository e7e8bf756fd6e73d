package dev.heddle.scheduler.view;

import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskEvent;
import org.jspecify.annotations.Nullable;

/**
 * Hears of what happens to the tasks of a scheduler, in the moment in which it happens, and who did
 * it. Unlike an observer it may come and go while the scheduler runs: see {@link KernelView#watch}.
 *
 * <p>Called by the thread that has the turn, in the middle of changes: it may note, and must
 * neither throw nor use the scheduler.
 */
public interface TaskWatch {

  /**
   * Something has happened that is neither the beginning nor the end of a turn.
   *
   * @param what {@code SPAWNED}, {@code WOKEN}, {@code CANCELLED} or {@code ENDED}; a task that is
   *     woken in its own turn is not told to be
   * @param by the task that has the turn; null if the loop does it
   */
  void noted(Task<?> task, TaskEvent.What what, @Nullable Task<?> by);

  /** A turn begins. Called by the loop's thread. */
  void turnBegins(Task<?> task);

  /** The turn is over: the task's state tells how. Called by the loop's thread. */
  void turnEnds(Task<?> task);

  /**
   * The loop has looked at the outside.
   *
   * @param asleepNanos how long it has slept so far, in all; more than the last time if it has
   *     slept
   */
  void looked(long asleepNanos);
}
