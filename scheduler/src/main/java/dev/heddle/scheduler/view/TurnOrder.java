package dev.heddle.scheduler.view;

import dev.heddle.scheduler.Task;

/**
 * Decides which of the tasks that are ready has the next turn, instead of first in, first out: the
 * door by which {@code dev.heddle.test} steers a scheduler. A scheduler without one pays nothing.
 *
 * <p>What else can come in another order follows from it. Deadlines that pass together, or messages
 * of the inbox, wake their tasks in one look, and this order decides which of these runs first. A
 * deadline passes before a task that is ready if the order moves its clock and asks for a {@link
 * #LOOK}.
 */
public interface TurnOrder {
  /** Instead of a task: the loop is to look at the outside first, and then ask again. */
  int LOOK = -1;

  /**
   * Called by the loop's thread before each turn, while no task has the turn. It may cancel tasks,
   * and must not wait.
   *
   * @return the place of the task that has the next turn, 0 to {@code ready.size() - 1}; 0 is the
   *     one that came first; or {@link #LOOK}
   */
  int next(ReadyTasks ready);

  /** The tasks that are ready, first in first out; at least one. */
  interface ReadyTasks {
    /** How many there are. */
    int size();

    /** The task at a place, 0 to {@code size() - 1}. */
    Task<?> get(int place);

    /** How long from the last look until the next deadline; {@code Long.MAX_VALUE} if none is. */
    long nanosUntilDeadline();
  }
}
