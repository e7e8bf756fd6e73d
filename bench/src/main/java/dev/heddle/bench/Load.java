package dev.heddle.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The clients of a load generator, what they tell it, and what it counts of that. One thread, one
 * selector.
 */
abstract class Load implements AutoCloseable {
  private static final int PRECISION_DIGITS = 3;

  final Selector selector = Selector.open();
  final List<Client> clients = new ArrayList<>();
  final Histogram latencies = new Histogram(PRECISION_DIGITS);

  /** Replies since the measuring began. */
  long replies;

  long errors;
  int inFlight;

  Load() throws IOException {}

  /** The measuring begins: what was counted so far was the warm-up. */
  final void restart() {
    latencies.reset();
    replies = 0;
  }

  static void serve(SelectionKey key) {
    ((Client) key.attachment()).ready();
  }

  // What the clients report.

  /** Whether a reply is followed by the next line at once. */
  abstract boolean sending();

  /** A line is on its way. */
  final void sent() {
    inFlight++;
  }

  /**
   * A reply came.
   *
   * @param latencyNanos since the line was sent, or was to be sent
   * @param right whether it is what it must be, byte by byte
   */
  final void received(long latencyNanos, boolean right) {
    inFlight--;
    replies++;
    latencies.recordValue(latencyNanos);
    if (!right) {
      errors++;
    }
  }

  /** A connection is lost, and with it so many lines. */
  final void lost(int linesInFlight) {
    inFlight -= linesInFlight;
    errors++;
  }

  @Override
  public final void close() throws IOException {
    for (Client client : clients) {
      client.close();
    }
    selector.close();
  }
}
