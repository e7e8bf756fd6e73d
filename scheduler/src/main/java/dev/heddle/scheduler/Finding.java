package dev.heddle.scheduler;

/**
 * Something that is wrong with the program although no task has failed: tasks that wait for each
 * other while others run, locks that are acquired in two orders. {@link
 * SchedulerBuilder#findingReporter} hears of it.
 */
public interface Finding {

  /** What was found, for people: some lines, which name tasks, things and places in the source. */
  String message();
}
