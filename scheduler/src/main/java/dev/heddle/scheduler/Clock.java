package dev.heddle.scheduler;

/** Where a scheduler reads the time, so that tests can run on a time of their own. */
@FunctionalInterface
public interface Clock {
  /**
   * Nanoseconds since a moment that does not change while the scheduler lives. Never goes back; a
   * change of the wall clock does not move it. Compare by difference only, as the number may wrap.
   */
  long nanoTime();

  /** The JVM's monotonic clock. */
  static Clock system() {
    return System::nanoTime;
  }
}
