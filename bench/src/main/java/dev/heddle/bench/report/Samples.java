package dev.heddle.bench.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every sample that was taken, by figure and contender, in the order in which they came. */
final class Samples {
  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final Map<String, Map<String, List<double[]>>> rounds = new LinkedHashMap<>();

  Samples(List<Figure> figures) {
    for (Figure figure : figures) {
      if (this.figures.put(figure.name(), figure) != null) {
        throw new IllegalArgumentException("two figures are named '" + figure.name() + "'");
      }
    }
  }

  /**
   * The samples of one round.
   *
   * @throws IOException if there are none, or one shows that nothing was done
   */
  void add(String figure, String contender, double... samples) throws IOException {
    Figure known = figures.get(figure);
    if (known == null) {
      throw new IllegalArgumentException("no figure is named '" + figure + "'");
    }
    if (samples.length == 0) {
      throw new IOException(figure + ", " + contender + ": no sample was taken");
    }
    for (double sample : samples) {
      if (!known.unit().isPlausible(sample)) {
        throw new IOException(
            "%s, %s: %s is no measurement of work that was done; the report is refused"
                .formatted(figure, contender, known.unit().show(sample)));
      }
    }
    rounds
        .computeIfAbsent(figure, _ -> new LinkedHashMap<>())
        .computeIfAbsent(contender, _ -> new ArrayList<>())
        .add(samples.clone());
  }

  /** What was measured, in the order of the figures. */
  List<Measured> measured() {
    List<Measured> all = new ArrayList<>();
    for (Figure figure : figures.values()) {
      rounds
          .getOrDefault(figure.name(), Map.of())
          .forEach((contender, samples) -> all.add(Measured.of(figure, contender, samples)));
    }
    return all;
  }
}
