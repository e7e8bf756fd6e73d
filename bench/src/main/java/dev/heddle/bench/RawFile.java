package dev.heddle.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Comma-separated values, a line for each measurement; written as they come, lest a crash lose
 * them.
 */
final class RawFile implements AutoCloseable {
  private final PrintWriter writer;

  private RawFile(PrintWriter writer) {
    this.writer = writer;
    writer.println(
        "server,connections,round,requests_per_s,cpu_us,p50_us,p99_us,p99.9_us,max_us,start_ms,"
            + "calls,errors");
  }

  static RawFile create(Path file) throws IOException {
    try {
      return new RawFile(new PrintWriter(Files.newBufferedWriter(file), true));
    } catch (IOException e) {
      throw new IOException("cannot write " + file + ": " + e, e);
    }
  }

  void add(EchoReport.Round round) {
    writer.printf(
        "%s,%d,%d,%.0f,%.2f,%.1f,%.1f,%.1f,%.1f,%.0f,%.2f,%d%n",
        round.server(),
        round.connections(),
        round.number(),
        round.requestsPerSecond(),
        round.cpu(),
        round.p50(),
        round.p99(),
        round.p999(),
        round.max(),
        round.startMillis(),
        round.calls(),
        round.errors());
  }

  @Override
  public void close() {
    writer.close();
  }
}
