package dev.heddle.bench.report;

import java.util.Arrays;

/** What describes some samples. */
final class Stats {
  private Stats() {}

  static double median(double[] samples) {
    return quantile(samples, 0.5);
  }

  /** Between the two samples that it falls between, in proportion. */
  static double quantile(double[] samples, double share) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return ofSorted(sorted, share);
  }

  /** The same, of samples in ascending order. */
  static double ofSorted(double[] sorted, double share) {
    if (sorted.length == 0) {
      throw new IllegalArgumentException("no samples");
    }
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }

  /** The median of how far the samples are from theirs. */
  static double medianDeviation(double[] samples) {
    double median = median(samples);
    return median(Arrays.stream(samples).map(sample -> Math.abs(sample - median)).toArray());
  }
}
