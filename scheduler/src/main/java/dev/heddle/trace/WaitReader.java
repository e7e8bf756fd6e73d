package dev.heddle.trace;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what tasks wait for.
 *
 * <p>Events and resources are written by users too, and may be read by a foreign thread in the
 * middle of a change. What their methods throw must not spoil what is told of the other tasks.
 *
 * <p>One object serves one look: it asks each resource for its holders once, for thousands of tasks
 * may wait for one resource that thousands hold.
 */
final class WaitReader {
  private static final KernelView VIEW = KernelView.get();

  /** The holders of the resources that were asked for. */
  private final IdentityHashMap<Resource, List<Task<?>>> known = new IdentityHashMap<>();

  /**
   * The wait of a task for an event.
   *
   * @param at the lines at which the task waits; empty if they are not looked up
   */
  TaskWait read(Task<?> task, YieldEvent<?, ?> event, List<StackTraceElement> at) {
    Resource resource = resource(event);
    long since = VIEW.waitingSince(task);
    return new TaskWait(
        task,
        event.described(),
        resource,
        resource == null ? List.of() : holders(resource),
        since,
        Duration.ofNanos(Math.max(0, task.scheduler().nanoTime() - since)),
        at,
        task.holdings());
  }

  /** What the task waits for; null if it does not wait, or for nothing that has a name. */
  static @Nullable Resource resource(Task<?> task) {
    YieldEvent<?, ?> event = task.waitingFor();
    return event == null ? null : resource(event);
  }

  private static @Nullable Resource resource(YieldEvent<?, ?> event) {
    try {
      return event.resource();
    } catch (RuntimeException thrown) {
      return null;
    }
  }

  /** The tasks any of which could end a wait for the resource; none if that is not known. */
  List<Task<?>> holders(Resource resource) {
    return known.computeIfAbsent(resource, WaitReader::asked);
  }

  private static List<Task<?>> asked(Resource resource) {
    try {
      return List.copyOf(resource.holders());
    } catch (RuntimeException thrown) {
      return List.of();
    }
  }

  /** The resource in words, also if it cannot say them. */
  static String describe(Resource resource) {
    try {
      return resource.describe();
    } catch (RuntimeException | StackOverflowError thrown) {
      return resource.getClass().getName() + ", which cannot describe itself: " + thrown;
    }
  }
}
