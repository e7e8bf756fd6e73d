package dev.heddle.sync;

import dev.heddle.scheduler.Scheduler;
import java.util.ArrayDeque;

/**
 * The primitives of one scheduler that have something to give to their waiters. A waiter that is
 * served may be an arm of a select, whose other arms then leave other primitives; and these may
 * serve their next waiters by that. So a primitive that is to serve while another one does lines up
 * here, and thousands that are coupled like that are served one after the other, not each inside of
 * the one before.
 */
final class ServeLine {
  private final ArrayDeque<Runnable> later = new ArrayDeque<>(4);

  /** Whether a primitive serves. */
  private boolean serving;

  /** The line of a scheduler. */
  static ServeLine of(Scheduler scheduler) {
    return scheduler.attachment(ServeLine.class, ServeLine::new);
  }

  /** Whether the caller may serve now; then it must {@link #leave}. */
  boolean enter() {
    boolean first = !serving;
    serving = true;
    return first;
  }

  /** For a caller that may not: serves before the one who serves now returns. */
  void lineUp(Runnable serve) {
    later.add(serve);
  }

  /** The caller has served: who has lined up meanwhile does so. */
  void leave() {
    try {
      for (Runnable next = later.poll(); next != null; next = later.poll()) {
        next.run();
      }
    } finally {
      serving = false;
    }
    assert later.isEmpty() : "somebody is not served";
  }
}
