package dev.heddle.bench;

import java.io.IOException;
import java.io.PrintWriter;

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
    Cores cores = Cores.find();
    out.printf(
        "%d measurements, about %d s; %s; Java %s%n",
        plan.measurements(), plan.total().toSeconds(), cores, Runtime.version());
    cores.pinClient();
    for (int connections : plan.connections()) {
      for (int round = 0; round < plan.rounds(); round++) {
        for (int i = 0; i < plan.servers().size(); i++) {
          Server server = plan.servers().get((round + i) % plan.servers().size());
          measure(server, connections, round, cores);
        }
      }
    }
    progress.clear();
  }

  private void measure(Server server, int connections, int round, Cores cores) throws IOException {
    String what =
        "%d/%d %s, %d connections".formatted(++done, plan.measurements(), server, connections);
    progress.show(what);
    try (ServerProcess process = ServerProcess.start(server, cores);
        LoadGenerator load =
            new LoadGenerator(
                process.address(), connections, plan.pipelining(), server.isEncrypted())) {
      LoadGenerator.Result result =
          load.run(
              plan.warmup().toNanos(),
              plan.duration().toNanos(),
              replies -> progress.show(what + ": " + replies + " replies/s"),
              process::cpuNanos);
      EchoReport.Round measured = EchoReport.Round.of(server, connections, round + 1, result);
      report.add(measured);
      file.add(measured);
    }
  }
}
