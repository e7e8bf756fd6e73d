package dev.heddle.sync;

import dev.heddle.scheduler.Finding;
import java.util.List;

/**
 * Locks that tasks acquire in different orders, so that they can deadlock, although they have not
 * done so yet. Found where {@link dev.heddle.scheduler.SchedulerBuilder#recordSites} is on, as it
 * is under {@code java -ea}, and reported once to {@link
 * dev.heddle.scheduler.SchedulerBuilder#findingReporter}.
 *
 * @param steps who held what and asked for what: each asks for what the next one held, and the last
 *     for what the first held
 */
public record LockInversion(List<Step> steps) implements Finding {
  private static final int MOST_FRAMES = 8;

  /**
   * A task held one lock and asked for another.
   *
   * @param task its name
   * @param held the lock that it held
   * @param heldAt where it had acquired that, innermost first
   * @param asked the lock that it asked for
   * @param askedAt where it asked, innermost first
   */
  public record Step(
      String task,
      String held,
      List<StackTraceElement> heldAt,
      String asked,
      List<StackTraceElement> askedAt) {}

  @Override
  public String message() {
    StringBuilder text = new StringBuilder();
    text.append(steps.size())
        .append(" locks are acquired in different orders, which can deadlock although it has not:");
    for (Step step : steps) {
      text.append("\n  task '").append(step.task);
      text.append("' held ").append(step.held).append(" and asked for ").append(step.asked);
      frames(text, "\n    acquired at ", step.heldAt);
      frames(text, "\n    asked at ", step.askedAt);
    }
    return text.append("\nAcquire them in one order, or with LockOrder.acquire.").toString();
  }

  private static void frames(StringBuilder text, String before, List<StackTraceElement> frames) {
    frames.stream().limit(MOST_FRAMES).forEach(frame -> text.append(before).append(frame));
  }

  @Override
  public String toString() {
    return message();
  }
}
