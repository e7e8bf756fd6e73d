package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.WovenCoroutine;
import dev.heddle.scheduler.Body.StepCoroutine;
import dev.heddle.scheduler.view.KernelView;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kernel as {@code dev.heddle.trace} may read it. */
final class SchedulerView extends KernelView {
  @Override
  public boolean isRunning(Scheduler scheduler) {
    return scheduler.inside.carrier != null;
  }

  @Override
  public List<Task<?>> tasks(Scheduler scheduler) {
    return scheduler.tasks.toList();
  }

  @Override
  public List<StackTraceElement> where(Task<?> task, Class<?>... askers) {
    return StackLines.of(task, askers);
  }

  @Override
  public List<StackTraceElement> whereIfRunning(Task<?> task) {
    Scheduler scheduler = task.scheduler();
    return task == scheduler.running()
        ? StackLines.ofRunning(task, scheduler.inside.carrier)
        : List.of();
  }

  @Override
  public String engine(Task<?> task) {
    return switch (task.coroutine) {
      case null -> "ended";
      case WovenCoroutine<?, ?, ?> _ -> "woven";
      case StepCoroutine<?> _ -> "step";
      default -> task.scheduler().engine.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  @Override
  public long waitingSince(Task<?> task) {
    return task.waitingSince;
  }

  @Override
  public @Nullable String cancelReason(Task<?> task) {
    CancelScope<?> cancelled = task.cancelledBy();
    return cancelled == null ? null : cancelled.reason();
  }

  @Override
  public @Nullable Duration untilDeadline(Task<?> task) {
    return TaskScopes.remaining(task);
  }

  @Override
  public boolean mayEndByItself(YieldEvent<?, ?> event) {
    return event.endsByTime() || event.isWokenFromOutside();
  }

  @Override
  public DeadlockException deadlock(String message, List<TaskWait> cycle, List<TaskWait> waits) {
    return new DeadlockException(message, cycle, waits);
  }
}
