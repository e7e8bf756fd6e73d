package dev.heddle.scheduler;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task's wait, as it was at one moment.
 *
 * @param task the task that waits
 * @param what what it waits for, in words
 * @param resource the thing it waits for; null if the event names none
 * @param holders the tasks that could end the wait; empty if none is known
 * @param sinceNanos when the wait began, on the scale of {@link Scheduler#nanoTime}; up to 50 us
 *     too early, as the loop does not read the clock for each turn
 * @param waited how long it had lasted
 * @param at the lines of its body at which the task waits, innermost first; empty if they were not
 *     looked up
 * @param holds what the task holds, longest held first
 */
public record TaskWait(
    Task<?> task,
    String what,
    @Nullable Resource resource,
    List<Task<?>> holders,
    long sinceNanos,
    Duration waited,
    List<StackTraceElement> at,
    List<HeldResource> holds) {

  /** {@code "task 'a' waits for lock 'db' held by task 'b'"}. */
  @Override
  public String toString() {
    return "task '" + task.name() + "' waits for " + what;
  }
}
