package dev.heddle.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.HdrHistogram.Histogram;

/**
 * An open loop: lines are due at a fixed rate, whatever the server does, the connections in turn.
 * The latency of a line counts from the time at which it was due, not from the time at which it
 * could be sent: a server that stands still for a second delays all lines of that second, and each
 * of them is counted as late as it was (no coordinated omission). Its thread spins.
 */
final class OpenLoopGenerator extends Load {
  /** Lines in flight for each connection; who has so many waits, and the wait is latency too. */
  private static final int MOST_IN_FLIGHT = 64;

  private static final double SECOND = 1e9;
  private static final long LONGEST_DRAIN = 20_000_000_000L;
  private static final long SPIN = 2_000_000;

  /**
   * What came out.
   *
   * @param achieved replies a second, within the measured time
   */
  record Result(double achieved, Histogram latencies, long errors) {}

  /** Whether the server can serve what may be in flight. */
  static boolean canLoad(Server server) {
    return server.serves(EchoPlan.USUAL_LINE, MOST_IN_FLIGHT);
  }

  /** Lines that were sent so far. */
  private long lines;

  OpenLoopGenerator(InetSocketAddress server, int connections) throws IOException {
    for (int number = 0; number < connections; number++) {
      clients.add(
          new Client(this, selector, server, number, MOST_IN_FLIGHT, EchoPlan.USUAL_LINE, null));
    }
  }

  /**
   * Sends at this rate, and lets the last replies come in.
   *
   * @param rate lines a second
   */
  Result run(double rate, long warmupNanos, long measuredNanos) throws IOException {
    send(rate, warmupNanos);
    restart();
    long began = System.nanoTime();
    send(rate, measuredNanos);
    double achieved = replies * SECOND / (System.nanoTime() - began);
    long drained = System.nanoTime() + LONGEST_DRAIN;
    while (inFlight > 0 && System.nanoTime() < drained) {
      var _ = selector.select(Load::serve, 10);
    }
    Result result = new Result(achieved, latencies.copy(), errors + inFlight);
    errors = 0;
    return result;
  }

  private void send(double rate, long nanos) throws IOException {
    long began = System.nanoTime();
    long end = began + nanos;
    double apart = SECOND / rate;
    long count = (long) (nanos / apart);
    long next = 0;
    for (long now = began; now < end; now = System.nanoTime()) {
      while (next < count && began + (long) (next * apart) <= now) {
        Client client = clients.get((int) (lines % clients.size()));
        if (!client.offer(began + (long) (next * apart))) {
          break; // it has as many in flight as it may have
        }
        next++;
        lines++;
      }
      long idle = began + (long) (next * apart) - System.nanoTime();
      if (idle > SPIN && next < count) {
        var _ = selector.select(Load::serve, (idle - SPIN) / 1_000_000 + 1);
      } else {
        var _ = selector.selectNow(Load::serve);
      }
    }
    // What was due and not sent is as late as the whole rest: it has no answer within its time.
    for (; next < count; next++) {
      latencies.recordValue(end - (began + (long) (next * apart)));
    }
  }

  @Override
  boolean sending() {
    return false; // when a line is due, and not when a reply came
  }
}
