package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.pool.ThreadPool;
import dev.heddle.process.JobProcess;
import dev.heddle.process.Parent;
import dev.heddle.process.ProcessDiedException;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessQueue;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;

/** The workers of {@link RobotWorkers}: processes that take logs from a queue. */
final class RobotCrew {
  /** What a process is told. */
  record Place(String name, Route route) {}

  private final TaskGroup<?> group;
  private final LogDesk desk;
  private final Route route;
  private final ProcessQueue<String> said = ProcessQueue.open("said", String.class, 100);
  private final List<JobProcess<Integer>> workers = new ArrayList<>();
  private int alive;

  RobotCrew(TaskGroup<?> group, LogDesk desk, Route route) {
    this.group = group;
    this.desk = desk;
    this.route = route;
  }

  void start(int count) {
    Scheduler scheduler = Scheduler.current();
    scheduler.daemons().spawn("said", this::hear);
    for (int i = 1; i <= count; i++) {
      String name = "worker " + i;
      ProcessOptions options = ProcessOptions.DEFAULT.withName(name).sharing(said);
      JobProcess<Integer> worker =
          JobProcess.start(scheduler.daemons(), options, RobotCrew::search, new Place(name, route));
      workers.add(worker);
      group.spawn("watch " + name, co -> watch(co, worker));
      alive++;
    }
  }

  void end() {
    workers.forEach(worker -> worker.kill("all is done"));
  }

  private void hear(Awaiter co) throws IOException {
    while (true) {
      desk.say(co.await(said.get()));
    }
  }

  /** One may die, and the others go on. */
  private void watch(Awaiter co, JobProcess<Integer> worker) throws Exception {
    try {
      int _ = co.await(worker.join());
    } catch (CancellationException end) {
      return;
    } catch (ProcessDiedException e) {
      desk.say(worker.name() + " has died, by exit code " + e.exitCode());
    }
    if (--alive == 0) {
      throw new IOException("no worker is left, " + desk.left());
    }
  }

  /** The job of a process. Searching has a thread of its own: the connection goes on meanwhile. */
  static int search(Place place) throws Exception {
    ProcessQueue<String> said = Parent.queue("said", String.class);
    try (ThreadPool threads = ThreadPool.platform("search", 1)) {
      Task<?> searching =
          Scheduler.current().spawn("search", co -> search(co, place, said, threads));
      await(searching.join());
    }
    return 0;
  }

  private static void search(Awaiter co, Place place, ProcessQueue<String> said, ThreadPool threads)
      throws Exception {
    Transport transport = place.route().connect(co, LogQueue.LOGS);
    String process = " (process " + ProcessHandle.current().pid() + ")";
    try (MessageReceiver receiver = transport.receiver(LogQueue.LOGS, 1)) {
      while (co.await(receiver.receive()) instanceof Delivery delivery) {
        LogDesk.Work work = LogDesk.work(delivery.body());
        String log = work.log();
        co.await(said.put(place.name() + " begins " + LogDesk.nameOf(log) + process));
        Set<String> hosts = co.await(threads.apply(() -> ApacheLogs.findRobots(log)));
        LogDesk.Found found = new LogDesk.Found(work, place.name(), hosts);
        co.await(transport.put(LogQueue.FOUND, work.id(), LogDesk.encode(found)));
        delivery.acknowledge(); // after the result has arrived: who is killed before loses nothing
      }
    }
    throw new IOException(transport.name() + " has ended");
  }
}
