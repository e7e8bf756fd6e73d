package dev.heddle.bench.report;

/**
 * What is to be reached: a ratio to a peer that was measured in the same run, or, where nobody does
 * the same, a figure.
 *
 * @param peer who, or a dash: then the limit is no ratio, but in the figure's unit
 * @param peerFigure the peer's figure, which is ours but for ours at another size
 * @param limit at most that where less is better, at least where more is
 */
record Target(String figure, String ours, String peerFigure, String peer, double limit) {

  boolean isAbsolute() {
    return peer.equals(Row.NONE);
  }
}
