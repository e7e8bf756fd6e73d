package dev.heddle.scheduler.view;

import dev.heddle.scheduler.Finding;
import dev.heddle.scheduler.Scheduler;
import java.util.List;
import java.util.function.Consumer;

/**
 * Knows the loops that run, and sees whether they come round. Implemented in {@code
 * dev.heddle.trace}; see the package.
 */
public interface LoopWatch {

  /**
   * A run begins: from now on the scheduler is known, and its loop is looked at unless the rule
   * says never. Called by the loop's thread.
   */
  void begin(Scheduler scheduler, Rule rule);

  /** The run is over. Called by the loop's thread. */
  void end(Scheduler scheduler);

  /** The loop has looked at the outside. Called by the loop's thread, after each look. */
  void looked(Scheduler scheduler);

  /** The scheduler is closed, and its tasks have ended. Called by the loop's thread. */
  void closed(Scheduler scheduler);

  /** The schedulers that run, in the order in which the runs began. Any thread may ask. */
  List<Scheduler> running();

  /** The loop has looked at the outside. */
  static void lookedAt(Scheduler scheduler) {
    Only.WATCH.looked(scheduler);
  }

  /** The scheduler is closed. */
  static void isClosed(Scheduler scheduler) {
    Only.WATCH.closed(scheduler);
  }

  /** The schedulers that run in this JVM. Any thread may ask. */
  static List<Scheduler> allRunning() {
    return Only.WATCH.running();
  }

  /**
   * What is to be reported of a loop, and to whom.
   *
   * @param nanos after which time a loop that does not come round is reported; 0 for never
   * @param mxBean whether the scheduler is to have an MXBean
   */
  record Rule(long nanos, Consumer<? super Finding.Stall> reporter, boolean mxBean) {

    /** A run begins. */
    public void begin(Scheduler scheduler) {
      Only.WATCH.begin(scheduler, this);
    }

    /** The run is over. */
    public void end(Scheduler scheduler) {
      Only.WATCH.end(scheduler);
    }
  }

  /** Holds the watch. */
  final class Only {
    private static final LoopWatch WATCH = Seam.make(LoopWatch.class, "dev.heddle.trace.Watchdog");

    private Only() {}
  }
}
