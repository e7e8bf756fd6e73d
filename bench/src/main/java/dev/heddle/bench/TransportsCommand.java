package dev.heddle.bench;

import dev.heddle.bench.peers.PlainClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Messages a second through each transport, and through the plain library for the same in the same
 * run, interleaved. Both have one sender, one receiver, the same window, and the promises of the
 * transport: what is confirmed, acknowledged and stored here is so there. All messages are counted.
 */
@Command(
    name = "transports",
    description = "Messages a second, beside the plain client library.",
    sortOptions = false)
final class TransportsCommand implements Callable<Integer> {
  private static final Set<String> ALL = Set.of("local", "link", "zmtp", "nats", "amqp");

  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--messages", paramLabel = "N", description = "1 to 10000000; default 20000")
  private String messages = "20000";

  @Option(names = "--bytes", paramLabel = "N", description = "In each, 4 to 200000; default 100")
  private String bytes = "100";

  @Option(names = "--window", paramLabel = "N", description = "Under way, 1 to 1000; default 64")
  private String window = "64";

  @Option(names = "--rounds", paramLabel = "N", description = "1 to 100; default 5")
  private String rounds = "5";

  @Option(names = "--only", paramLabel = "NAMES", description = "Some of local,link,zmtp,nats,amqp")
  private String only = "local,link,zmtp,nats,amqp";

  /** One transport and its peer. */
  private record Pair(String name, String peer, Way ours, Way plain) {}

  /** Takes the time of all messages, in nanoseconds. */
  @FunctionalInterface
  private interface Way {
    long nanos() throws Exception;
  }

  private int count;
  private int size;
  private int room;

  @Override
  public Integer call() throws Exception {
    count = terminal.number("--messages", messages, 1, 10_000_000);
    size = terminal.number("--bytes", bytes, 4, 200_000);
    room = terminal.number("--window", window, 1, 1_000);
    int repeat = terminal.number("--rounds", rounds, 1, 100);
    Set<String> wanted = new TreeSet<>(List.of(only.split(",")));
    for (String name : wanted) {
      if (!ALL.contains(name)) {
        throw terminal.refusal(
            "no transport is named '" + name + "'; there are local,link,zmtp,nats,amqp");
      }
    }
    terminal.out().printf("%d messages of %d bytes, window %d%n", count, size, room);
    terminal.out().println("transport   messages/s   plain client library   messages/s   ratio");
    try (BrokerProcess nats = broker(wanted, "nats", BrokerProcess.NATS, BrokerProcess::nats);
        BrokerProcess rabbit =
            broker(wanted, "amqp", BrokerProcess.RABBIT, BrokerProcess::rabbit)) {
      for (Pair pair : pairs(nats, rabbit)) {
        if (wanted.contains(pair.name())) {
          race(pair, repeat);
        }
      }
    }
    return 0;
  }

  private @Nullable BrokerProcess broker(
      Set<String> wanted, String name, Path program, Callable<BrokerProcess> start)
      throws Exception {
    if (!wanted.contains(name)) {
      return null;
    }
    if (!Files.isExecutable(program)) {
      terminal.out().println(name + ": skipped, " + program + " is not installed");
      return null;
    }
    return start.call();
  }

  private TransportPump pump() {
    return new TransportPump(count, size, room);
  }

  private List<Pair> pairs(@Nullable BrokerProcess nats, @Nullable BrokerProcess rabbit) {
    List<Pair> pairs = new ArrayList<>();
    pairs.add(
        new Pair(
            "local",
            "LinkedBlockingQueue",
            () -> pump().local(),
            () -> PlainClient.blockingQueue(count, size, room)));
    pairs.add(
        new Pair(
            "link",
            "frames echoed by TCP",
            () -> pump().link(),
            () -> PlainClient.frames(count, size, room)));
    pairs.add(
        new Pair(
            "zmtp", "JeroMQ", () -> pump().zmtp(), () -> PlainClient.jeromq(count, size, room)));
    if (nats != null) {
      int port = nats.port();
      pairs.add(
          new Pair(
              "nats",
              "jnats, JetStream",
              () -> pump().nats(port),
              () -> PlainClient.jnats(port, count, size, room)));
    }
    if (rabbit != null) {
      int port = rabbit.port();
      pairs.add(
          new Pair(
              "amqp",
              "amqp-client",
              () -> pump().amqp(port),
              () -> PlainClient.rabbit(port, count, size, room)));
    }
    return pairs;
  }

  /** Medians; the first round warms up and is not counted. */
  private void race(Pair pair, int repeat) throws Exception {
    List<Long> ours = new ArrayList<>();
    List<Long> plain = new ArrayList<>();
    for (int round = 0; round <= repeat; round++) {
      long nanos = pair.ours().nanos();
      long peer = pair.plain().nanos();
      if (round > 0) {
        ours.add(nanos);
        plain.add(peer);
      }
    }
    double rate = rate(ours);
    double other = rate(plain);
    terminal
        .out()
        .printf(
            Locale.ROOT,
            "%-9s %12.0f   %-20s %12.0f %6.2fx%n",
            pair.name(),
            rate,
            pair.peer(),
            other,
            rate / other);
    terminal.out().flush();
  }

  private double rate(List<Long> nanos) {
    return count * 1e9 / nanos.stream().sorted().toList().get(nanos.size() / 2);
  }
}
