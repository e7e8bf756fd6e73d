package dev.heddle.scheduler;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All tasks of a scheduler at one moment: a tree of those who own others. Its text is {@link
 * #toString}; for JSON see {@code dev.heddle.trace.JsonDump}.
 *
 * @param scheduler the scheduler's name
 * @param caution null if it was made inside of the scheduler; else why not: then its parts may be
 *     of different moments, and where waiting tasks stand is not told
 * @param taskCount how many tasks there are
 * @param tasks those that nobody owns, in the order in which they were spawned
 */
public record TaskDump(
    String scheduler, @Nullable String caution, int taskCount, List<Entry> tasks) {

  /**
   * A task.
   *
   * @param id its number
   * @param name its name
   * @param daemon whether the run may end without it
   * @param state where it stands
   * @param engine {@code "woven"}, {@code "step"}, {@code "virtual thread"}, {@code "handoff"}
   * @param waiting what it waits for; null if it does not wait
   * @param cancelReason why it was cancelled; null if it was not
   * @param deadlineIn how long until the first deadline of the scopes around it; null if there is
   *     none
   * @param holds what it holds, longest held first
   * @param at where in its body it stands, innermost first
   * @param owned the tasks of its groups
   */
  public record Entry(
      long id,
      String name,
      boolean daemon,
      Task.State state,
      String engine,
      @Nullable TaskWait waiting,
      @Nullable String cancelReason,
      @Nullable Duration deadlineIn,
      List<Holding> holds,
      List<StackTraceElement> at,
      List<Entry> owned) {}

  /** Some lines for each task, indented by who owns it. */
  @Override
  public String toString() {
    return new DumpText().dump(this).toString();
  }
}
