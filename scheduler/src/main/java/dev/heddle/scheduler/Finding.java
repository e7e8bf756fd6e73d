package dev.heddle.scheduler;

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
}
