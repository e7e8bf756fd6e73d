package dev.heddle.bench.report;

import java.util.List;
import java.util.Map;

/**
 * All that is kept of a run.
 *
 * @param format {@link #FORMAT}
 * @param rounds how many were made
 * @param versions of ours and of the peers
 * @param peersAhead figures in which the best peer is better than the best of ours, a sentence each
 * @param skipped what was not measured, and why
 */
public record Report(
    int format,
    String date,
    String mode,
    int rounds,
    Machine machine,
    Map<String, String> versions,
    List<Row> headline,
    List<String> peersAhead,
    List<String> skipped,
    List<Measured> measured) {

  /** Who reads a file of another format says so. */
  static final int FORMAT = 1;
}
