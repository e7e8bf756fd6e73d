package dev.heddle.samples;

import dev.heddle.actor.Exchange;
import dev.heddle.actor.OverflowPolicy;
import dev.heddle.net.TcpListener;
import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.DataCodec;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.transport.Address;
import dev.heddle.transport.RemoteExchange;
import dev.heddle.transport.Transport;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.link.LinkListener;
import dev.heddle.transport.zmtp.ZmtpRole;
import dev.heddle.transport.zmtp.ZmtpTransport;
import java.io.IOException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Puts what is sent to an exchange onto a topic, over any transport. */
final class Publishing {
  static final Address TOPIC = Address.topic("numbers");
  static final Codec CODEC = new DataCodec();
  private static final int WAITING = 100;

  private final TaskGroup<?> group;
  private final Exchange<Integer> exchange;
  private final BooleanSupplier isOver;
  private @Nullable Transport transport;

  /**
   * Nothing is open.
   *
   * @param isOver whether the subscribers have heard all, and may go
   */
  Publishing(TaskGroup<?> group, Exchange<Integer> exchange, BooleanSupplier isOver) {
    this.group = group;
    this.exchange = exchange;
    this.isOver = isOver;
  }

  /**
   * Begins, and tells how subscribers get there.
   *
   * @param subscribers how many will come
   */
  Route open(Awaiter co, Route route, int subscribers) throws IOException {
    return switch (route.over()) {
      case LOCAL, NATS, AMQP -> {
        publish(route.connect(co, TOPIC));
        yield route;
      }
      case ZMTP -> {
        TcpListener listener = Route.listener();
        ZmtpTransport zmtp = ZmtpTransport.open(Scheduler.current(), TransportLimits.DEFAULT);
        zmtp.bind(TOPIC, ZmtpRole.PUB, listener);
        publish(zmtp);
        yield route.to(listener.localAddress());
      }
      case LINK -> {
        LinkListener links = route.links();
        group.spawn("links", c -> accept(c, links, subscribers));
        yield route.to(links.localAddress());
      }
    };
  }

  /** Each process has a link of its own. */
  private void accept(Awaiter co, LinkListener links, int subscribers) {
    for (int i = 0; i < subscribers; i++) {
      publish(co.await(links.accept()));
    }
  }

  private void publish(Transport to) {
    transport = to;
    TaskBody body =
        RemoteExchange.publish(exchange, WAITING, OverflowPolicy.WAIT, to, TOPIC, CODEC);
    group.spawn("to " + to.name(), co -> publish(co, body));
  }

  private void publish(Awaiter co, TaskBody body) throws Exception {
    try {
      body.run(co);
    } catch (TransportClosedException end) {
      if (!isOver.getAsBoolean()) {
        throw end;
      }
    }
  }

  /** The transport, for subscribers in this process. */
  Transport local() {
    return Objects.requireNonNull(transport, "it is open");
  }
}
