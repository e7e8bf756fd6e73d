package dev.heddle.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How sure a ratio of two medians is. Rounds are drawn with replacement, and samples within each
 * drawn round: samples of one JVM resemble each other more than those of two, so to draw all from
 * one pot would promise too much.
 */
final class Bootstrap {
  private static final int DRAWS = 2000;
  private static final long SEED = 1; // one report says one thing, whenever it is read

  /** A share of 95 % of the ratios drawn lies between the two. */
  record Interval(double low, double high) {
    /** Whether the ratio may well be one. */
    boolean containsOne() {
      return low <= 1 && 1 <= high;
    }
  }

  private Bootstrap() {}

  /** The ratio of the median of the first to that of the second. */
  static Interval ratio(List<double[]> over, List<double[]> under) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] ratios = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      double divisor = Stats.median(draw(under, random));
      ratios[i] = divisor == 0 ? 1 : Stats.median(draw(over, random)) / divisor;
    }
    Arrays.sort(ratios);
    return new Interval(Stats.ofSorted(ratios, 0.025), Stats.ofSorted(ratios, 0.975));
  }

  private static double[] draw(List<double[]> rounds, SplittableRandom random) {
    double[][] drawn = new double[rounds.size()][];
    int count = 0;
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = rounds.get(random.nextInt(rounds.size()));
      count += drawn[i].length;
    }
    double[] samples = new double[count];
    int at = 0;
    for (double[] round : drawn) {
      for (int i = 0; i < round.length; i++) {
        samples[at++] = round[random.nextInt(round.length)];
      }
    }
    return samples;
  }
}
