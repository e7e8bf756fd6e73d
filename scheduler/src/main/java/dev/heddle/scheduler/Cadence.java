package dev.heddle.scheduler;

/**
 * When the loop, with tasks ready, must look at I/O, deadlines and inbox all the same: after
 * {@value #MOST_TURNS} turns or {@value #MOST_NANOS} ns, whichever comes first.
 *
 * <p>Reading the clock costs as much as several turns of a light task, so it is not read after
 * each: while turns are short, after up to {@value #MOST_STRIDE}; as soon as they are long, after
 * each. So a row of long turns that follows short ones is noticed late by {@value #MOST_STRIDE}
 * turns at the most.
 */
final class Cadence {
  static final int MOST_TURNS = 61;
  static final long MOST_NANOS = 50_000;
  static final int MOST_STRIDE = 16;

  private final Clock clock;

  /** Turns since the last look, and the number of them at which the clock is read next. */
  private int turns;

  private int clockAt = 1;

  /** How many turns from one reading of the clock to the next. */
  private int stride = 1;

  private long startedAt;

  Cadence(Clock clock) {
    this.clock = clock;
  }

  /** After each turn: whether the loop must look now. */
  boolean isDue() {
    turns++;
    if (turns >= MOST_TURNS) {
      return true;
    }
    if (turns < clockAt) {
      return false;
    }
    long elapsed = clock.nanoTime() - startedAt;
    stride = elapsed < MOST_NANOS / 2 ? Math.min(MOST_STRIDE, 2 * stride) : 1;
    clockAt = turns + stride;
    return elapsed >= MOST_NANOS;
  }

  /** The loop has looked: the next count begins. */
  void restart() {
    turns = 0;
    clockAt = stride;
    startedAt = clock.nanoTime();
  }

  long now() {
    return clock.nanoTime();
  }
}
