package dev.heddle.bench.report;

/**
 * A line of the headline table.
 *
 * @param ours who, and its figure
 * @param peer who and its figure, or a dash where the target is absolute
 * @param ratio ours over the peer's; zero where there is no peer
 * @param low the lower end of the ratio's 95 % interval
 * @param target what it is to be, or a dash
 * @param met yes, no or a dash
 * @param peerWins whether the peer's figure is the better one
 */
record Row(
    String name,
    String ours,
    String peer,
    double ratio,
    double low,
    double high,
    String target,
    String met,
    boolean peerWins) {

  static final String NONE = "-";

  /** For the table. */
  String shownRatio() {
    return ratio == 0 ? NONE : "%.2f".formatted(ratio);
  }
}
