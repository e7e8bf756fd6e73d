package dev.heddle.scheduler;

import dev.heddle.scheduler.TaskMoment.What;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells an observer what happens to tasks.
 *
 * <p>Much of it happens in the middle of something: a task releases a lock, and another is woken
 * while the lock's queue is half changed; a body with a thread of its own may be the caller. An
 * observer that blocked or threw there would leave half a change behind. So moments are noted where
 * they happen, and told where the loop is between two things.
 *
 * <p>A scheduler without an observer has none of these, and asks for it once a turn and once a
 * wake.
 */
final class Observation {
  private static final System.Logger LOG = System.getLogger("dev.heddle");

  private final Scheduler scheduler;

  /** Null once it has failed. */
  private @Nullable Consumer<? super TaskMoment> observer;

  /** What has happened and is not told, in this order. */
  private final Queue<TaskMoment> untold = new ArrayDeque<>();

  Observation(Scheduler scheduler, Consumer<? super TaskMoment> observer) {
    this.scheduler = scheduler;
    this.observer = observer;
  }

  void note(Task<?> task, What what) {
    note(task, what, null);
  }

  private void note(Task<?> task, What what, @Nullable YieldEvent<?, ?> event) {
    if (observer != null) {
      untold.add(new TaskMoment(task, what, event, scheduler.nanoTime()));
    }
  }

  /** How a turn ended; an end has been noted where it happened. */
  void noteTurnOver(Task<?> task) {
    if (task.phase == Phase.WAITING) {
      note(task, What.WAITS, task.waitingFor());
    } else if (task.phase == Phase.READY) {
      note(task, What.GIVES_UP);
    }
  }

  /** Those noted by now: what the observer itself does comes later, so that this has an end. */
  void tell() {
    for (int left = untold.size(); left > 0 && observer != null; left--) {
      tell(observer, untold.remove());
    }
  }

  private void tell(Consumer<? super TaskMoment> hearer, TaskMoment moment) {
    try {
      hearer.accept(moment);
    } catch (Throwable thrown) {
      observer = null;
      untold.clear();
      LOG.log(
          Level.ERROR, "the observer of " + scheduler + " failed and hears no more of it", thrown);
    }
  }
}
