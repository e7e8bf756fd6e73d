package dev.heddle.samples;

import dev.heddle.net.ServerLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The limits of {@link Echo}: those of {@link ServerLimits}, each an option. */
final class EchoLimits {
  @Option(
      names = "--max-connections",
      converter = WholeNumber.Clients.class,
      paramLabel = "N",
      description = "Connections at once; a further one is closed. Default 10000.")
  @Nullable Integer connections;

  @Option(
      names = "--max-connections-per-address",
      converter = WholeNumber.Clients.class,
      paramLabel = "N",
      description = "Connections at once from one IP address. Default: all of them.")
  @Nullable Integer connectionsPerAddress;

  @Option(
      names = "--max-line-length",
      converter = ByteCount.OfLine.class,
      paramLabel = "BYTES",
      description = "A longer line is answered with an error. Up to 1g; default 64k.")
  @Nullable Long lineLength;

  @Option(
      names = "--max-pending-input",
      converter = ByteCount.class,
      paramLabel = "BYTES",
      description = "Unfinished lines of all clients. Default: an eighth of the heap.")
  @Nullable Long pendingInput;

  @Option(
      names = "--idle-timeout",
      converter = TimeSpan.class,
      paramLabel = "TIME",
      description = "A client that is silent for so long is cut. Default 5m.")
  private Duration idle = ServerLimits.DEFAULT.idleTimeout();

  @Option(
      names = "--line-timeout",
      converter = TimeSpan.class,
      paramLabel = "TIME",
      description = "For a line, from its first byte to its last. Default 1m.")
  private Duration line = ServerLimits.DEFAULT.lineTimeout();

  @Option(
      names = "--write-timeout",
      converter = TimeSpan.class,
      paramLabel = "TIME",
      description = "A client that takes no answer for so long is cut. Default 1m.")
  private Duration write = ServerLimits.DEFAULT.writeTimeout();

  @Option(
      names = "--drain-timeout",
      converter = TimeSpan.OrZero.class,
      paramLabel = "TIME",
      description = "For clients to take their answers at the end. Default 10s; 0s cuts at once.")
  private Duration drain = ServerLimits.DEFAULT.drainTimeout();

  ServerLimits limits() {
    ServerLimits usual = ServerLimits.DEFAULT;
    int all = connections == null ? usual.maxConnections() : connections;
    return new ServerLimits(
        all,
        connectionsPerAddress == null ? all : connectionsPerAddress,
        lineLength == null ? usual.maxLineLength() : lineLength.intValue(),
        pendingInput == null ? usual.maxPendingInput() : pendingInput,
        idle,
        line,
        write,
        drain);
  }
}
