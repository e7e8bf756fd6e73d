package dev.heddle.bench;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a benchmark did its work. A task that fails is logged, and the run ends well before its
 * time: without this such a benchmark would be fast. Each task says when it came to its end, the
 * benchmark says how many had to; never for each operation, so that it costs nothing.
 */
final class Work {
  private static final AtomicInteger FINISHED = new AtomicInteger();

  private Work() {}

  /** A task did all that it had to do. */
  static void finished() {
    FINISHED.incrementAndGet();
  }

  /**
   * All did; and what follows is counted anew.
   *
   * @throws IllegalStateException if it were not so many
   */
  static void check(int expected) {
    int finished = FINISHED.getAndSet(0);
    if (finished != expected) {
      throw new IllegalStateException(
          "nothing was measured: " + finished + " tasks came to their end, not " + expected);
    }
  }
}
