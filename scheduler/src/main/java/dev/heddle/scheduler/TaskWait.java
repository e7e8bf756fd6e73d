package dev.heddle.scheduler;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task's wait, as it was at one moment.
 *
 * @param task who waits
 * @param what what for, in words
 * @param resource the thing waited for; null if the event names none
 * @param holders the tasks that could end the wait; empty if none is known
 * @param sinceNanos when it began, on the scale of {@link Scheduler#nanoTime}; up to 50 us before,
 *     as the loop does not read the clock for each turn
 * @param waited how long it had lasted
 * @param at where in its body the task waits, innermost first; empty if that was not looked up
 * @param holds what the task holds
 */
public record TaskWait(
    Task<?> task,
    String what,
    @Nullable Resource resource,
    List<Task<?>> holders,
    long sinceNanos,
    Duration waited,
    List<StackTraceElement> at,
    List<Holding> holds) {

  /**
   * Of a task that waits.
   *
   * @param at as the component
   */
  static TaskWait of(Task<?> task, YieldEvent<?, ?> event, List<StackTraceElement> at) {
    Resource resource = resourceOf(event);
    return new TaskWait(
        task,
        describe(event),
        resource,
        resource == null ? List.of() : holdersOf(resource),
        task.waitingSince,
        Duration.ofNanos(Math.max(0, task.scheduler.nanoTime() - task.waitingSince)),
        at,
        task.holdings());
  }

  /** {@code "task 'a' waits for lock 'db' held by task 'b', for 2.5 s"}. */
  @Override
  public String toString() {
    return "task '" + task.name() + "' waits for " + what + ", for " + Spans.inWords(waited);
  }

  /** Events are written by users too: what theirs throws must not spoil what is told of others. */
  static String describe(YieldEvent<?, ?> event) {
    try {
      return event.describe();
    } catch (RuntimeException thrown) {
      return event.getClass().getName() + ", which cannot describe itself: " + thrown;
    }
  }

  private static List<Task<?>> holdersOf(Resource resource) {
    try {
      return List.copyOf(resource.holders());
    } catch (RuntimeException thrown) {
      return List.of();
    }
  }

  static @Nullable Resource resourceOf(YieldEvent<?, ?> event) {
    try {
      return event.resource();
    } catch (RuntimeException thrown) {
      return null;
    }
  }
}
