package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.view.LoopWatch;
import java.util.List;

/**
 * The schedulers that run in this JVM, for who looks at a program as a whole. Any thread may ask.
 *
 * <pre>{@code
 * RunningSchedulers.all().forEach(each -> System.err.println(TaskDump.of(each)));
 * }</pre>
 *
 * <p>{@link AttachedJvm} asks this of another process.
 */
public final class RunningSchedulers {
  private RunningSchedulers() {}

  /** Those whose runs are under way, in the order in which the runs began: a copy. */
  public static List<Scheduler> all() {
    return LoopWatch.allRunning();
  }

  /**
   * What is known of all of them, as text.
   *
   * @param question {@code ps} for a line for each task, {@code tree} for the same as a tree,
   *     {@code dump} for all that is known, {@code json} for the same as a JSON array, {@code top
   *     MILLISECONDS} for who has had the turn in this time from now on, {@code trace MILLISECONDS}
   *     for a {@link Timeline} of this time as JSON, {@code mxbean} for the names of the
   *     {@linkplain SchedulerMXBean beans}, which are registered by that
   * @throws IllegalArgumentException if the question is another; the message is one line
   */
  public static String answer(String question) {
    return Answers.to(question, all());
  }
}
