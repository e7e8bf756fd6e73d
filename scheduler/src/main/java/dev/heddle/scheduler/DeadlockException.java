package dev.heddle.scheduler;

import java.util.List;

/**
 * Thrown by {@link Scheduler#run} when tasks wait and nothing can ever wake one of them: no
 * deadline, no I/O, nobody outside of the scheduler.
 *
 * <p>The message explains it: the shortest cycle of tasks that wait for each other, where each
 * waits, since when, and where it acquired what the other wants; for locks the order that would
 * have avoided it; then the waits that nobody is known to be able to end, and the others. It shows
 * {@value Explanation#MOST_TASKS} tasks of each sort.
 */
public final class DeadlockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<TaskWait> cycle;
  private final List<TaskWait> waits;

  DeadlockException(String message, List<TaskWait> cycle, List<TaskWait> waits) {
    super(message);
    this.cycle = cycle;
    this.waits = waits;
  }

  /**
   * The shortest cycle of tasks each of which waits for what the next one holds; empty if there is
   * none, so that the waits come to a dead end.
   */
  public List<TaskWait> cycle() {
    return cycle;
  }

  /**
   * All waits, in the order in which the tasks were spawned. Where a task waits in its body stands
   * in those only that the message shows.
   */
  public List<TaskWait> waits() {
    return waits;
  }
}
