package dev.heddle.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** What came out, as a table: medians over the rounds. */
final class EchoReport {
  /**
   * One measurement; latencies and the server's time for a request in microseconds.
   *
   * @param startMillis from the server's start to its first reply
   * @param calls system calls for each request; not a number if they were not counted
   */
  record Round(
      Server server,
      int connections,
      int number,
      double requestsPerSecond,
      double cpu,
      double p50,
      double p99,
      double p999,
      double max,
      double startMillis,
      double calls,
      long errors) {

    static Round of(
        Server server,
        int connections,
        int number,
        double startMillis,
        double calls,
        LoadGenerator.Result result) {
      Histogram latencies = result.latencies();
      return new Round(
          server,
          connections,
          number,
          result.requestsPerSecond(),
          result.cpuNanos() / 1e3,
          latencies.getValueAtPercentile(50) / 1e3,
          latencies.getValueAtPercentile(99) / 1e3,
          latencies.getValueAtPercentile(99.9) / 1e3,
          latencies.getMaxValue() / 1e3,
          startMillis,
          calls,
          result.errors());
    }
  }

  private final List<Round> measured = new ArrayList<>();

  void add(Round round) {
    measured.add(round);
  }

  long errors() {
    return measured.stream().mapToLong(Round::errors).sum();
  }

  void print(EchoPlan plan, PrintWriter out) {
    out.printf(
        "Medians of %d rounds of %d s; lines of %d bytes, %d in flight; cpu (of the server, each"
            + " request) and latencies in microseconds; start: to the first reply, in milliseconds;"
            + " calls: of the system, each request; ratio to %s%n",
        plan.rounds(),
        plan.duration().toSeconds(),
        plan.line(),
        plan.pipelining(),
        Server.BASELINE);
    String format = "%-17s %6s %10s %6s %6s %9s %9s %9s %7s %6s %7s%n";
    out.printf(
        format, "server", "conns", "req/s", "ratio", "cpu", "p50", "p99", "p99.9", "start", "calls",
        "errors");
    for (int connections : plan.connections()) {
      double baseline = median(Server.BASELINE, connections, Round::requestsPerSecond);
      for (Server server : plan.serversFor(connections)) {
        double rate = median(server, connections, Round::requestsPerSecond);
        out.printf(
            format,
            server,
            connections,
            "%.0f".formatted(rate),
            Double.isNaN(baseline) ? "-" : "%.2f".formatted(rate / baseline),
            "%.2f".formatted(median(server, connections, Round::cpu)),
            "%.1f".formatted(median(server, connections, Round::p50)),
            "%.1f".formatted(median(server, connections, Round::p99)),
            "%.1f".formatted(median(server, connections, Round::p999)),
            "%.0f".formatted(median(server, connections, Round::startMillis)),
            "%.2f".formatted(median(server, connections, Round::calls)).replace("NaN", "-"),
            rounds(server, connections).stream().mapToLong(Round::errors).sum());
      }
    }
  }

  private List<Round> rounds(Server server, int connections) {
    return measured.stream()
        .filter(round -> round.server() == server && round.connections() == connections)
        .toList();
  }

  /** Not a number if it was not measured. */
  private double median(Server server, int connections, ToDoubleFunction<Round> value) {
    double[] sorted = rounds(server, connections).stream().mapToDouble(value).sorted().toArray();
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
