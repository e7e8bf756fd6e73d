package dev.heddle.bench;

import java.io.IOException;

/**
 * The highest rate that a server bears: it answers 99 % of the lines in their time, and 99 % of
 * them within the limit. Found by doubling, and then by halving the distance.
 *
 * <p>A rate is too much only if the server does not bear it three times in a row. Without that one
 * pause of the machine, in any of a dozen runs, would end the search far below the knee.
 */
final class Knee {
  static final int LEAST_RATE = 100;
  static final int MOST_RATE = 2_000_000;
  private static final double FIRST = 10_000;
  private static final double BORNE = 0.99;
  private static final int HALVINGS = 6;
  private static final int ATTEMPTS = 3;

  /** Some seconds of lines at a rate. */
  @FunctionalInterface
  interface Trial {
    /**
     * Runs it.
     *
     * @param rate lines a second
     */
    OpenLoopGenerator.Result at(double rate) throws IOException;
  }

  private final Trial trial;
  private final long limitNanos;
  private long errors;

  /**
   * A search that has not begun.
   *
   * @param limitNanos the p99 up to which a rate is borne
   */
  Knee(Trial trial, long limitNanos) {
    this.trial = trial;
    this.limitNanos = limitNanos;
  }

  /** The run at the highest rate that was borne; at the lowest of all if none was. */
  OpenLoopGenerator.Result find() throws IOException {
    OpenLoopGenerator.Result best = attempt(LEAST_RATE);
    double borne = LEAST_RATE;
    double tried = FIRST;
    double tooMuch = MOST_RATE;
    for (int halvings = 0; halvings < HALVINGS && tried < MOST_RATE; ) {
      OpenLoopGenerator.Result result = attempt(tried);
      if (isBorne(result, tried)) {
        borne = tried;
        best = result;
      } else {
        tooMuch = tried;
      }
      boolean doubling = tooMuch == MOST_RATE;
      halvings += doubling ? 0 : 1;
      tried = doubling ? 2 * tried : (borne + tooMuch) / 2;
    }
    return best;
  }

  /** The first run in which the rate is borne, or else the last. */
  private OpenLoopGenerator.Result attempt(double rate) throws IOException {
    OpenLoopGenerator.Result result = run(rate);
    for (int more = ATTEMPTS - 1; more > 0 && !isBorne(result, rate); more--) {
      result = run(rate);
    }
    return result;
  }

  private OpenLoopGenerator.Result run(double rate) throws IOException {
    OpenLoopGenerator.Result result = trial.at(rate);
    errors += result.errors();
    return result;
  }

  private boolean isBorne(OpenLoopGenerator.Result result, double rate) {
    return result.achieved() >= BORNE * rate
        && result.latencies().getValueAtPercentile(99) <= limitNanos;
  }

  /** Errors in all runs. */
  long errors() {
    return errors;
  }
}
