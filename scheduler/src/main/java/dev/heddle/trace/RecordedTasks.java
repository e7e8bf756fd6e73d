package dev.heddle.trace;

import dev.heddle.jfr.RecordedTask;
import dev.heddle.jfr.RecordedTask.Span;
import dev.heddle.jfr.RecordedTask.Wanted;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskEvent;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.scheduler.view.TaskWatch;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one scheduler as events of the Flight Recorder. It watches only while some recording
 * wants an event about tasks: the loop asks after each look, so that a turn pays nothing before.
 *
 * <p>Made only if the Flight Recorder has begun its work. Belongs to the loop.
 */
final class RecordedTasks implements TaskWatch {
  private final KernelView view = KernelView.get();
  private final Scheduler scheduler;

  /** The waits under way that a recording may want. */
  private final IdentityHashMap<Task<?>, Span> waits = new IdentityHashMap<>();

  /** The turn under way, if a recording may want it; else null. */
  private @Nullable Span turn;

  /** The task that has the turn, if its body is on a virtual thread; null when that is over. */
  private @Nullable Task<?> onVirtualThread;

  private boolean watching;

  private RecordedTasks(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** The scheduler's. */
  static RecordedTasks of(Scheduler scheduler) {
    return scheduler.attachment(RecordedTasks.class, () -> new RecordedTasks(scheduler));
  }

  /** Watches from now on, or no longer, as the recordings of this moment want it. */
  void startOrStop() {
    boolean wanted = Wanted.any();
    if (wanted && !watching) {
      view.watch(scheduler, this);
    } else if (!wanted && watching) {
      view.unwatch(scheduler, this);
      waits.clear();
      turn = null;
      onVirtualThread = null;
    }
    watching = wanted;
  }

  private RecordedTask recorded(Task<?> task) {
    return new RecordedTask(scheduler.name(), task.id(), task.name());
  }

  private @Nullable RecordedTask recordedOrNull(@Nullable Task<?> task) {
    return task == null ? null : recorded(task);
  }

  @Override
  public void noted(Task<?> task, TaskEvent.What what, @Nullable Task<?> by) {
    switch (what) {
      case SPAWNED -> {
        if (Wanted.SPAWN.now()) {
          recorded(task).spawned(recordedOrNull(by));
        }
      }
      case WOKEN -> {
        waitIsOver(task, by);
        if (Wanted.WAKE.now()) {
          recorded(task).woken(recordedOrNull(by));
        }
      }
      case ENDED -> {
        resyncAfter(task);
        waitIsOver(task, by); // of a task that waited only for its groups
        if (Wanted.END.now()) {
          recorded(task).ended(task.state().name());
        }
      }
      default -> {} // a cancellation shows as a wake
    }
  }

  private void waitIsOver(Task<?> task, @Nullable Task<?> by) {
    Span wait = waits.remove(task);
    if (wait != null && wait.isRecorded()) {
      wait.endWait(recorded(task), recordedOrNull(by));
    }
  }

  /**
   * The virtual thread of the task's body, which may have recorded something, is off the loop's.
   */
  private void resyncAfter(Task<?> task) {
    if (onVirtualThread == task) {
      onVirtualThread = null;
      RecordedTask.resync();
    }
  }

  @Override
  public void turnBegins(Task<?> task) {
    onVirtualThread = view.engine(task).equals("virtual thread") ? task : null;
    turn = Wanted.TURN.now() ? Span.turn() : null;
  }

  @Override
  public void turnEnds(Task<?> task) {
    resyncAfter(task);
    Span over = turn;
    turn = null;
    YieldEvent<?, ?> event = task.waitingFor();
    if (over != null && over.isRecorded()) {
      over.endTurn(recorded(task), task.isDone() ? "ended" : event == null ? "gives up" : "waits");
    }
    if (event != null && Wanted.WAIT.now()) {
      waits.put(task, Span.wait(event.described()));
    }
  }

  @Override
  public void looked(long asleepNanos) {}
}
