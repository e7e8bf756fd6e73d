package dev.heddle.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a connection costs that says nothing: how much more memory of a server is resident with many
 * of them than without. Each has said one line before it falls silent, so that what is made at the
 * first line is counted; and each says one more in the end, so that none is counted that is not
 * served.
 *
 * <p>Resident memory tells what is in use only if nothing else is resident. So all servers run with
 * a small heap for new objects, and one for old objects that gives back what is not used; and both
 * looks follow a garbage collection.
 */
@Command(
    name = "idle",
    description = "Measures the resident memory of each idle connection (Linux).",
    sortOptions = false)
final class IdleCommand implements Callable<Integer> {
  private static final List<String> SMALL_HEAP =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms16m",
          "-Xmn8m",
          "-XX:MinHeapFreeRatio=1",
          "-XX:MaxHeapFreeRatio=1",
          "-XX:-ShrinkHeapInSteps",
          "-XX:TieredStopAtLevel=1"); // the larger compiler takes memory when it likes

  /** Connections of each warm-up, which is short; it is done several times. */
  private static final int WARM_UP_CONNECTIONS = 50;

  private static final int WARM_UPS = 30;
  private static final long WARM_UP_NANOS = 50_000_000;

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--servers",
      paramLabel = "NAMES",
      description = "Which, separated by commas, as those of echo")
  private String servers = Terminal.plainServers();

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "How many, 1 to 10000; default 9000")
  private String number = "9000";

  @Override
  public Integer call() throws IOException {
    int connections = terminal.number("--connections", number, 1, 10_000);
    List<Server> measured =
        Arrays.stream(servers.split(",", -1)).map(terminal::server).distinct().toList();
    terminal.out().printf("%d connections; Java %s%n", connections, Runtime.version());
    terminal.out().printf("%-17s %18s %16s%n", "server", "bytes each, all", "of these in heap");
    for (Server server : measured) {
      if (server.serves(connections)) {
        measure(server, connections);
      } else {
        terminal.out().println(server + ": left out, it cannot serve so many");
      }
    }
    return 0;
  }

  private void measure(Server server, int connections) throws IOException {
    try (ServerProcess process = ServerProcess.start(server, Cores.NOT_PINNED, SMALL_HEAP)) {
      warmUp(process, server);
      Memory before = process.memory();
      try (LoadGenerator clients = clients(process, server, connections)) {
        sayOneLineEach(server, clients);
        Memory more = process.memory().minus(before);
        sayOneLineEach(server, clients);
        terminal
            .out()
            .printf(
                Locale.ROOT,
                "%-17s %18.0f %16.0f%n",
                server,
                (double) more.resident() / connections,
                (double) more.heap() / connections);
      }
    }
  }

  private static void warmUp(ServerProcess process, Server server) throws IOException {
    for (int i = 0; i < WARM_UPS; i++) {
      try (LoadGenerator load = clients(process, server, WARM_UP_CONNECTIONS)) {
        var _ = load.run(0, WARM_UP_NANOS, replies -> {});
      }
    }
  }

  private static LoadGenerator clients(ServerProcess process, Server server, int connections)
      throws IOException {
    return new LoadGenerator(
        process.address(), connections, 1, EchoPlan.USUAL_LINE, server.isEncrypted());
  }

  private static void sayOneLineEach(Server server, LoadGenerator clients) throws IOException {
    long errors = clients.exchange();
    if (errors > 0) {
      throw new IOException(server + ": " + errors + " lines were not answered");
    }
  }
}
