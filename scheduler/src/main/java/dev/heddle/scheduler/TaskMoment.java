package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a task, as {@link SchedulerBuilder#observer} hears of it.
 *
 * @param task whom it happened to; {@link Task#state} tells where it stands now
 * @param what what happened
 * @param event what the task waits for, with {@link What#WAITS}; else null
 * @param nanos when, on the scheduler's clock
 */
public record TaskMoment(Task<?> task, What what, @Nullable YieldEvent<?, ?> event, long nanos) {

  /**
   * What can happen to a task. Each turn is a {@code TURN} and then one of {@code WAITS}, {@code
   * GIVES_UP} and {@code ENDED}, or of {@code WAITS} with the groups that its body has left.
   */
  public enum What {
    /** It was started, and waits for its first turn. */
    SPAWNED,
    /** Its turn begins. */
    TURN,
    /** Its turn is over, and it waits for an event. */
    WAITS,
    /** Its turn is over, and it waits for the next one. */
    GIVES_UP,
    /** What it waited for is over, or may be, or was undone: it waits for its turn. */
    WOKEN,
    /** A cancelled scope reaches it; again, if it comes out of a shielded one. */
    CANCELLED,
    /** It has ended, in whatever way. */
    ENDED
  }

  @Override
  public String toString() {
    return task.name() + " " + what + (event == null ? "" : " " + event.describe());
  }
}
