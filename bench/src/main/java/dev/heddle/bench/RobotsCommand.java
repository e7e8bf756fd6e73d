package dev.heddle.bench;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.pool.ResultIterator;
import dev.heddle.pool.ThreadPool;
import dev.heddle.process.JobType;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The hosts that asked for robots.txt in compressed logs (recipe R13, Python Cookbook 12.8): in
 * sequence, by two threads, by two warm processes. The logs are made from a seed.
 */
@Command(
    name = "robots",
    description = "Compressed logs searched in sequence, by two threads, by two processes.",
    sortOptions = false)
final class RobotsCommand implements Callable<Integer> {
  private static final int WORKERS = 2;
  private static final int HOSTS = 5_000;
  private static final int ROBOTS = 40;

  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--logs", paramLabel = "N", description = "1 to 1000; default 16")
  private String number = "16";

  @Option(
      names = "--lines",
      paramLabel = "N",
      description = "In each; 1 to 10000000; default 20000")
  private String lines = "20000";

  @Option(names = "--rounds", paramLabel = "N", description = "1 to 100; default 5")
  private String rounds = "5";

  /** What a child does too; a path travels as text. */
  static List<String> findRobots(String log) throws IOException {
    TreeSet<String> robots = new TreeSet<>();
    try (var in = new GZIPInputStream(Files.newInputStream(Path.of(log)));
        var text = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      text.lines()
          .map(line -> line.split(" "))
          .filter(fields -> fields[6].equals("/robots.txt"))
          .forEach(fields -> robots.add(fields[0]));
    }
    return List.copyOf(robots);
  }

  @Override
  public Integer call() throws IOException {
    int logs = terminal.number("--logs", number, 1, 1_000);
    int size = terminal.number("--lines", lines, 1, 10_000_000);
    int repeat = terminal.number("--rounds", rounds, 1, 100);
    Path folder = Files.createTempDirectory("heddle-logs-");
    List<String> paths = new ArrayList<>();
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool processes = ProcessPool.open(scheduler, WORKERS);
        ThreadPool threads = ThreadPool.platform("search", WORKERS)) {
      Random random = new Random(2012);
      for (int i = 0; i < logs; i++) {
        paths.add(write(folder.resolve("access-" + i + ".log.gz"), size, random));
      }
      scheduler.spawn(() -> race(processes, threads, paths, repeat));
      scheduler.run();
    } finally {
      for (String path : paths) {
        Files.deleteIfExists(Path.of(path));
      }
      Files.deleteIfExists(folder);
    }
    return 0;
  }

  private static String write(Path log, int lines, Random random) throws IOException {
    try (var out =
        new PrintWriter(
            new GZIPOutputStream(Files.newOutputStream(log)), false, StandardCharsets.US_ASCII)) {
      for (int i = 0; i < lines; i++) {
        int host = random.nextInt(HOSTS);
        boolean asks = host < ROBOTS && random.nextInt(4) == 0;
        String page = asks ? "/robots.txt" : "/page-" + random.nextInt(900);
        out.print("10.0." + host / 256 + "." + host % 256 + " - - [24/Feb/2012:00:00:00 -0600] ");
        out.print("\"GET " + page + " HTTP/1.1\" 200 " + random.nextInt(90_000) + "\n");
      }
    }
    return log.toString();
  }

  private void race(ProcessPool processes, ThreadPool threads, List<String> logs, int repeat)
      throws Exception {
    List<Double> millis =
        Race.medians(
            repeat,
            List.of(
                () -> inSequence(logs),
                () -> inOrder(threads.map(logs, RobotsCommand::findRobots, 2 * WORKERS)),
                () -> await(processes.map(JobType.of(RobotsCommand::findRobots), logs))));
    terminal
        .out()
        .printf(
            "%d logs: in sequence %.0f ms, 2 threads %.0f ms %.2fx, 2 processes %.0f ms %.2fx%n",
            logs.size(),
            millis.get(0),
            millis.get(1),
            millis.get(0) / millis.get(1),
            millis.get(2),
            millis.get(0) / millis.get(2));
  }

  private static List<List<String>> inSequence(List<String> logs) throws IOException {
    List<List<String>> found = new ArrayList<>();
    for (String log : logs) {
      found.add(findRobots(log));
    }
    return found;
  }

  private static List<List<String>> inOrder(ResultIterator<List<String>> results) throws Exception {
    List<List<String>> found = new ArrayList<>();
    try (results) {
      while (results.hasNext()) {
        found.add(await(results.next()));
      }
    }
    return found;
  }
}
