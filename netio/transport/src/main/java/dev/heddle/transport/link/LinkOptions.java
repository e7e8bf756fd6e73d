package dev.heddle.transport.link;

import dev.heddle.net.TlsOptions;
import dev.heddle.transport.TransportLimits;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a link behaves. Both sides of a link need the same window and the same longest message.
 *
 * <pre>{@code
 * LinkOptions options = LinkOptions.DEFAULT.withTls(TlsOptions.forClient("example.org"));
 * }</pre>
 *
 * @param limits what it holds at most
 * @param tls how connections are encrypted; null if they are not
 * @param heartbeat after so long without anything to say, a side sends a sign of life; a connection
 *     on which nothing comes for three times as long is cut. Positive
 * @param connectTimeout how long it may take to connect and to say hello. Positive
 * @param firstPause how long to wait before connecting again; twice as long each further time.
 *     Positive
 * @param longestPause no pause is longer. Positive
 * @param resumeWithin a link that has had no connection for so long is closed. Positive
 * @param maxLinks how many links a listener has at most; 1 or more
 */
public record LinkOptions(
    TransportLimits limits,
    @Nullable TlsOptions tls,
    Duration heartbeat,
    Duration connectTimeout,
    Duration firstPause,
    Duration longestPause,
    Duration resumeWithin,
    int maxLinks) {
  /**
   * The default limits, no TLS, a sign of life each 5 seconds, 10 seconds to connect, pauses of 20
   * ms to 2 seconds, 5 minutes to resume, 1,000 links.
   */
  public static final LinkOptions DEFAULT =
      new LinkOptions(
          TransportLimits.DEFAULT,
          null,
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofMillis(20),
          Duration.ofSeconds(2),
          Duration.ofMinutes(5),
          1_000);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public LinkOptions {
    Objects.requireNonNull(limits, "limits");
    check("heartbeat", heartbeat);
    check("connectTimeout", connectTimeout);
    check("firstPause", firstPause);
    check("longestPause", longestPause);
    check("resumeWithin", resumeWithin);
    if (maxLinks < 1) {
      throw new IllegalArgumentException("maxLinks is " + maxLinks + ": must be 1 or more");
    }
  }

  private static void check(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " is " + value + ": must be positive");
    }
  }

  /** The same with other limits. */
  public LinkOptions withLimits(TransportLimits held) {
    return new LinkOptions(
        held, tls, heartbeat, connectTimeout, firstPause, longestPause, resumeWithin, maxLinks);
  }

  /** The same, encrypted. */
  public LinkOptions withTls(TlsOptions options) {
    return new LinkOptions(
        limits,
        options,
        heartbeat,
        connectTimeout,
        firstPause,
        longestPause,
        resumeWithin,
        maxLinks);
  }

  /** The same with another sign of life. */
  public LinkOptions withHeartbeat(Duration interval) {
    return new LinkOptions(
        limits, tls, interval, connectTimeout, firstPause, longestPause, resumeWithin, maxLinks);
  }

  /** The same with another time without a connection. */
  public LinkOptions withResumeWithin(Duration longest) {
    return new LinkOptions(
        limits, tls, heartbeat, connectTimeout, firstPause, longestPause, longest, maxLinks);
  }

  /** The same with another number of links. */
  public LinkOptions withMaxLinks(int most) {
    return new LinkOptions(
        limits, tls, heartbeat, connectTimeout, firstPause, longestPause, resumeWithin, most);
  }
}
