package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.view.KernelView;

/** A scheduler as the live page sees it. */
final class LiveLoop {
  /** From this time on a loop that does not come round is shown as stuck. */
  private static final long STALL_NANOS = 100_000_000;

  /** What the page calls it: names need not differ. */
  final int number;

  final Scheduler scheduler;
  final TaskHistory history = new TaskHistory();
  final LiveView live;

  /** How long the loop has not come round; 0 if it does. Written by the inspector's thread. */
  private volatile long stalledNanos;

  // Only the inspector's thread uses what follows.

  private final KernelView view = KernelView.get();
  private boolean watching;
  private long rounds = -1;
  private long roundsSince = System.nanoTime();

  LiveLoop(int number, Scheduler scheduler, LiveLoops loops, boolean mayCancel) {
    this.number = number;
    this.scheduler = scheduler;
    this.live = new LiveView(this, loops, mayCancel);
  }

  long stalledNanos() {
    return stalledNanos;
  }

  /** Whether it has got stuck since the last time, or has got going. */
  boolean hasTurned() {
    boolean before = stalledNanos > 0;
    long now = System.nanoTime();
    long roundsNow = view.isRunning(scheduler) ? view.rounds(scheduler) : -1;
    if (roundsNow != rounds || roundsNow < 0) {
      rounds = roundsNow;
      roundsSince = now;
    }
    stalledNanos = now - roundsSince >= STALL_NANOS ? now - roundsSince : 0;
    return before != stalledNanos > 0;
  }

  /** Whether the turns of its tasks are to be counted. */
  void watch(boolean wanted) {
    if (wanted != watching) {
      watching = wanted;
      boolean _ =
          scheduler.runInside(
              () -> {
                if (wanted) {
                  view.watch(scheduler, history);
                } else {
                  view.unwatch(scheduler, history);
                  history.forgetAll();
                }
              });
    }
  }
}
