package dev.heddle.bench;

import dev.heddle.bench.peers.PlainClient;
import dev.heddle.net.TcpListener;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.Transport;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.amqp.AmqpOptions;
import dev.heddle.transport.amqp.AmqpTransport;
import dev.heddle.transport.link.LinkListener;
import dev.heddle.transport.link.LinkOptions;
import dev.heddle.transport.link.LinkTransport;
import dev.heddle.transport.local.LocalTransport;
import dev.heddle.transport.nats.NatsOptions;
import dev.heddle.transport.nats.NatsTransport;
import dev.heddle.transport.zmtp.ZmtpRole;
import dev.heddle.transport.zmtp.ZmtpTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.UUID;

/** Messages through a transport of ours, both ends on one loop. */
final class TransportPump {
  private final Address queue = Address.queue("bench." + UUID.randomUUID());
  private final int messages;
  private final int bytes;
  private final TransportLimits limits;

  TransportPump(int messages, int bytes, int window) {
    this.messages = messages;
    this.bytes = bytes;
    this.limits = TransportLimits.DEFAULT.withWindow(window);
  }

  /** Two ends, which may be one. */
  record TwoEnds(Transport sender, Transport receiver) {}

  /** How the ends are opened. */
  @FunctionalInterface
  interface Opening {
    TwoEnds open(Awaiter co, Scheduler scheduler) throws Exception;
  }

  /** From the first message until the last was received and the last put is over. */
  long nanos(Opening opening) throws Exception {
    long[] nanos = new long[1];
    Scheduler.run(
        co -> {
          TwoEnds ends = opening.open(co, Scheduler.current());
          try (Transport sender = ends.sender();
              Transport there = ends.receiver();
              MessageReceiver receiver = there.receiver(queue, limits.window())) {
            co.await(sender.put(queue, PlainClient.body(0, bytes))); // it is connected
            if (co.await(receiver.receive()) instanceof Delivery first) {
              first.acknowledge();
            }
            nanos[0] = pump(co, sender, receiver);
          }
        });
    return nanos[0];
  }

  private long pump(Awaiter co, Transport sender, MessageReceiver receiver) throws Exception {
    PlainClient.Tally tally = new PlainClient.Tally(messages);
    long start = System.nanoTime();
    Task<?> sending = Scheduler.current().spawn("sender", c -> send(c, sender));
    while (!tally.isComplete() && co.await(receiver.receive()) instanceof Delivery delivery) {
      tally.add(delivery.body());
      delivery.acknowledge();
    }
    co.await(sending.join());
    long nanos = System.nanoTime() - start;
    tally.check();
    return nanos;
  }

  /** As many as the window allows at once; the last is confirmed after all before it. */
  private void send(Awaiter co, Transport sender) throws IOException {
    for (int i = 0; i < messages; i++) {
      byte[] body = PlainClient.body(i, bytes);
      if (i == messages - 1 || !sender.offer(queue, body)) {
        co.await(sender.put(queue, body));
      }
    }
  }

  long local() throws Exception {
    return nanos(
        (co, scheduler) -> {
          Transport local = LocalTransport.open(scheduler, "local", limits);
          return new TwoEnds(local, local);
        });
  }

  private static TcpListener listener() throws IOException {
    return TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
  }

  long link() throws Exception {
    LinkOptions options = LinkOptions.DEFAULT.withLimits(limits);
    return nanos(
        (co, scheduler) -> {
          LinkListener links = LinkListener.open(scheduler, listener(), options);
          Transport here = LinkTransport.connect(scheduler, links.localAddress(), options);
          return new TwoEnds(here, co.await(links.accept()));
        });
  }

  long zmtp() throws Exception {
    return nanos(
        (co, scheduler) -> {
          TcpListener listener = listener();
          ZmtpTransport there = ZmtpTransport.open(scheduler, limits);
          there.bind(queue, ZmtpRole.PULL, listener);
          ZmtpTransport here = ZmtpTransport.open(scheduler, limits);
          here.connect(queue, ZmtpRole.PUSH, listener.localAddress());
          return new TwoEnds(here, there);
        });
  }

  long nats(int port) throws Exception {
    NatsOptions options = NatsOptions.DEFAULT.withLimits(limits).withPrefix("bench");
    InetSocketAddress server = new InetSocketAddress("127.0.0.1", port);
    return nanos(
        (co, scheduler) ->
            new TwoEnds(
                NatsTransport.connect(scheduler, server, options),
                NatsTransport.connect(scheduler, server, options)));
  }

  long amqp(int port) throws Exception {
    AmqpOptions options = AmqpOptions.at("127.0.0.1", port).withReconnectFor(Duration.ZERO);
    return nanos(
        (co, scheduler) ->
            new TwoEnds(
                co.await(AmqpTransport.connect(scheduler, "sender", options, limits)),
                co.await(AmqpTransport.connect(scheduler, "receiver", options, limits))));
  }
}
