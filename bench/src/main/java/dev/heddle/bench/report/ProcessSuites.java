package dev.heddle.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The suites whose measurements are processes of their own. */
final class ProcessSuites {
  static final List<String> NAMES = List.of("echo", "open-loop", "memory", "first-use", "cpu");

  // The figures that have a target.
  static final String MEMORY = "memory of a sleeping task";
  static final String FIRST_USE = "first use of a body, after others";
  static final String VERY_FIRST = "the very first use of a body";
  static final String RATE = ": requests a second";
  static final String P99 = ": p99";
  static final String P999 = ": p99.9";

  private static final Pattern MEDIAN_FIRST_USE =
      Pattern.compile("first use of a body, .* median ([0-9.]+) ms,.* the first of all ([0-9.]+)");

  /** Calls, steps, and milliseconds in sequence, by two threads, by two processes. */
  private static final Pattern CPU =
      Pattern.compile(" *(\\d+) +(\\d+) +([0-9.]+) ms +([0-9.]+) ms .*x +([0-9.]+) ms .*x");

  private static final Map<String, String> READABLE =
      Map.of(
          "vthread",
          Catalogue.VIRTUAL,
          "platform",
          Catalogue.PLATFORM,
          "pool-128",
          "a pool of 128 threads",
          "netty-nio",
          "Netty NIO",
          "netty-epoll",
          "Netty epoll",
          "vertx",
          "Vert.x",
          "go",
          "Go",
          "asyncio",
          "Python asyncio",
          "cookbook",
          "Python, the Cookbook's generators");

  /**
   * How the clients of an echo race talk.
   *
   * @param pipelining lines in flight for each connection
   * @param line bytes of a line
   * @param curve the curve on which the race is a point, or empty
   * @param x what the curve is over
   * @param at where on it
   */
  private record Talk(int connections, int pipelining, int line, String curve, String x, int at) {
    /** How figures of it begin. */
    String name() {
      return "echo, %,d connection%s%s%s"
          .formatted(
              connections,
              connections == 1 ? "" : "s",
              line == LINE ? "" : ", lines of %,d bytes".formatted(line),
              pipelining == 1 ? "" : ", %d lines in flight".formatted(pipelining));
    }
  }

  private static final int LINE = 64;
  private static final int USUAL_CONNECTIONS = 100;

  private final Effort effort;

  /** Where the echo race leaves its figures. */
  private final Path raw;

  private final String main;
  private final List<String> servers;
  private final List<Figure> figures;
  private final List<Source> sources;

  ProcessSuites(
      Effort effort,
      Path folder,
      String main,
      List<String> servers,
      List<Figure> figures,
      List<Source> sources) {
    this.effort = effort;
    this.raw = folder.resolve("echo.csv");
    this.main = main;
    this.servers = servers;
    this.figures = figures;
    this.sources = sources;
  }

  void add() {
    talks().forEach(this::echo);
    new OpenLoopSuite(effort, main, figures, sources).add(echoServers());
    memory();
    firstUse();
    cpu();
  }

  private List<Talk> talks() {
    if (!effort.isFull()) {
      return List.of(new Talk(effort.isTiny() ? 2 : USUAL_CONNECTIONS, 1, LINE, "", "", 0));
    }
    List<Talk> talks = new ArrayList<>();
    for (int connections : new int[] {1, 10, 100, 1000, 9000}) {
      talks.add(new Talk(connections, 1, LINE, "echo, by connections", "connections", connections));
    }
    for (int line : new int[] {1024, 8192, 65_536}) {
      talks.add(
          new Talk(USUAL_CONNECTIONS, 1, line, "echo, by the length of a line", "bytes", line));
    }
    for (int pipelining : new int[] {4, 16, 64}) {
      talks.add(
          new Talk(
              USUAL_CONNECTIONS,
              pipelining,
              LINE,
              "echo, by lines in flight",
              "lines in flight for each connection",
              pipelining));
    }
    return talks;
  }

  /** The name of an echo server, as the report has it. */
  static String contender(String server) {
    return READABLE.getOrDefault(server, server);
  }

  static String echo(int connections, String what) {
    return new Talk(connections, 1, LINE, "", "", 0).name() + what;
  }

  private List<String> echoServers() {
    if (effort.isFull()) {
      return servers;
    }
    List<String> few =
        effort.isTiny()
            ? List.of("heddle-coroutine", "vthread")
            : List.of(
                "heddle-coroutine",
                "heddle-lines",
                "vthread",
                "platform",
                "netty-nio",
                "netty-epoll",
                "c-epoll");
    return few.stream().filter(servers::contains).toList();
  }

  private void echo(Talk talk) {
    String line =
        "lines of %,d bytes to the server and back, %d in flight for each connection"
            .formatted(talk.line(), talk.pipelining());
    for (String what : List.of(RATE, P99, P999)) {
      Unit unit = what.equals(RATE) ? Unit.REQUESTS : Unit.MICROS;
      Figure figure = new Figure("echo", talk.name() + what, unit, line);
      figures.add(
          talk.curve().isEmpty() ? figure : figure.on(talk.curve() + what, talk.x(), talk.at()));
    }
    List<String> all = echoServers();
    Duration each = Duration.ofSeconds(effort.echoWarmupSeconds() + effort.echoSeconds() + 1);
    sources.add(
        new CommandSource(
            "echo",
            talk.name(),
            each.multipliedBy(all.size()).plusSeconds(1),
            List.of(),
            main,
            round -> echoArguments(all, talk, round),
            (_, samples) -> readEcho(raw, talk, samples)));
  }

