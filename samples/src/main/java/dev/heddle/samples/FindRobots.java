package dev.heddle.samples;

import static dev.heddle.samples.ApacheLogs.findRobots;
import static dev.heddle.scheduler.Task.await;
import static java.util.concurrent.CompletableFuture.supplyAsync;

import dev.heddle.process.Job;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Hosts that asked for robots.txt, searched in compressed Apache logs (Python Cookbook 12.8).
 *
 * <p>You will see that each way finds the same hosts, and its time; processes are warm at last.
 */
@Command(name = "robots", description = "Logs searched in turn, by threads, by processes.")
@Recipe("R13")
final class FindRobots implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();
  private final Set<Set<String>> answers = new HashSet<>();

  /** What a child does. A path is no plain data: it travels as text. */
  static final class FindIn implements Job<String, Set<String>> {
    @Override
    public Set<String> run(String log) {
      return findRobots(log);
    }
  }

  @Override
  public Integer call() throws IOException {
    try (ApacheLogs logs = ApacheLogs.write(8, 20_000, 2012);
        Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(() -> searchInAllWays(scheduler, logs.paths()));
      scheduler.run();
    }
    terminal.out().println(answers.size() == 1 ? "the same hosts" : "NOT the same hosts");
    return 0;
  }

  private void searchInAllWays(Scheduler scheduler, List<String> logs) throws Exception {
    report("one after the other", () -> search(logs, Runnable::run));
    try (var threads = Executors.newFixedThreadPool(2)) {
      report("two threads", () -> search(logs, threads));
    }
    ProcessPool pool = ProcessPool.open(scheduler, 2); // until the scheduler is closed
    report("two processes, cold", () -> await(pool.map(FindIn.class, logs)));
    report("two processes, warm", () -> await(pool.map(FindIn.class, logs)));
  }

  private static List<Set<String>> search(List<String> logs, Executor threads) throws Exception {
    List<Set<String>> found = new ArrayList<>();
    var searches = logs.stream().map(log -> supplyAsync(() -> findRobots(log), threads)).toList();
    for (var future : searches) {
      found.add(await(Promise.from(future)));
    }
    return found;
  }

  private void report(String how, Callable<List<Set<String>>> search) throws Exception {
    long start = System.nanoTime();
    Set<String> robots = new TreeSet<>();
    search.call().forEach(robots::addAll);
    answers.add(robots);
    double millis = (System.nanoTime() - start) / 1e6;
    terminal.out().printf("%-21s %d robots %7.0f ms%n", how, robots.size(), millis);
  }
}
