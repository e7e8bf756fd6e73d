package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;
import static java.util.concurrent.CompletableFuture.supplyAsync;

import dev.heddle.process.Job;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The hosts that asked for robots.txt, searched in gzip-compressed Apache logs one after the other,
 * by two threads, by two processes (Python Cookbook 12.8).
 *
 * <p>You will see that each way finds the same hosts and how long it takes; and, as the processes
 * search twice, what it costs to start them: the second time they are warm.
 */
@Command(name = "robots", description = "Logs searched in turn, by threads, by processes.")
@Recipe("R13")
final class FindRobots implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--lines", converter = WholeNumber.Count.class, description = "Of each log")
  private int lines = 40_000;

  /** What was found in the first way. */
  private @Nullable Set<String> first;

  /** What a child does. A path is no plain data: it travels as text. */
  static final class FindIn implements Job<String, Set<String>> {
    @Override
    public Set<String> run(String log) {
      return ApacheLogs.findRobots(log);
    }
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("heddle-logs-");
    List<String> logs = ApacheLogs.write(folder, 8, lines, 2012);
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool pool = ProcessPool.open(scheduler, 2);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      scheduler.spawn(
          () -> {
            report("one after the other", () -> logs.stream().map(ApacheLogs::findRobots).toList());
            report("two threads", () -> byThreads(threads, logs));
            report("two processes, cold", () -> await(pool.map(FindIn.class, logs)));
            report("two processes, warm", () -> await(pool.map(FindIn.class, logs)));
          });
      scheduler.run();
    } finally {
      ApacheLogs.delete(folder, logs);
    }
    return 0;
  }

  private static List<Set<String>> byThreads(Executor threads, List<String> logs)
      throws Exception {
    List<Set<String>> found = new ArrayList<>();
    for (var search : logs.stream().map(log -> search(log, threads)).toList()) {
      found.add(await(search));
    }
    return found;
  }

  private static Promise<Set<String>> search(String log, Executor threads) {
    return Promise.from(supplyAsync(() -> ApacheLogs.findRobots(log), threads));
  }

  private void report(String how, Callable<List<Set<String>>> search) throws Exception {
    long start = System.nanoTime();
    Set<String> robots = new TreeSet<>();
    search.call().forEach(robots::addAll);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    first = first == null ? robots : first;
    String same = robots.equals(first) ? "the same" : "NOT the same";
    terminal.out().printf("%-21s %d robots, %s  %5d ms%n", how, robots.size(), same, millis);
  }
}
