package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.pool.ThreadPool;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Scheduler;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Hosts that asked for robots.txt, searched in compressed Apache logs (Python Cookbook 12.8).
 *
 * <p>You will see each way count the logs that it has done, then how long it took and how many
 * times faster than the first it was; processes are warm at last. Then the hosts, which each way
 * has found.
 */
@Command(name = "robots", description = "Logs searched in turn, by threads, by processes.")
@Recipe("R13")
final class FindRobots implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final LogsChoice choiceOfLogs = new LogsChoice();

  @Override
  public Integer call() throws Exception {
    try (TemporaryFolder made = TemporaryFolder.make("heddle-logs-")) {
      List<String> logs = choiceOfLogs.in(made);
      Searches searches = new Searches(terminal);
      searchInTurn(logs, searches); // here, as it would hold up a loop
      Scheduler.run(() -> searchAside(logs, searches));
      searches.sayHosts();
    }
    return 0;
  }

  private static void searchInTurn(List<String> logs, Searches searches) throws Exception {
    Set<String> _ = ApacheLogs.findRobots(logs.getFirst()); // its code is compiled, too
    var each = logs.iterator();
    searches.report("one after the other", each::hasNext, () -> ApacheLogs.findRobots(each.next()));
  }

  private static void searchAside(List<String> logs, Searches searches) throws Exception {
    try (ThreadPool threads = ThreadPool.platform("search", 2)) {
      var works = logs.stream().<Callable<Set<String>>>map(log -> () -> ApacheLogs.findRobots(log));
      var results = threads.asCompleted(works.toList(), 4);
      searches.report("two threads", results::hasNext, () -> await(results.next()));
    }
    ProcessPool pool = ProcessPool.open(Scheduler.current(), 2); // until the run ends
    for (String how : List.of("two processes, cold", "two processes, warm")) {
      var results = pool.asCompleted(ApacheLogs::findRobots, logs, 4);
      searches.report(how, results::hasNext, () -> await(results.next()));
    }
  }
}
