package dev.heddle.samples;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Over which transport the processes of a sample reach each other. */
final class TransportChoice {
  @Option(
      names = "--over",
      converter = Over.Reader.class,
      paramLabel = "TRANSPORT",
      description =
          "local: in this process; link: our own, which needs nothing else; nats, amqp: by a"
              + " broker; zmtp: as ZeroMQ; default link")
  private Over over = Over.LINK;

  @Option(
      names = "--at",
      converter = HostAndPort.Reader.class,
      paramLabel = "HOST:PORT",
      description = "The broker; default 127.0.0.1:4222 for nats, 127.0.0.1:5672 for amqp")
  private @Nullable HostAndPort at;

  @Option(
      names = "--patience",
      converter = WholeNumber.Pause.class,
      paramLabel = "SECONDS",
      description = "How long to try again when a connection is lost, 1 to 3600; default 5")
  private int patience = 5;

  /**
   * The way that was chosen.
   *
   * @param can what the sample can go over
   * @param why what to say of another
   */
  Route route(Terminal terminal, Set<Over> can, String why) {
    if (!can.contains(over)) {
      throw terminal.refusal("--over " + over + ": " + why);
    }
    if (at != null && over.port() == 0) {
      throw terminal.refusal("--at is for nats and amqp, which have a broker");
    }
    return new Route(over, at == null ? new HostAndPort("127.0.0.1", over.port()) : at, patience);
  }
}
