package dev.heddle.scheduler;

import java.util.List;

/**
 * Thrown by {@link Scheduler#run} when tasks wait and nothing can ever wake one of them: no
 * deadline, no I/O, nobody outside of the scheduler. The message has a line for each waiting task:
 * its name and what it waits for.
 */
public final class DeadlockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeadlockException(String scheduler, List<? extends Task<?>> waiting) {
    super(explain(scheduler, waiting));
  }

  private static String explain(String scheduler, List<? extends Task<?>> waiting) {
    StringBuilder text = new StringBuilder();
    text.append("scheduler '").append(scheduler).append("': ");
    text.append(waiting.size() == 1 ? "1 task waits" : waiting.size() + " tasks wait");
    text.append(" and nothing can wake ").append(waiting.size() == 1 ? "it:" : "them:");
    for (Task<?> task : waiting) {
      YieldEvent<?, ?> event = task.waitingFor();
      text.append("\n  task '").append(task.name()).append("' waits for ");
      text.append(event == null ? "nothing" : event.describe());
    }
    return text.toString();
  }
}
