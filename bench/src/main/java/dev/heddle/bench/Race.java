package dev.heddle.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Several ways to do the same. */
final class Race {
  private Race() {}

  /**
   * How long each way takes, in milliseconds: the median. The rounds are interleaved, so that what
   * disturbs the machine disturbs all; the first warms up and is not counted.
   *
   * @throws IllegalStateException if they do not all give the same
   */
  static List<Double> medians(int rounds, List<Callable<?>> ways) throws Exception {
    List<List<Double>> times = new ArrayList<>();
    ways.forEach(_ -> times.add(new ArrayList<>()));
    for (int round = 0; round <= rounds; round++) {
      Object expected = null;
      for (int i = 0; i < ways.size(); i++) {
        long start = System.nanoTime();
        Object found = ways.get(i).call();
        double millis = (System.nanoTime() - start) / 1e6;
        expected = i == 0 ? found : expected;
        if (!found.equals(expected)) {
          throw new IllegalStateException(
              "way " + (i + 1) + " found something else than the first");
        }
        if (round > 0) {
          times.get(i).add(millis);
        }
      }
    }
    return times.stream().map(Race::median).toList();
  }

  private static double median(List<Double> times) {
    return times.stream().sorted().toList().get(times.size() / 2);
  }
}
