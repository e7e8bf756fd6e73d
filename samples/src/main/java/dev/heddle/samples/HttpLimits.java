package dev.heddle.samples;

import dev.heddle.net.ServerLimits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What {@link Http} allows a client. */
final class HttpLimits {
  @Option(
      names = "--max-body",
      converter = ByteCount.class,
      paramLabel = "BYTES",
      description = "A larger body is refused. Default 16m.")
  private long mostOfBody = 16 << 20;

  @Option(
      names = "--head-timeout",
      converter = TimeSpan.class,
      paramLabel = "TIME",
      description = "For the head of a request, from its first byte. Default 10s.")
  private Duration headLimit = Duration.ofSeconds(10);

  @Option(
      names = "--body-timeout",
      converter = TimeSpan.class,
      paramLabel = "TIME",
      description =
          "For a body to begin; each KiB of it that comes is worth a second more. Default 10s.")
  private Duration bodyLimit = Duration.ofSeconds(10);

  @Option(
      names = "--idle-timeout",
      converter = TimeSpan.class,
      paramLabel = "TIME",
      description = "A client that is silent for so long is cut. Default 1m.")
  private Duration idle = Duration.ofMinutes(1);

  WebServer serverOf(WebFolder folder) {
    return new WebServer(folder, headLimit, bodyLimit, mostOfBody);
  }

  ServerLimits ofConnections() {
    return ServerLimits.DEFAULT.withIdleTimeout(idle);
  }
}
