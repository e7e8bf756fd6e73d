package dev.heddle.scheduler;

import java.util.List;

/**
 * Tasks each of which waits for what the next one holds, and the last for what the first holds:
 * none of them can go on unless somebody cancels one.
 *
 * @param cycle the waits, in this order; never empty
 */
public record Deadlock(List<TaskWait> cycle) implements Finding {

  /**
   * Whether only the tasks of the cycle could end it. Not so if one waits for a permit of a
   * semaphore, which anybody may give.
   */
  public boolean isCertain() {
    return cycle.stream()
        .noneMatch(wait -> wait.resource() != null && wait.resource().isGivenByAnybody());
  }

  @Override
  public String message() {
    return new Explanation().cycle(this).toString();
  }

  @Override
  public String toString() {
    return message();
  }
}
