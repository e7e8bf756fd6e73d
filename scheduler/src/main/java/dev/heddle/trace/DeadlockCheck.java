package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskWait;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for {@linkplain Deadlock deadlocks} again and again, while other tasks run, and reports
 * each once to the {@link dev.heddle.scheduler.SchedulerBuilder#findingReporter}. When all tasks
 * wait for ever, the run fails also without a check.
 *
 * <pre>{@code
 * DeadlockCheck.start(scheduler, Duration.ofSeconds(10));
 * }</pre>
 *
 * <p>A check is not a task: it does not keep a run from its end, and does not hide that nothing can
 * run. Each look costs time in proportion to the number of tasks, and wakes a scheduler that idles.
 */
public final class DeadlockCheck extends Timed {
  private final long periodNanos;

  /** The tasks of each cycle that was there at the last look. */
  private Set<Set<Task<?>>> known = Set.of();

  private DeadlockCheck(Duration period) {
    periodNanos = Timers.saturatedNanos(period);
  }

  /**
   * Begins to look, once in each period, for as long as the scheduler lives. To be called inside of
   * the scheduler: before {@code run()}, or by a task.
   *
   * @throws IllegalArgumentException if the period is not positive
   */
  public static void start(Scheduler scheduler, Duration period) {
    if (!period.isPositive()) {
      throw new IllegalArgumentException(
          "cannot check for deadlocks every " + period + ": must be positive");
    }
    new DeadlockCheck(period).arm(scheduler);
  }

  private void arm(Scheduler scheduler) {
    scheduler.setDeadline(this, scheduler.nanoTime() + periodNanos);
  }

  @Override
  protected boolean isBackground() {
    return true;
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    Set<Set<Task<?>>> present = new HashSet<>();
    for (Deadlock deadlock : Deadlock.find(scheduler)) {
      Set<Task<?>> members =
          deadlock.cycle().stream().map(TaskWait::task).collect(Collectors.toSet());
      present.add(members);
      if (!known.contains(members)) {
        scheduler.report(deadlock);
      }
    }
    known = present;
    arm(scheduler);
  }
}
