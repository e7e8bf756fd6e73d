package dev.heddle.bench.report;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Echo servers at fixed rates, and in a full report the highest rate that each bears. */
final class OpenLoopSuite {
  private static final int CONNECTIONS = 100;
  private static final String KNEE = "knee";

  /** Server, connections, rate, achieved, then latencies in microseconds. */
  private static final int CELLS = 9;

  private final Effort effort;
  private final String main;
  private final List<Figure> figures;
  private final List<Source> sources;

  OpenLoopSuite(Effort effort, String main, List<Figure> figures, List<Source> sources) {
    this.effort = effort;
    this.main = main;
    this.figures = figures;
    this.sources = sources;
  }

  private List<Integer> rates() {
    if (effort.isFull()) {
      return List.of(20_000, 40_000, 60_000, 80_000, 100_000, 120_000);
    }
    return List.of(effort.isTiny() ? 200 : 20_000);
  }

  private static String figure(String rate, String what) {
    return rate.equals(KNEE)
        ? "echo, the highest rate borne"
        : "echo, %,d lines a second%s".formatted(Integer.parseInt(rate), what);
  }

  void add(List<String> servers) {
    String line = "%d connections; latency from when a line was due".formatted(CONNECTIONS);
    for (int rate : rates()) {
      for (String what : List.of(ProcessSuites.P99, ProcessSuites.P999)) {
        Figure figure =
            new Figure("open-loop", figure(Integer.toString(rate), what), Unit.MICROS, line);
        String curve = "latency, by lines a second" + what;
        figures.add(effort.isFull() ? figure.on(curve, "lines a second", rate) : figure);
      }
    }
    if (effort.isFull()) {
      figures.add(
          new Figure(
              "open-loop",
              figure(KNEE, ""),
              Unit.REQUESTS,
              "99 % of the lines are answered within 10 ms of when they were due"));
    }
    List<String> some = effort.isFull() || effort.isTiny() ? servers : few(servers);
    int knee = effort.isFull() ? 25 : 0; // runs of the search
    long each =
        1
            + (long) rates().size() * (effort.echoWarmupSeconds() + effort.echoSeconds())
            + (long) knee * effort.echoSeconds();
    sources.add(
        new CommandSource(
            "open-loop",
            "open-loop",
            Duration.ofSeconds(1 + each * some.size()),
            List.of(),
            main,
            round -> arguments(some, round),
            OpenLoopSuite::read));
  }

  /** In five minutes there is no time for all. */
  private static List<String> few(List<String> servers) {
    return servers.stream()
        .filter(List.of("heddle-coroutine", "vthread", "netty-nio", "c-epoll")::contains)
        .toList();
  }

  private List<String> arguments(List<String> servers, int round) {
    List<String> rotated = new ArrayList<>(servers);
    Collections.rotate(rotated, -round);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "open-loop",
                "--servers=" + String.join(",", rotated),
                "--connections=" + CONNECTIONS,
                "--rates=" + String.join(",", rates().stream().map(String::valueOf).toList()),
                "--warmup=" + effort.echoWarmupSeconds(),
                "--duration=" + effort.echoSeconds()));
    if (effort.isFull()) {
      arguments.add("--knee");
    }
    return arguments;
  }

  private static void read(List<String> lines, Samples samples) throws IOException {
    for (String line : lines) {
      String[] cells = line.split(",");
      if (cells.length != CELLS || cells[0].equals("server")) {
        continue; // the head, or what a server says
      }
      String who = ProcessSuites.contender(cells[0]);
      if (cells[2].equals(KNEE)) {
        samples.add(figure(KNEE, ""), who, Double.parseDouble(cells[3]));
      } else {
        samples.add(figure(cells[2], ProcessSuites.P99), who, Double.parseDouble(cells[5]));
        samples.add(figure(cells[2], ProcessSuites.P999), who, Double.parseDouble(cells[6]));
      }
    }
  }
}
