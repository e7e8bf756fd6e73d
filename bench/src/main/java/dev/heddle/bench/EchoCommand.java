package dev.heddle.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Echo servers side by side: for each number of connections some rounds, in each round every server
 * in turn, each time in a fresh process. The rounds are interleaved, so that a machine that becomes
 * slower meanwhile does so for all; each round begins with another server.
 */
@Command(
    name = "echo",
    description = "Measures echo servers with lines over loopback.",
    sortOptions = false)
final class EchoCommand implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--servers",
      paramLabel = "NAMES",
      description =
          "Which, separated by commas: heddle-step, heddle-coroutine, heddle-thread, heddle-lines,"
              + " heddle-sockets, vthread, platform, pool-128 (up to 128 connections), netty-nio,"
              + " netty-epoll (Linux on x86-64), vertx; c-epoll, go, asyncio and cookbook, where"
              + " cc, go and python3 are; and with TLS heddle-tls, netty-tls; and heddle-bare,"
              + " heddle-observed, heddle-recorded, heddle-inspected, heddle-replayable, to see"
              + " what it costs to be looked at; and heddle-loops, which has two; default all up to"
              + " cookbook")
  private String servers = Terminal.plainServers();

  @Option(
      names = "--connections",
      paramLabel = "NUMBERS",
      description = "How many at once, 1 to 10000; several, separated by commas; default 100")
  private String connections = "100";

  @Option(
      names = "--pipelining",
      paramLabel = "N",
      description = "Lines in flight for each connection, 1 to 100; default 1")
  private String pipelining = "1";

  @Option(
      names = "--line-bytes",
      paramLabel = "N",
      description = "The length of a line with its newline, 34 to 65536; default 64")
  private String line = Integer.toString(EchoPlan.USUAL_LINE);

  @Option(names = "--rounds", paramLabel = "N", description = "1 to 100; default 3")
  private String rounds = "3";

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      description = "Before each measurement, 0 to 300; default 5")
  private String warmup = "5";

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "Of each measurement, 1 to 300; default 10")
  private String duration = "10";

  @Option(
      names = "--calls",
      description =
          "Counts the system calls for each request too, by strace, in a second of its own after"
              + " each measurement")
  private boolean calls;

  @Option(
      names = "--unpinned",
      description = "Servers and client may use all cores, as a server of several loops must")
  private boolean unpinned;

  @Option(
      names = "--raw",
      paramLabel = "FILE",
      description = "Where the numbers of each round go; default heddle-bench-echo.csv")
  private Path raw = Path.of("heddle-bench-echo.csv");

  @Override
  public Integer call() throws IOException {
    EchoPlan plan =
        new EchoPlan(
            Arrays.stream(servers.split(",", -1)).map(terminal::server).distinct().toList(),
            connectionNumbers(),
            terminal.number("--pipelining", pipelining, 1, 100),
            terminal.number("--line-bytes", line, Client.SHORTEST_LINE, EchoPlan.LONGEST_LINE),
            terminal.number("--rounds", rounds, 1, 100),
            Duration.ofSeconds(terminal.number("--warmup", warmup, 0, 300)),
            Duration.ofSeconds(terminal.number("--duration", duration, 1, 300)),
            calls && SystemCalls.canBeCounted(),
            unpinned ? Cores.NOT_PINNED : Cores.find());
    if (plan.measurements() == 0) {
      throw terminal.cannotServe(servers);
    }
    if (calls && !plan.countsCalls()) {
      terminal
          .out()
          .println("System calls are not counted: that needs strace, and leave to use it");
    }
    if (!Terminal.leftOut().isEmpty()) {
      terminal.out().println("Left out: " + Terminal.leftOut());
    }
    EchoReport report = new EchoReport();
    try (RawFile file = RawFile.create(raw)) {
      new EchoRun(plan, terminal.out(), file, report).run();
    }
    report.print(plan, terminal.out());
    terminal.out().println("Numbers of each round: " + raw.toAbsolutePath());
    return report.errors() == 0 ? 0 : 1;
  }

  private List<Integer> connectionNumbers() {
    return Arrays.stream(connections.split(",", -1))
        .map(number -> terminal.number("--connections", number, 1, 10_000))
        .distinct()
        .toList();
  }
}
