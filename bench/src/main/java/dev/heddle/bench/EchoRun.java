package dev.heddle.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** Carries out a plan. */
final class EchoRun {
  private final EchoPlan plan;
  private final PrintWriter out;
  private final RawFile file;
  private final EchoReport report;
  private final Progress progress = new Progress();
  private int done;

  EchoRun(EchoPlan plan, PrintWriter out, RawFile file, EchoReport report) {
    this.plan = plan;
    this.out = out;
    this.file = file;
    this.report = report;
  }

  void run() throws IOException {
    out.printf(
        "%d measurements, about %d s; %s; Java %s%n",
        plan.measurements(), plan.total().toSeconds(), plan.cores(), Runtime.version());
    plan.cores().pinClient();
    for (int connections : plan.connections()) {
      for (int round = 0; round < plan.rounds(); round++) {
        List<Server> servers = plan.serversFor(connections);
        for (int i = 0; i < servers.size(); i++) {
          Server server = servers.get((round + i) % servers.size());
          measure(server, connections, round);
        }
      }
    }
    progress.clear();
  }

  private void measure(Server server, int connections, int round) throws IOException {
    String what =
        "%d/%d %s, %d connections".formatted(++done, plan.measurements(), server, connections);
    progress.show(what);
    long started = System.nanoTime();
    try (ServerProcess process = ServerProcess.start(server, plan.cores())) {
      double startMillis = firstReply(server, process, started);
      measure(server, connections, round, process, startMillis, what);
    }
  }

  /** How many system calls the server makes for a request, while it is so loaded. */
  private static double callsForEach(LoadGenerator load, ServerProcess process) throws IOException {
    try (SystemCalls calls = SystemCalls.of(process.pid())) {
      load.run(0, EchoPlan.COUNTED.toNanos(), _ -> {});
      return (double) calls.stop() / load.replies;
    }
  }

  /** How long after its start it has answered its first line, in milliseconds. */
  private double firstReply(Server server, ServerProcess process, long started) throws IOException {
    try (LoadGenerator first =
        new LoadGenerator(process.address(), 1, 1, plan.line(), server.isEncrypted())) {
      if (first.exchange() != 0) {
        throw new IOException("the server " + server + " has not answered its first line");
      }
      return (System.nanoTime() - started) / 1e6;
    }
  }

  private void measure(
      Server server,
      int connections,
      int round,
      ServerProcess process,
      double startMillis,
      String what)
      throws IOException {
    try (LoadGenerator load =
        new LoadGenerator(
            process.address(), connections, plan.pipelining(), plan.line(), server.isEncrypted())) {
      LoadGenerator.Result result =
          load.run(
              plan.warmup().toNanos(),
              plan.duration().toNanos(),
              replies -> progress.show(what + ": " + replies + " replies/s"),
              process::cpuNanos);
      double calls = plan.countsCalls() ? callsForEach(load, process) : Double.NaN;
      EchoReport.Round measured =
          EchoReport.Round.of(server, connections, round + 1, startMillis, calls, result);
      report.add(measured);
      file.add(measured);
    }
  }
}
