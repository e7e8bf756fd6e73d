package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.pool.ResultIterator;
import dev.heddle.pool.ThreadPool;
import dev.heddle.process.JobType;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
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
    report("one after the other", () -> logs.stream().map(ApacheLogs::findRobots).toList());
    try (ThreadPool threads = ThreadPool.platform("search", 2)) {
      report("two threads", () -> search(threads.map(logs, ApacheLogs::findRobots, 4)));
    }
    ProcessPool pool = ProcessPool.open(scheduler, 2); // until the scheduler is closed
    report("two processes, cold", () -> await(pool.map(JobType.of(ApacheLogs::findRobots), logs)));
    report("two processes, warm", () -> await(pool.map(JobType.of(ApacheLogs::findRobots), logs)));
  }

  /** As the results come, in the order of the logs. */
  private static List<Set<String>> search(ResultIterator<Set<String>> results) throws Exception {
    List<Set<String>> found = new ArrayList<>();
    while (results.hasNext()) {
      found.add(await(results.next()));
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
