package dev.heddle.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reports of samples that nobody measured. */
final class MadeUp {
  private final List<Measured> measured = new ArrayList<>();

  /** Three rounds of three samples: the number, and some percent more and less. */
  MadeUp with(Figure figure, String contender, double about) {
    List<double[]> rounds = new ArrayList<>();
    for (double round : new double[] {0.97, 1, 1.02}) {
      rounds.add(new double[] {about * round, about * round * 1.02, about * round * 0.99});
    }
    measured.add(Measured.of(figure, contender, rounds));
    return this;
  }

  static Figure figure(String name, Unit unit) {
    return new Figure("suite of " + name, name, unit, "what is done once");
  }

  Report report() {
    Headline headline = new Headline(measured);
    return new Report(
        Report.FORMAT,
        "2026-11-28T12:00:00Z",
        "quick",
        3,
        new Machine("AMD EPYC <7B13>", 2, 1L << 33, "Linux", "JVM 25", List.of("-Xmx1g"), 0),
        Map.of("heddle", "1", "Kotlin", "2"),
        headline.rows(),
        headline.peersAhead(),
        List.of("a suite that could not be measured here: it needs what is not there"),
        List.copyOf(measured));
  }
}
