package dev.heddle.trace;

import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskEvent;
import dev.heddle.scheduler.view.TaskWatch;
import org.jspecify.annotations.Nullable;

/**
 * Gives the loop's thread the name of the task that has the turn, for tools that know threads only:
 * loggers, profilers, {@code jstack}. Asked for by {@code -Dheddle.threadNames=true}. A turn then
 * costs some microseconds, as the system is told each name.
 */
final class ThreadNames implements TaskWatch {
  /** Whether the JVM was started with the property. */
  static final boolean ON = Boolean.getBoolean("heddle.threadNames");

  /** The thread's own name, while a task has the turn. */
  private @Nullable String own;

  @Override
  public void noted(Task<?> task, TaskEvent.What what, @Nullable Task<?> by) {}

  @Override
  public void turnBegins(Task<?> task) {
    Thread thread = Thread.currentThread();
    own = thread.getName();
    thread.setName(task.name());
  }

  @Override
  public void turnEnds(Task<?> task) {
    if (own != null) {
      Thread.currentThread().setName(own);
      own = null;
    }
  }

  @Override
  public void looked(long asleepNanos) {}
}
