package dev.heddle.scheduler;

import java.util.List;

/**
 * Thrown by {@link Scheduler#run} when tasks wait and nothing can ever wake one of them: no
 * deadline, no I/O, no thread outside of the scheduler.
 *
 * <p>The message shows three things. First the shortest cycle of tasks that wait for each other:
 * where each task waits, since when, and where it acquired what the other task wants; for locks
 * also the order of acquisition that would have avoided the cycle. Then the waits that no known
 * task can end. Then the other waits. It shows 20 tasks of each sort.
 */
public final class DeadlockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<TaskWait> cycle;
  private final List<TaskWait> waits;

  DeadlockException(String message, List<TaskWait> cycle, List<TaskWait> waits) {
    super(message);
    this.cycle = List.copyOf(cycle);
    this.waits = List.copyOf(waits);
  }

  /**
   * The shortest cycle of tasks each of which waits for what the next one holds; empty if no tasks
   * wait for each other.
   */
  public List<TaskWait> cycle() {
    return cycle;
  }

  /**
   * All waits, in the order in which the tasks were spawned. The lines of source at which a task
   * waits are known only for the waits that the message shows.
   */
  public List<TaskWait> waits() {
    return waits;
  }
}
