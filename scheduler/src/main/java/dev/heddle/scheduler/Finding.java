package dev.heddle.scheduler;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with the program although no task has failed: tasks that wait for each
 * other while others run, locks that are acquired in two orders, a forgotten await. {@link
 * SchedulerBuilder#findingReporter} hears of it.
 */
public interface Finding {

  /** What was found, for people: some lines, which name tasks, things and places in the source. */
  String message();

  /**
   * A value that a task has left, at the end of its turn, in a {@link ThreadLocal} that a {@link
   * TaskLocal#mirror} mirrors, although the task has no value of its own: whatever has its turn
   * next on that thread finds it. Found under assertions.
   *
   * @param task the task's name
   * @param value the value, as text
   */
  record LeakedThreadLocal(String task, String value) implements Finding {
    @Override
    public String message() {
      return "task '"
          + task
          + "' has left a value in a ThreadLocal that is mirrored, and has none of its own, so that"
          + " other tasks see it: "
          + value
          + "; call set or get of the TaskLocal first, in this task or in the one that spawns it";
    }
  }

  /**
   * An event that a task has made and nobody has awaited: what the event stands for was not done.
   * Found under assertions, when the event is garbage, at the latest at the end of the run.
   *
   * @param event what the event would have waited for
   * @param task the name of the task that has made it
   * @param madeAt the line that made it
   */
  record ForgottenAwait(String event, String task, StackTraceElement madeAt) implements Finding {
    @Override
    public String message() {
      return "task '"
          + task
          + "' has made an event and nobody has awaited it, so it was not done: "
          + event
          + ", at "
          + madeAt
          + "; write co.await(...) around the call, in thread style await(...)";
    }
  }

  /**
   * A loop that has not come round: one task has kept its turn, or a hook has not returned, and
   * nobody else gets a turn, no socket is read, no deadline passes. {@link
   * SchedulerBuilder#stallReporter} hears of it, while the loop stands still and once more when it
   * goes on.
   *
   * @param scheduler the scheduler's name
   * @param task the name of the task that has the turn; null if none has it: the loop is in a hook,
   *     such as {@code handleDeadline}, or in an action given to {@code runInside}
   * @param lasted for how long at least
   * @param isOver whether the loop goes on again; then {@code stack}, {@code ready} and {@code
   *     waiting} are of the last look at the stall
   * @param stack what the loop's thread, or the task's own, does now, innermost first, 64 frames at
   *     the most; empty for a task that has a stack on {@code Engine.VIRTUAL_THREAD}, which another
   *     thread cannot read without harm
   * @param ready how many tasks could run if the loop came round
   * @param waiting the names of the first ten of them
   */
  record Stall(
      String scheduler,
      @Nullable String task,
      Duration lasted,
      boolean isOver,
      List<StackTraceElement> stack,
      int ready,
      List<String> waiting)
      implements Finding {
    @Override
    public String message() {
      String who = task == null ? "a hook of the loop" : "task '" + task + "'";
      String time = lasted.toMillis() + " ms";
      if (isOver) {
        return "scheduler '" + scheduler + "' goes on: " + who + " has held its loop for " + time;
      }
      return "scheduler '"
          + scheduler
          + "' stands still: "
          + who
          + " has held its loop for "
          + time
          + " and holds it still"
          + victims()
          + at();
    }

    private String victims() {
      if (ready == 0) {
        return "";
      }
      int more = ready - waiting.size();
      return "; "
          + ready
          + (ready == 1 ? " task waits" : " tasks wait")
          + " for a turn: "
          + String.join(", ", waiting)
          + (more > 0 ? " and " + more + " more" : "");
    }

    private String at() {
      return stack.stream().map(frame -> "\n    at " + frame).collect(Collectors.joining());
    }
  }
}
