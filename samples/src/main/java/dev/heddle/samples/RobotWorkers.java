package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskGroup;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@link FindRobots} by workers on a queue: processes that may be killed.
 *
 * <p>You will see three workers, each of which takes a log from the queue when it has none, and the
 * hosts that all have found. Kill one ({@code kill -9}, with the number of its process): another
 * worker is given its log, and each log is counted once.
 */
@Command(name = "robot-workers", description = "Logs searched by processes that may be killed.")
@Recipe("R13")
final class RobotWorkers implements Callable<Integer> {
  private static final String LINES = "In each log made up, 1 to 1000000; default ${DEFAULT-VALUE}";
  private static final String NOT =
      "a log that a killed worker had would be lost; there are link, nats and amqp";

  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final TransportChoice choice = new TransportChoice();

  @Parameters(arity = "0..1", description = "With *.log.gz in it; default: 8 logs are made up")
  private @Nullable Path folder;

  @Option(names = "--lines", converter = WholeNumber.Lines.class, description = LINES)
  private int lines = 100_000;

  @Override
  public Integer call() throws Exception {
    Route route = choice.route(terminal, EnumSet.of(Over.LINK, Over.NATS, Over.AMQP), NOT);
    try (TemporaryFolder made = TemporaryFolder.make("heddle-logs-")) {
      if (folder == null) {
        ApacheLogs.write(made.path(), 8, lines, 2012);
      }
      List<String> logs = ApacheLogs.in(folder == null ? made.path() : folder);
      Scheduler.run(co -> search(co, route, new LogDesk(terminal, logs)));
    }
    return 0;
  }

  private static void search(Awaiter co, Route route, LogDesk desk) throws Exception {
    try (TaskGroup<?> group = TaskGroup.open()) {
      Route there = new LogQueue(group, desk).open(co, route);
      RobotCrew crew = new RobotCrew(group, desk, there);
      crew.start(3);
      desk.awaitAll(co);
      crew.end();
      co.await(group.join());
    }
    desk.sayHosts();
  }
}
