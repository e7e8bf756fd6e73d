package dev.heddle.samples;

import dev.heddle.actor.Exchange;
import dev.heddle.actor.Receiver;
import dev.heddle.process.Parent;
import dev.heddle.process.ProcessEvent;
import dev.heddle.process.ProcessQueue;
import dev.heddle.samples.HeardByAll.Said;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Event;
import dev.heddle.transport.RemoteExchange;
import dev.heddle.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A subscriber of {@link RemoteSubscribers}, in a process of its own or in the same. */
final class NumberDisplay implements Receiver<Integer> {
  static final int GREETING = 0;
  static final int END = -1;
  private static final int SHOWN = 4;
  private static final int CREDIT = 10;

  /** What a process is told. */
  record Place(String name, Route route) {}

  private final Event greeted = new Event("greeted");
  private final Event ended = new Event("ended");
  private final List<String> lines = new ArrayList<>();
  private int count;

  @Override
  public void send(Integer message) {
    switch (message) {
      case GREETING -> greeted.set();
      case END -> ended.set();
      default -> {
        if (++count <= SHOWN) {
          lines.add("msg[" + count + "]: " + message);
        }
      }
    }
  }

  /** The job of a process. */
  static int run(Place place) throws Exception {
    ProcessQueue<Said> said = Parent.queue("said", Said.class);
    ProcessEvent end = Parent.event("end");
    Task<?> shown =
        Scheduler.current()
            .spawn(
                place.name(),
                co -> {
                  Transport transport = place.route().connect(co, Publishing.TOPIC);
                  new NumberDisplay().show(co, place.name(), transport, said, end);
                  transport.close();
                });
    Task.await(shown.join());
    return 0;
  }

  /** The same in the process of the publisher. */
  static void show(Awaiter co, Place place, Transport transport, HeardByAll heard)
      throws Exception {
    new NumberDisplay().show(co, place.name(), transport, heard.said(), heard.end());
  }

  private void show(
      Awaiter co, String name, Transport transport, ProcessQueue<Said> said, ProcessEvent end)
      throws Exception {
    Exchange<Integer> exchange = new Exchange<>(Scheduler.current(), "of " + name);
    try (var _ = exchange.subscribe(this)) {
      Task<?> in =
          Scheduler.current()
              .daemons()
              .spawn(
                  "in",
                  RemoteExchange.subscribe(
                      transport,
                      Publishing.TOPIC,
                      CREDIT,
                      Publishing.CODEC,
                      Integer.class,
                      exchange));
      awaitUnlessLost(co, greeted, in, transport);
      co.await(said.put(new Said(name, HeardByAll.HERE)));
      awaitUnlessLost(co, ended, in, transport);
    }
    for (String line : lines) {
      co.await(said.put(new Said(name, line)));
    }
    co.await(said.put(new Said(name, "heard " + count)));
    co.await(said.put(new Said(name, HeardByAll.ALL)));
    co.await(end.await());
  }

  private static void awaitUnlessLost(Awaiter co, Event event, Task<?> in, Transport transport)
      throws Exception {
    Select.Winner<?> first = co.await(Select.any(event.await(), in.join()));
    if (first.index() == 1) {
      throw new IOException(transport.name() + " has ended");
    }
  }
}
