package dev.heddle.samples;

import dev.heddle.net.TcpListener;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
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

/**
 * How one process reaches the others: what a child process is told.
 *
 * @param over the transport
 * @param at where the broker, or the process that others connect to, listens
 * @param patience for how many seconds to try again when a connection is lost
 */
record Route(Over over, HostAndPort at, int patience) {
  private static final Duration LOOK = Duration.ofMillis(5);

  /** The same way, to a process of this machine. */
  Route to(InetSocketAddress listener) {
    return new Route(over, new HostAndPort("127.0.0.1", listener.getPort()), patience);
  }

  /**
   * Connects.
   *
   * @param topic what is subscribed to, which ZMTP must know before
   * @throws IOException with one line, if there is no broker
   */
  Transport connect(Awaiter co, Address topic) throws IOException {
    Scheduler scheduler = Scheduler.current();
    return switch (over) {
      case LOCAL -> LocalTransport.open(scheduler, "local", TransportLimits.DEFAULT);
      case LINK -> LinkTransport.connect(scheduler, at.address(), linkOptions());
      case NATS -> nats(co, scheduler);
      case AMQP -> amqp(co, scheduler);
      case ZMTP -> {
        ZmtpTransport zmtp = ZmtpTransport.open(scheduler, TransportLimits.DEFAULT);
        zmtp.connect(topic, ZmtpRole.SUB, at.address());
        yield zmtp;
      }
    };
  }

  private Transport nats(Awaiter co, Scheduler scheduler) throws IOException {
    NatsOptions options =
        NatsOptions.DEFAULT
            .withPrefix("heddle-samples")
            .withAcknowledgeWithin(Duration.ofSeconds(patience))
            .withResumeWithin(Duration.ofSeconds(patience));
    NatsTransport nats = NatsTransport.connect(scheduler, at.address(), options);
    while (!nats.stats().isReady()) {
      if (nats.stats().lastFailure() instanceof String why) {
        nats.close();
        throw new IOException("no NATS server at " + at + " (nats-server -js starts one): " + why);
      }
      co.await(Task.sleep(LOOK));
    }
    return nats;
  }

  private Transport amqp(Awaiter co, Scheduler scheduler) throws IOException {
    AmqpOptions options =
        AmqpOptions.at(at.host(), at.port())
            .withPrefix("heddle-samples.")
            .withReconnectFor(Duration.ofSeconds(patience));
    return co.await(AmqpTransport.connect(scheduler, "AMQP", options, TransportLimits.DEFAULT));
  }

  private LinkOptions linkOptions() {
    return LinkOptions.DEFAULT.withResumeWithin(Duration.ofSeconds(patience));
  }

  /** Where other processes of this machine connect to. */
  static TcpListener listener() throws IOException {
    return TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
  }

  /** For links of other processes. */
  LinkListener links() throws IOException {
    return LinkListener.open(Scheduler.current(), listener(), linkOptions());
  }
}
