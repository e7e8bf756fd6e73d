package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.TcpListener;
import dev.heddle.process.JobProcess;
import dev.heddle.process.Parent;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessQueue;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.sync.Queue;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.Transport;
import dev.heddle.transport.link.LinkListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** One of two chat servers: what is said at the one is passed on to the other. */
final class ChatServer {
  /**
   * What a process is told.
   *
   * @param name its own, and so the queue of what is said to it
   * @param other the other server's
   */
  record Place(String name, String other, Route route) {}

  /** Where it listens, for clients, and for the other server if that connects to it. */
  record Ports(int clients, int servers) {}

  private static final int CREDIT = 10;

  private ChatServer() {}

  /** Two that have started. */
  record Pair(List<JobProcess<Integer>> processes, Ports one, Ports two) {
    InetSocketAddress first() {
      return new InetSocketAddress("127.0.0.1", one.clients());
    }

    InetSocketAddress second() {
      return new InetSocketAddress("127.0.0.1", two.clients());
    }

    void end(Awaiter co, TaskGroup<?> group) throws Exception {
      processes.forEach(process -> process.kill("the talk is over"));
      co.await(group.join());
    }
  }

  static Pair start(Awaiter co, TaskGroup<?> group, Route route) throws IOException {
    if (route.over() != Over.LINK) {
      route.connect(co, address("one")).close(); // if there is no broker, it is said here
    }
    ProcessQueue<Ports> first = ProcessQueue.open("ports", Ports.class, 1);
    ProcessQueue<Ports> second = ProcessQueue.open("ports", Ports.class, 1);
    JobProcess<Integer> one = start(group, first, new Place("one", "two", route));
    Ports ports = co.await(first.get());
    Route there =
        route.over() == Over.LINK
            ? route.to(new InetSocketAddress("127.0.0.1", ports.servers()))
            : route;
    JobProcess<Integer> two = start(group, second, new Place("two", "one", there));
    return new Pair(List.of(one, two), ports, co.await(second.get()));
  }

  private static JobProcess<Integer> start(
      TaskGroup<?> group, ProcessQueue<Ports> ports, Place place) {
    ProcessOptions options =
        ProcessOptions.DEFAULT.withName("server " + place.name()).sharing(ports);
    return JobProcess.start(group, options, ChatServer::serve, place);
  }

  /** The job of a process. */
  static int serve(Place place) throws Exception {
    ProcessQueue<Ports> ports = Parent.queue("ports", Ports.class);
    Task<?> serving =
        Scheduler.current().spawn("server " + place.name(), co -> serve(co, place, ports));
    await(serving.join());
    return 0;
  }

  private static void serve(Awaiter co, Place place, ProcessQueue<Ports> ports) throws Exception {
    TcpListener clients = Route.listener();
    int port = clients.localAddress().getPort();
    Transport transport;
    if (place.route().over() == Over.LINK && place.route().at().port() == 0) {
      LinkListener links = place.route().links();
      co.await(ports.put(new Ports(port, links.localAddress().getPort())));
      transport = co.await(links.accept());
    } else {
      transport = place.route().connect(co, address(place.name()));
      co.await(ports.put(new Ports(port, 0)));
    }
    Chat chat = new Chat();
    try (TaskGroup<?> group = TaskGroup.open()) {
      group.spawn("clients", c -> chat.serve(c, clients));
      Queue<byte[]> outbox = chat.join();
      group.spawn("to the other", c -> passOn(c, outbox, transport, address(place.other())));
      group.spawn("from it", c -> hear(c, chat, outbox, transport, address(place.name())));
      co.await(group.join());
    }
  }

  private static Address address(String server) {
    return Address.queue("chat." + server);
  }

  /** A queue that is full holds who speaks back, as a slow client does. */
  private static void passOn(Awaiter co, Queue<byte[]> outbox, Transport transport, Address to)
      throws IOException {
    while (true) {
      co.await(transport.put(to, co.await(outbox.get())));
    }
  }

  private static void hear(
      Awaiter co, Chat chat, Queue<byte[]> outbox, Transport transport, Address at)
      throws IOException {
    try (MessageReceiver receiver = transport.receiver(at, CREDIT)) {
      while (co.await(receiver.receive()) instanceof Delivery line) {
        chat.broadcast(co, outbox, line.body());
        line.acknowledge();
      }
    }
    throw new IOException("the other server is gone: " + transport.name() + " has ended");
  }
}
