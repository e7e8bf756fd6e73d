package dev.heddle.bench;

/** What the clients of a load generator tell it. */
interface Load {
  /** Whether a reply is followed by the next line at once. */
  boolean sending();

  /** A line is on its way. */
  void sent();

  /**
   * A reply came.
   *
   * @param latencyNanos since the line was sent, or was to be sent
   * @param right whether it is what it must be, byte by byte
   */
  void received(long latencyNanos, boolean right);

  /** A connection is lost, and with it so many lines. */
  void lost(int linesInFlight);
}
