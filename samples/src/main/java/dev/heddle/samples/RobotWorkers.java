package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskGroup;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
  private static final String NOT =
      "a log that a killed worker had would be lost; there are link, nats and amqp";

  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final TransportChoice choice = new TransportChoice();
  @Mixin private final LogsChoice choiceOfLogs = new LogsChoice();

  @Override
  public Integer call() throws Exception {
    Route route = choice.route(terminal, EnumSet.of(Over.LINK, Over.NATS, Over.AMQP), NOT);
    try (TemporaryFolder made = TemporaryFolder.make("heddle-logs-")) {
      List<String> logs = choiceOfLogs.in(made);
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
