package dev.heddle.scheduler;

import dev.heddle.log.LogPrinter;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * The end of a scheduler: all tasks are cancelled and get turns until they have ended. None of
 * their awaits waits any more, so this takes a few passes. A task that does not end by it, or that
 * stays blocked in the JDK although it was interrupted, is left behind after a bounded time. That
 * time may be over before the first pass, where a machine stands still or very many tasks are
 * cancelled: so a task that is ready then gets some turns all the same.
 */
final class Shutdown extends Timed {
  private static final long MOST_NANOS = 1_000_000_000;
  private static final int MOST_PASSES = 10_000;

  /** So many of them at the most when the time is over. */
  private static final int MOST_PASSES_AFTERWARDS = 20;

  private static final System.Logger LOG = System.getLogger("dev.heddle");

  private final Scheduler scheduler;
  private final TaskTable tasks;

  private boolean begun;

  /** How many more passes the tasks get. */
  private int passesLeft = MOST_PASSES;

  /** Whether the time is over: then no task is waited for. */
  private boolean overdue;

  Shutdown(Scheduler scheduler, TaskTable tasks) {
    this.scheduler = scheduler;
    this.tasks = tasks;
  }

  /** Whether the end has begun. */
  boolean hasBegun() {
    return begun;
  }

  /** Ends the scheduler. */
  void windUp(Loop loop) {
    begun = true;
    loop.beginEnd();
    scheduler.setDeadline(this, scheduler.nanoTime() + MOST_NANOS);
    cancelAll(scheduler + " is closed");
    loop.run();
    scheduler.clearDeadline(this);
    warnOfThoseLeft();
    loop.end();
    scheduler.host.end();
    List.copyOf(scheduler.inside.calls).forEach(call -> call.abandon(scheduler + " is closed"));
  }

  void cancelAll(String reason) {
    for (Task<?> task : tasks.toList()) {
      stop(task, reason);
    }
  }

  /** Cancels a task, also one that has blocked in the JDK. */
  static void stop(Task<?> task, String reason) {
    boolean _ = task.cancel(reason);
    if (task.waitingFor() instanceof Body.BlockedInJdk wait) {
      wait.interrupt();
    }
  }

  /** Asked before each pass. */
  boolean goesOn() {
    boolean hasWork = !overdue || scheduler.loop.readyTasks() > 0;
    return tasks.size() > 0 && hasWork && passesLeft-- > 0;
  }

  @Override
  protected void handleDeadline(Scheduler owner) {
    overdue = true;
    passesLeft = Math.min(passesLeft, MOST_PASSES_AFTERWARDS);
  }

  private void warnOfThoseLeft() {
    for (Task<?> left : tasks.toList()) {
      String line = left + " did not end when " + scheduler + " was closed";
      LogPrinter.print(() -> LOG.log(Level.WARNING, line));
    }
  }
}
