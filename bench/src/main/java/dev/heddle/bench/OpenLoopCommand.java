package dev.heddle.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Echo servers under given rates. With {@code --knee} also the highest rate that a server bears: it
 * answers 99 % of the lines in their time, and 99 % of them within the limit. It is found by
 * doubling and then halving the distance, in one server process.
 */
@Command(
    name = "open-loop",
    description = "Latency of echo servers at fixed rates, corrected for coordinated omission.",
    sortOptions = false)
final class OpenLoopCommand implements Callable<Integer> {
  private static final double BORNE = 0.99;
  private static final int LEAST_RATE = 100;
  private static final int MOST_RATE = 2_000_000;
  private static final int HALVINGS = 5;
  private static final long SECOND = 1_000_000_000;

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--servers",
      paramLabel = "NAMES",
      description = "As of echo, separated by commas; default all")
  private String servers = Terminal.allServers();

  @Option(names = "--connections", paramLabel = "N", description = "1 to 10000; default 100")
  private String connections = "100";

  @Option(
      names = "--rates",
      paramLabel = "NUMBERS",
      description = "Lines a second, 100 to 2000000, separated by commas; default 10000,50000")
  private String rates = "10000,50000";

  @Option(names = "--warmup", paramLabel = "SECONDS", description = "0 to 300; default 3")
  private String warmup = "3";

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "At each rate, 1 to 300; default 5")
  private String duration = "5";

  @Option(names = "--knee", description = "Searches the highest rate that each server bears")
  private boolean knee;

  @Option(
      names = "--limit",
      paramLabel = "MILLIS",
      description = "The p99 up to which a rate is borne, 1 to 10000; default 10")
  private String limit = "10";

  @Override
  public Integer call() throws IOException {
    List<Server> all =
        Arrays.stream(servers.split(",", -1)).map(terminal::server).distinct().toList();
    int clients = terminal.number("--connections", connections, 1, 10_000);
    int[] fixed =
        Arrays.stream(rates.split(",", -1))
            .mapToInt(rate -> terminal.number("--rates", rate, LEAST_RATE, MOST_RATE))
            .toArray();
    long warm = terminal.number("--warmup", warmup, 0, 300) * SECOND;
    long measured = terminal.number("--duration", duration, 1, 300) * SECOND;
    long most = terminal.number("--limit", limit, 1, 10_000) * 1_000_000L;
    Cores cores = Cores.find();
    cores.pinClient();
    terminal.out().println("server,connections,rate,achieved,p50_us,p99_us,p99.9_us,max_us,errors");
    long errors = 0;
    for (Server server : all) {
      try (ServerProcess process = ServerProcess.start(server, cores);
          OpenLoopGenerator load = new OpenLoopGenerator(process.address(), clients)) {
        for (int rate : fixed) {
          OpenLoopGenerator.Result result = load.run(rate, warm, measured);
          errors += result.errors();
          print(server, clients, Integer.toString(rate), result);
        }
        if (knee) {
          errors += knee(server, clients, load, most, measured);
        }
      }
    }
    return errors == 0 ? 0 : 1;
  }

  /** Prints the last rate that was borne; returns the errors there were. */
  private long knee(Server server, int clients, OpenLoopGenerator load, long most, long measured)
      throws IOException {
    double borne = LEAST_RATE;
    double tried = 10_000;
    double tooMuch = MOST_RATE;
    long errors = 0;
    OpenLoopGenerator.Result best = load.run(borne, 0, measured);
    for (int halvings = 0; halvings < HALVINGS && tried < MOST_RATE; ) {
      OpenLoopGenerator.Result result = load.run(tried, measured / 4, measured);
      errors += result.errors();
      boolean bears =
          result.achieved() >= BORNE * tried && result.latencies().getValueAtPercentile(99) <= most;
      if (bears) {
        borne = tried;
        best = result;
      } else {
        tooMuch = tried;
      }
      boolean doubling = tooMuch == MOST_RATE;
      halvings += doubling ? 0 : 1;
      tried = doubling ? 2 * tried : (borne + tooMuch) / 2;
    }
    print(server, clients, "knee", best);
    return errors;
  }

  private void print(Server server, int clients, String rate, OpenLoopGenerator.Result result) {
    Histogram latencies = result.latencies();
    terminal
        .out()
        .printf(
            Locale.ROOT,
            "%s,%d,%s,%.0f,%.1f,%.1f,%.1f,%.1f,%d%n",
            server,
            clients,
            rate,
            result.achieved(),
            latencies.getValueAtPercentile(50) / 1e3,
            latencies.getValueAtPercentile(99) / 1e3,
            latencies.getValueAtPercentile(99.9) / 1e3,
            latencies.getMaxValue() / 1e3,
            result.errors());
    terminal.out().flush();
  }
}
