package dev.heddle.bench.report;

import java.io.IOException;
import java.time.Duration;

/** Takes samples for one contender or more. */
interface Source {
  /** The suite that it belongs to. */
  String suite();

  /** For the progress. */
  String label();

  /** About how long it takes. */
  Duration cost();

  /** Why it cannot run here, or empty. */
  default String unavailable() {
    return "";
  }

  /**
   * Measures.
   *
   * @param round from 0
   * @throws IOException if it could not, or nothing was measured
   */
  void measure(int round, Samples samples) throws IOException;
}
