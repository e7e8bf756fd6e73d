package dev.heddle.scheduler;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks for deadlocks again and again, while the scheduler runs, and reports each once. Not a task,
 * so that it neither keeps a run from its end nor hides that nothing else can run.
 */
final class DeadlockCheck extends Timed {
  private final Diagnosis diagnosis;
  private final long periodNanos;

  /** The cycles that were there at the last look. */
  private Set<Set<Task<?>>> known = new HashSet<>();

  DeadlockCheck(Diagnosis diagnosis, Duration period) {
    this.diagnosis = diagnosis;
    this.periodNanos = period.toNanos();
  }

  void arm(Scheduler scheduler) {
    scheduler.setDeadline(this, scheduler.nanoTime() + periodNanos);
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    List<Deadlock> found = diagnosis.findDeadlocks();
    Set<Set<Task<?>>> present = new HashSet<>();
    for (Deadlock deadlock : found) {
      Set<Task<?>> members = new HashSet<>();
      deadlock.cycle().forEach(wait -> members.add(wait.task()));
      present.add(members);
      if (!known.contains(members)) {
        diagnosis.report(deadlock);
      }
    }
    known = present;
    arm(scheduler);
  }
}
