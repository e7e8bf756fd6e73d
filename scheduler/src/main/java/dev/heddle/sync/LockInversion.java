package dev.heddle.sync;

import dev.heddle.scheduler.Finding;
import java.util.List;

/**
 * Locks that tasks acquire in different orders. The tasks can deadlock, although they have not done
 * so yet. Such locks are looked for if {@link dev.heddle.scheduler.SchedulerBuilder#recordSites} is
 * on, as it is under {@code java -ea}. Each inversion is reported once to {@link
 * dev.heddle.scheduler.SchedulerBuilder#findingReporter}.
 *
 * @param steps which task held which lock and asked for which: each step asks for the lock that the
 *     next step held, and the last step asks for the lock that the first held
 */
public record LockInversion(List<Step> steps) implements Finding {
  private static final int MOST_FRAMES = 8;

  /**
   * One task that held a lock and asked for another.
   *
   * @param task the name of the task
   * @param held the lock that the task held
   * @param heldAt the lines at which the task had acquired that lock, innermost first
   * @param asked the lock that the task asked for
   * @param askedAt the lines at which the task asked, innermost first
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
