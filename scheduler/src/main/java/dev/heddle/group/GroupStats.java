package dev.heddle.group;

import dev.heddle.stats.SchedulerStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of all loops of a group, as {@link SchedulerGroup#stats} gives them to any thread:
 * each loop's are of about the same moment.
 *
 * <pre>{@code
 * for (GroupStats.OfLoop each : workers.stats().loops()) {
 *   System.out.println(each.scheduler().name() + ": " + each.load() + " tasks");
 * }
 * }</pre>
 *
 * @param name the group's
 * @param placed how many tasks the group has placed so far, those refused at its end with them
 * @param loops one for each loop, by its number
 */
public record GroupStats(String name, long placed, List<OfLoop> loops) {

  /** Copies the list. */
  public GroupStats {
    loops = List.copyOf(loops);
  }

  /** The turns of all loops together. */
  public long turns() {
    return loops.stream().mapToLong(each -> each.scheduler().loop().turns()).sum();
  }

  /** The tasks of all loops that have not ended, the keeper of each loop with them. */
  public int alive() {
    return loops.stream().mapToInt(each -> each.scheduler().tasks().alive()).sum();
  }

  /**
   * One loop.
   *
   * @param load tasks that the group has placed there and that have not ended
   * @param failure what has ended the loop before its time, as text; null if nothing has
   * @param scheduler the numbers of its scheduler
   */
  public record OfLoop(int load, @Nullable String failure, SchedulerStats scheduler) {}
}
