package dev.heddle.test;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Explorer} has found a schedule in which the test fails. The message shows it beside
 * first in, first out; the cause is what the test has thrown.
 */
public final class ScheduleFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final long seed;
  private final long run;
  private final int deviations;
  private final transient @Nullable Path trace;

  ScheduleFailure(
      String message, Throwable cause, long seed, long run, int deviations, @Nullable Path trace) {
    super(message, cause);
    this.seed = seed;
    this.run = run;
    this.deviations = deviations;
    this.trace = trace;
  }

  /** The seed of the exploration. */
  public long seed() {
    return seed;
  }

  /** Which run failed first, counted from 1; 0 for a replay. */
  public long run() {
    return run;
  }

  /**
   * How often the schedule, after it was shrunk, deviates from first in, first out and no fault.
   */
  public int deviations() {
    return deviations;
  }

  /** The file for {@link Explorer#replay}; null if it could not be written. */
  public @Nullable Path trace() {
    return trace;
  }
}
