package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a task, as {@link SchedulerBuilder#observer} hears of it.
 *
 * @param task the task that it happened to; {@link Task#state} tells its state now, not then
 * @param what what happened
 * @param event what the task waits for, with {@link What#WAITS}; else null
 * @param nanos when it happened, on the scale of {@link Scheduler#nanoTime}
 */
public record TaskEvent(Task<?> task, What what, @Nullable YieldEvent<?, ?> event, long nanos) {

  /**
   * What can happen to a task. Each turn is a {@code TURN} and then one of {@code WAITS}, {@code
   * GIVES_UP} and {@code ENDED}. A task whose body is through but which has left a group with
   * children ends its last turn by {@code WAITS}, and has ended when the children have.
   */
  public enum What {
    /** It was started, and waits for its first turn. */
    SPAWNED,
    /** Its turn begins. */
    TURN,
    /** Its turn is over, and it waits for an event. */
    WAITS,
    /** Its turn is over, and it waits for its next turn. */
    GIVES_UP,
    /**
     * It waits for its next turn: the event that it waited for is over, or is ready to be resumed,
     * or was undone.
     */
    WOKEN,
    /** A cancelled scope reaches it; once more when it leaves a shielded scope. */
    CANCELLED,
    /** It has ended, in whatever way. */
    ENDED
  }

  @Override
  public String toString() {
    return task.name() + " " + what + (event == null ? "" : " " + event.describe());
  }
}
