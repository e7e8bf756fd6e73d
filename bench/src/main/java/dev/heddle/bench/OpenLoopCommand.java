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
 * Echo servers under given rates. With {@code --knee} also the highest rate that a server bears,
 * found in the same process: {@link Knee}.
 */
@Command(
    name = "open-loop",
    description = "Latency of echo servers at fixed rates, corrected for coordinated omission.",
    sortOptions = false)
final class OpenLoopCommand implements Callable<Integer> {
  private static final long SECOND = 1_000_000_000;

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--servers",
      paramLabel = "NAMES",
      description = "As of echo, separated by commas; default those of echo")
  private String servers = Terminal.plainServers();

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
    int clients = terminal.number("--connections", connections, 1, 10_000);
    List<Server> all =
        Arrays.stream(servers.split(",", -1))
            .map(terminal::server)
            .distinct()
            .filter(each -> each.serves(clients) && OpenLoopGenerator.canLoad(each))
            .toList();
    if (all.isEmpty()) {
      throw terminal.cannotServe(servers);
    }
    int[] fixed =
        Arrays.stream(rates.split(",", -1))
            .mapToInt(rate -> terminal.number("--rates", rate, Knee.LEAST_RATE, Knee.MOST_RATE))
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
          Knee search = new Knee(rate -> load.run(rate, measured / 4, measured), most);
          print(server, clients, "knee", search.find());
          errors += search.errors();
        }
      }
    }
    return errors == 0 ? 0 : 1;
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
