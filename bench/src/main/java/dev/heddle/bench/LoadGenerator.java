package dev.heddle.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/**
 * A closed loop: each connection has a fixed number of lines in flight and sends the next when a
 * reply has come. One thread, one selector. Every reply is compared with what it must be.
 *
 * <p>A closed loop slows down with its server: latencies are those at the throughput that the
 * server allows, not those under a given rate of requests.
 */
final class LoadGenerator implements AutoCloseable {
  private static final long SECOND = 1_000_000_000;
  private static final long LONGEST_DRAIN = 3 * SECOND;
  private static final int PRECISION_DIGITS = 3;

  /** What came out: requests answered within the measured time, and all errors there were. */
  record Result(double requestsPerSecond, Histogram latencies, long errors) {}

  private final Selector selector = Selector.open();
  private final List<Client> clients = new ArrayList<>();
  private final Histogram latencies = new Histogram(PRECISION_DIGITS);

  /** Replies since the measuring began. */
  private long replies;

  private long errors;
  private int inFlight;

  /** Whether a reply is followed by the next line. */
  private boolean sending = true;

  LoadGenerator(InetSocketAddress server, int connections, int pipelining) throws IOException {
    for (int number = 0; number < connections; number++) {
      clients.add(new Client(this, selector, server, number, pipelining));
    }
  }

  /**
   * Warms up, measures, and lets the last replies come in. Ends early only when no connection is
   * left.
   *
   * @param progress called each second with the replies of that second
   */
  Result run(long warmupNanos, long measuredNanos, LongConsumer progress) throws IOException {
    for (Client client : clients) {
      client.fill();
    }
    long start = System.nanoTime();
    pump(start + warmupNanos, progress);
    latencies.reset();
    replies = 0;
    long begin = System.nanoTime();
    pump(begin + measuredNanos, progress);
    long elapsed = System.nanoTime() - begin;
    double rate = replies * (double) SECOND / elapsed;
    Histogram measured = latencies.copy();
    sending = false;
    long drained = System.nanoTime() + LONGEST_DRAIN;
    while (inFlight > 0 && System.nanoTime() < drained) {
      select(drained);
    }
    // What is still in flight has no answer.
    return new Result(rate, measured, errors + inFlight);
  }

  private void pump(long deadline, LongConsumer progress) throws IOException {
    long nextReport = System.nanoTime() + SECOND;
    long reported = replies;
    while (inFlight > 0) {
      long now = System.nanoTime();
      if (now >= deadline) {
        return;
      }
      if (now >= nextReport) {
        progress.accept(replies - reported);
        reported = replies;
        nextReport += SECOND;
      }
      select(deadline);
    }
  }

  private void select(long deadline) throws IOException {
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    var _ = selector.select(LoadGenerator::serve, Math.clamp(millis, 1, 100));
  }

  private static void serve(SelectionKey key) {
    ((Client) key.attachment()).ready();
  }

  // What the clients report.

  void sent() {
    inFlight++;
  }

  void received(long latencyNanos, boolean right) {
    inFlight--;
    replies++;
    latencies.recordValue(latencyNanos);
    if (!right) {
      errors++;
    }
  }

  void lost(int linesInFlight) {
    inFlight -= linesInFlight;
    errors++;
  }

  boolean sending() {
    return sending;
  }

  @Override
  public void close() throws IOException {
    for (Client client : clients) {
      client.close();
    }
    selector.close();
  }
}
