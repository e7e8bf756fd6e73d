package dev.heddle.bench;

import dev.heddle.bench.peers.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.HdrHistogram.Histogram;

/**
 * A closed loop: each connection has a fixed number of lines in flight and sends the next when a
 * reply has come. Every reply is compared with what it must be.
 *
 * <p>A closed loop slows down with its server: latencies are those at the throughput that the
 * server allows, not those under a given rate of requests.
 */
final class LoadGenerator extends Load {
  private static final long SECOND = 1_000_000_000;
  private static final long LONGEST_EXCHANGE = 60 * SECOND;

  /**
   * What came out.
   *
   * @param requestsPerSecond answered within the measured time
   * @param cpuNanos of the server for each request
   * @param errors all that there were
   */
  record Result(double requestsPerSecond, double cpuNanos, Histogram latencies, long errors) {}

  /** Whether a reply is followed by the next line. */
  private boolean sending = true;

  /** How long the last replies of a run may take, in nanoseconds. */
  private long longestDrain = 30 * SECOND;

  /** Over plain connections. */
  LoadGenerator(InetSocketAddress server, int connections, int pipelining) throws IOException {
    this(server, connections, pipelining, EchoPlan.USUAL_LINE, false);
  }

  /**
   * Over encrypted connections, or over plain ones.
   *
   * @param line the length of a line with its newline
   */
  LoadGenerator(
      InetSocketAddress server, int connections, int pipelining, int line, boolean encrypted)
      throws IOException {
    SSLContext tls = encrypted ? Tls.ofClient() : null;
    for (int number = 0; number < connections; number++) {
      clients.add(new Client(this, selector, server, number, pipelining, line, tls));
    }
  }

  /**
   * Warms up, measures, and lets the last replies come in. Ends early only when no connection is
   * left.
   *
   * @param progress called each second with the replies of that second
   */
  Result run(long warmupNanos, long measuredNanos, LongConsumer progress) throws IOException {
    return run(warmupNanos, measuredNanos, progress, () -> 0);
  }

  /**
   * The same for a server whose time on the processor is known.
   *
   * @param cpu gives the nanoseconds that the server has used so far
   */
  Result run(long warmupNanos, long measuredNanos, LongConsumer progress, LongSupplier cpu)
      throws IOException {
    fillAll();
    long start = System.nanoTime();
    pump(start + warmupNanos, progress);
    restart();
    long cpuBefore = cpu.getAsLong();
    long begin = System.nanoTime();
    pump(begin + measuredNanos, progress);
    long elapsed = System.nanoTime() - begin;
    double rate = replies * (double) SECOND / elapsed;
    double cpuEach = (double) (cpu.getAsLong() - cpuBefore) / replies;
    Histogram measured = latencies.copy();
    drain(longestDrain);
    // What is still in flight has no answer.
    return new Result(rate, cpuEach, measured, errors + inFlight);
  }

  /** For a server that does not answer: the last replies of a run may take so long. */
  void drainsFor(long nanos) {
    longestDrain = nanos;
  }

  /**
   * Has each connection say its lines once, and waits for the replies.
   *
   * @return how many were wrong, or have not come within a minute
   */
  long exchange() throws IOException {
    fillAll();
    drain(LONGEST_EXCHANGE);
    return errors + inFlight;
  }

  private void fillAll() {
    sending = true;
    for (Client client : clients) {
      client.fill();
    }
  }

  private void drain(long longest) throws IOException {
    sending = false;
    long drained = System.nanoTime() + longest;
    while (inFlight > 0 && System.nanoTime() < drained) {
      select(drained);
    }
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
    var _ = selector.select(Load::serve, Math.clamp(millis, 1, 100));
  }

  @Override
  boolean sending() {
    return sending;
  }
}