  /** Each round begins with another server. */
  private List<String> echoArguments(List<String> all, Talk talk, int round) {
    List<String> rotated = new ArrayList<>(all);
    Collections.rotate(rotated, -round);
    return List.of(
        "echo",
        "--servers=" + String.join(",", rotated),
        "--connections=" + talk.connections(),
        "--pipelining=" + talk.pipelining(),
        "--line-bytes=" + talk.line(),
        "--rounds=1",
        "--warmup=" + effort.echoWarmupSeconds(),
        "--duration=" + effort.echoSeconds(),
        "--raw=" + raw);
  }

  private static void readEcho(Path raw, Talk talk, Samples samples) throws IOException {
    List<String> lines = Files.readAllLines(raw);
    List<String> head = List.of(lines.getFirst().split(","));
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = List.of(line.split(","));
      String who = contender(cells.getFirst());
      samples.add(talk.name() + RATE, who, number(cells, head, "requests_per_s"));
      samples.add(talk.name() + P99, who, number(cells, head, "p99_us"));
      samples.add(talk.name() + P999, who, number(cells, head, "p99.9_us"));
    }
    Files.delete(raw);
  }

  private static double number(List<String> cells, List<String> head, String column) {
    return Double.parseDouble(cells.get(head.indexOf(column)));
  }

  private void memory() {
    figures.add(
        new Figure(
            "memory",
            MEMORY,
            Unit.BYTES,
            "alive in the heap while all sleep; of platform threads, what the process has in"
                + " memory"));
    int tasks = effort.isTiny() ? 20_000 : effort.isFull() ? 1_000_000 : 100_000;
    memory(Catalogue.WOVEN, "woven", tasks);
    memory(Catalogue.THREAD, "thread", Math.min(tasks, 100_000));
    memory(Catalogue.KOTLIN, "kotlin", tasks);
    memory(Catalogue.VIRTUAL, "virtual", tasks);
    memory(Catalogue.PLATFORM, "platform", effort.isTiny() ? 200 : 1000);
  }

  private void memory(String contender, String kind, int tasks) {
    sources.add(
        new CommandSource(
            "memory",
            "memory, " + contender,
            Duration.ofSeconds(effort.isFull() ? 4 : 1),
            List.of(),
            MemoryProbe.class.getName(),
            _ -> List.of(kind, Integer.toString(tasks)),
            (lines, samples) -> {
              String answer = lines.isEmpty() ? "" : lines.getLast();
              if (!answer.startsWith(MemoryProbe.ANSWER)) {
                throw new IOException("memory, " + contender + ": it said " + lines);
              }
              double bytes = Double.parseDouble(answer.substring(MemoryProbe.ANSWER.length()));
              samples.add(MEMORY, contender, bytes);
            }));
  }

  private void firstUse() {
    figures.add(
        new Figure(
            "first-use",
            FIRST_USE,
            Unit.MILLIS,
            "its class is read, woven, defined, and runs to its first yield; after %d others"
                .formatted(effort.bodies())));
    figures.add(
        new Figure(
            "first-use",
            VERY_FIRST,
            Unit.MILLIS,
            "the first in a JVM, which loads the weaver too"));
    String bodies = Integer.toString(effort.bodies());
    sources.add(
        new CommandSource(
            "first-use",
            "first-use",
            Duration.ofSeconds(2),
            List.of(),
            main,
            _ -> List.of("first-use", "--warmup=" + bodies, "--bodies=" + bodies),
            (lines, samples) -> {
              MatchResult found = find(MEDIAN_FIRST_USE, lines);
              samples.add(FIRST_USE, Catalogue.WOVEN, Double.parseDouble(found.group(1)));
              samples.add(VERY_FIRST, Catalogue.WOVEN, Double.parseDouble(found.group(2)));
            }));
  }

  private void cpu() {
    int total = effort.isTiny() ? 20_000 : 100_000_000;
    int[] works =
        effort.isTiny()
            ? new int[] {1000}
            : effort.isFull()
                ? new int[] {1000, 10_000, 100_000, 1_000_000, 10_000_000}
                : new int[] {10_000, 1_000_000};
    for (int steps : works) {
      figures.add(
          new Figure(
                  "cpu",
                  cpuName(steps),
                  Unit.MILLIS,
                  "%,d steps of arithmetic in calls of %,d".formatted(total, steps))
              .on(works.length > 2 ? "CPU work, by size of a call" : "", "steps a call", steps));
    }
    String work = String.join(",", Arrays.stream(works).mapToObj(Integer::toString).toList());
    sources.add(
        new CommandSource(
            "cpu",
            "cpu",
            Duration.ofSeconds(2L * works.length),
            List.of(),
            main,
            _ -> List.of("cpu", "--work=" + work, "--total=" + total, "--rounds=1"),
            (lines, samples) -> {
              for (int steps : works) {
                readCpu(steps, lines, samples);
              }
            }));
  }

  private static String cpuName(int steps) {
    return "CPU work in calls of %,d steps".formatted(steps);
  }

  private static void readCpu(int steps, List<String> lines, Samples samples) throws IOException {
    List<String> own =
        lines.stream().filter(line -> line.matches(" *\\d+ +" + steps + " .*")).toList();
    MatchResult found = find(CPU, own);
    String name = cpuName(steps);
    samples.add(name, "in sequence", Double.parseDouble(found.group(3)));
    samples.add(name, Catalogue.PLATFORM, Double.parseDouble(found.group(4)));
    samples.add(name, "heddle processes", Double.parseDouble(found.group(5)));
  }

  private static MatchResult find(Pattern pattern, List<String> lines) throws IOException {
    for (String line : lines) {
      var matcher = pattern.matcher(line);
      if (matcher.matches()) {
        return matcher.toMatchResult();
      }
    }
    throw new IOException("no line is of the form " + pattern + ": " + lines);
  }
}
