package dev.heddle.bench.report;

import java.util.Arrays;
import java.util.List;

/**
 * What one contender did.
 *
 * @param rounds every sample
 * @param deviation the median of the samples' distances from their median
 */
record Measured(
    Figure figure,
    String contender,
    double median,
    double lowQuartile,
    double highQuartile,
    double deviation,
    List<double[]> rounds) {

  /** Those of ours are named so, and nobody else's. */
  private static final String OURS = "heddle";

  /** What nobody can be faster than; it is no peer. */
  static final String LOWER_BOUND = "hand-written loop";

  static Measured of(Figure figure, String contender, List<double[]> rounds) {
    double[] all = rounds.stream().flatMapToDouble(Arrays::stream).toArray();
    return new Measured(
        figure,
        contender,
        Stats.median(all),
        Stats.quantile(all, 0.25),
        Stats.quantile(all, 0.75),
        Stats.medianDeviation(all),
        List.copyOf(rounds));
  }

  boolean isOurs() {
    return contender.startsWith(OURS);
  }

  boolean isPeer() {
    return !isOurs() && !contender.equals(LOWER_BOUND);
  }

  String shown() {
    return figure.unit().show(median);
  }

  boolean isBetterThan(Measured other) {
    return figure.unit().lessIsBetter() ? median < other.median : median > other.median;
  }
}
