package dev.heddle.scheduler.view;

import dev.heddle.scheduler.Finding;
import dev.heddle.scheduler.Scheduler;
import java.util.function.Consumer;

/** Sees whether loops come round. Implemented in {@code dev.heddle.trace}; see the package. */
public interface LoopWatch {

  /** A run begins: from now on the scheduler's loop is looked at. Called by the loop's thread. */
  void begin(Scheduler scheduler, Rule rule);

  /** The run is over. Called by the loop's thread. */
  void end(Scheduler scheduler);

  /**
   * What is to be reported of a loop, and to whom.
   *
   * @param nanos after which time a loop that does not come round is reported; 0 for never
   */
  record Rule(long nanos, Consumer<? super Finding.Stall> reporter) {

    /** A run begins. The first call in the JVM that is to be looked at starts the one watch. */
    public void begin(Scheduler scheduler) {
      if (nanos > 0) {
        Only.WATCH.begin(scheduler, this);
      }
    }

    /** The run is over. */
    public void end(Scheduler scheduler) {
      if (nanos > 0) {
        Only.WATCH.end(scheduler);
      }
    }
  }

  /** Holds the watch. */
  final class Only {
    private static final LoopWatch WATCH = Seam.make(LoopWatch.class, "dev.heddle.trace.Watchdog");

    private Only() {}
  }
}
