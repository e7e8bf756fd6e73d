package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.Transport;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.link.LinkListener;
import dev.heddle.transport.local.LocalTransport;
import java.io.IOException;

/**
 * The queue that logs are taken from. A broker has one. Links have none, as each goes to one
 * process: then the queue is here, and what a lost worker had goes back into it.
 */
final class LogQueue {
  static final Address LOGS = Address.queue("robots.logs");
  static final Address FOUND = Address.queue("robots.found");

  private final TaskGroup<?> group;
  private final LogDesk desk;

  LogQueue(TaskGroup<?> group, LogDesk desk) {
    this.group = group;
    this.desk = desk;
  }

  /** Begins to put logs and to hear of robots; tells how workers get there. */
  Route open(Awaiter co, Route route) throws IOException {
    if (route.over() == Over.LINK) {
      Transport here = LocalTransport.open(Scheduler.current(), "logs", TransportLimits.DEFAULT);
      LinkListener links = route.links();
      Scheduler.current().daemons().spawn("links", c -> accept(c, links, here));
      group.spawn("logs", c -> put(c, here));
      return route.to(links.localAddress());
    }
    Transport broker = route.connect(co, LOGS);
    MessageReceiver receiver = broker.receiver(FOUND, 8);
    Scheduler.current().daemons().spawn("robots", c -> hear(c, receiver));
    group.spawn("logs", c -> put(c, broker));
    return route;
  }

  private void put(Awaiter co, Transport transport) throws IOException {
    for (LogDesk.Work work : desk.works()) {
      co.await(transport.put(LOGS, work.id(), LogDesk.encode(work)));
    }
  }

  private void hear(Awaiter co, MessageReceiver receiver) throws IOException {
    try (receiver) {
      while (co.await(receiver.receive()) instanceof Delivery found) {
        desk.take(found.body());
        found.acknowledge();
      }
    }
  }

  private void accept(Awaiter co, LinkListener links, Transport logs) {
    while (true) {
      Transport link = co.await(links.accept());
      Scheduler.current().daemons().spawn("logs to " + link.name(), c -> serve(c, link, logs));
    }
  }

  /** One log after the other, and none but the one that the worker has. */
  private void serve(Awaiter co, Transport link, Transport logs) throws IOException {
    try (MessageReceiver mine = logs.receiver(LOGS, 1);
        MessageReceiver results = link.receiver(FOUND, 1)) {
      while (co.await(mine.receive()) instanceof Delivery log) {
        co.await(link.put(LOGS, log.body()));
        if (!(co.await(results.receive()) instanceof Delivery found)) {
          return; // the worker is lost: its log was not acknowledged, and goes to another
        }
        desk.take(found.body());
        found.acknowledge();
        log.acknowledge();
      }
    } catch (TransportClosedException lost) {
      // as above
    }
  }
}
