package dev.heddle.scheduler;

import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.TaskEvent.What;
import dev.heddle.scheduler.view.TaskWatch;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a task, as {@link SchedulerBuilder#observer} hears of it.
 *
 * @param task the task that it happened to; {@link Task#state} tells its state now, not then
 * @param what what happened
 * @param event what the task waits for, with {@link What#WAITS}; else null
 * @param nanos when it happened, on the scale of {@link Scheduler#nanoTime}
 */
public record TaskEvent(Task<?> task, What what, @Nullable YieldEvent<?, ?> event, long nanos) {

  /**
   * What can happen to a task. Each turn is a {@code TURN} and then one of {@code WAITS}, {@code
   * GIVES_UP} and {@code ENDED}. A task whose body is through but which has left a group with
   * children ends its last turn by {@code WAITS}, and has ended when the children have.
   */
  public enum What {
    /** It was started, and waits for its first turn. */
    SPAWNED,
    /** Its turn begins. */
    TURN,
    /** Its turn is over, and it waits for an event. */
    WAITS,
    /** Its turn is over, and it waits for its next turn. */
    GIVES_UP,
    /**
     * It waits for its next turn: the event that it waited for is over, or is ready to be resumed,
     * or was undone.
     */
    WOKEN,
    /** A cancelled scope reaches it; once more when it leaves a shielded scope. */
    CANCELLED,
    /** It has ended, in whatever way. */
    ENDED
  }

  @Override
  public String toString() {
    return task.name() + " " + what + (event == null ? "" : " " + event.described());
  }

  /**
   * What has happened to tasks and the observer has not heard yet.
   *
   * <p>Things happen to tasks in the middle of changes: a task releases a lock, and another task is
   * woken while the lock's queue is half changed; a body with a thread of its own may be the
   * caller. An observer that blocked or threw there would leave a half-made change behind. So an
   * event is noted where it happens, and told when the loop is between two changes and no task has
   * the turn.
   *
   * <p>A {@link TaskWatch} is ours, and only notes: it hears at once, and who did it.
   *
   * <p>A scheduler without an observer and without a watch has no such queue. It then pays one
   * comparison with null for each turn and each wake.
   */
  static final class ToldLater {
    private static final System.Logger LOG = System.getLogger("dev.heddle");

    private final Scheduler scheduler;

    /** Null if there is none, and once it has failed. */
    private @Nullable Consumer<? super TaskEvent> observer;

    /** What has happened and is not told, oldest first; empty once the observer has failed. */
    private final Queue<TaskEvent> untold = new ArrayDeque<>();

    /** Who hears at once. A copy is made for each that comes or goes, as one may go by a call. */
    private List<TaskWatch> watches = List.of();

    ToldLater(Scheduler scheduler, @Nullable Consumer<? super TaskEvent> observer) {
      this.scheduler = scheduler;
      this.observer = observer;
    }

    void add(TaskWatch watch) {
      List<TaskWatch> more = new ArrayList<>(watches);
      more.add(watch);
      watches = more;
    }

    /** Returns whether nobody is left who hears. */
    boolean remove(TaskWatch watch) {
      watches = watches.stream().filter(each -> each != watch).toList();
      return watches.isEmpty() && observer == null;
    }

    /** The loop has looked at the outside. */
    void looked(long asleepNanos) {
      for (TaskWatch watch : watches) {
        watch.looked(asleepNanos);
      }
      tell();
    }

    void turnBegins(Task<?> task) {
      for (TaskWatch watch : watches) {
        watch.turnBegins(task);
      }
    }

    void turnEnds(Task<?> task) {
      for (TaskWatch watch : watches) {
        watch.turnEnds(task);
      }
      noteTurnOver(task);
    }

    void note(Task<?> task, What what) {
      if (what != What.TURN) {
        for (TaskWatch watch : watches) {
          watch.noted(task, what, scheduler.running());
        }
      }
      note(task, what, null);
    }

    private void note(Task<?> task, What what, @Nullable YieldEvent<?, ?> event) {
      if (observer != null) {
        untold.add(new TaskEvent(task, what, event, scheduler.loop.given.nanosAside()));
      }
      assert valid();
    }

    /** Notes how a turn ended; the end of a task was noted where it happened. */
    private void noteTurnOver(Task<?> task) {
      if (task.state == TaskState.WAITING) {
        note(task, What.WAITS, task.waitingFor());
      } else if (task.state == TaskState.READY) {
        note(task, What.GIVES_UP, null);
      }
    }

    /**
     * Tells what was noted before the call. What the observer itself causes is told by a later
     * call, so that this one comes to an end.
     */
    void tell() {
      assert scheduler.running() == null : "an observer is told while a task has the turn";
      for (int left = untold.size(); left > 0 && observer != null; left--) {
        tell(observer, untold.remove());
      }
      assert valid();
    }

    private void tell(Consumer<? super TaskEvent> hearer, TaskEvent event) {
      try {
        hearer.accept(event);
      } catch (Throwable thrown) {
        observer = null;
        untold.clear();
        String what = "the observer of " + scheduler + " failed and hears no more of it";
        LogPrinter.print(() -> LOG.log(Level.ERROR, what, thrown));
      }
    }

    private boolean valid() {
      return observer != null || untold.isEmpty();
    }
  }
}
