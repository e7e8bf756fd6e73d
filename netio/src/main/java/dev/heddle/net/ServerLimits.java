package dev.heddle.net;

import java.time.Duration;

/**
 * What a server allows its clients.
 *
 * <pre>{@code
 * ServerLimits limits = ServerLimits.DEFAULT.withMaxConnections(500);
 * }</pre>
 *
 * @param maxConnections connections at the same time; a further one is closed at once. 1 or more
 * @param maxLineLength bytes of a line without its newline; a longer line is answered with an
 *     error. 1 or more
 * @param idleTimeout how long a connection may last without an answer that the client took.
 *     Positive
 * @param drainTimeout how long connections may take to end after a shutdown. 0 or more
 */
public record ServerLimits(
    int maxConnections, int maxLineLength, Duration idleTimeout, Duration drainTimeout) {

  /** 10,000 connections, lines of 64 KiB, 5 minutes idle, 10 seconds to drain. */
  public static final ServerLimits DEFAULT =
      new ServerLimits(
          10_000, Lines.DEFAULT_MAX_LENGTH, Duration.ofMinutes(5), Duration.ofSeconds(10));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ServerLimits {
    check(maxConnections >= 1, "maxConnections", maxConnections, "1 or more");
    check(maxLineLength >= 1, "maxLineLength", maxLineLength, "1 or more");
    check(idleTimeout.isPositive(), "idleTimeout", idleTimeout, "positive");
    check(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "0 or more");
  }

  private static void check(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
    }
  }

  /** These limits with another number of connections. */
  public ServerLimits withMaxConnections(int connections) {
    return new ServerLimits(connections, maxLineLength, idleTimeout, drainTimeout);
  }

  /** These limits with another length of lines. */
  public ServerLimits withMaxLineLength(int length) {
    return new ServerLimits(maxConnections, length, idleTimeout, drainTimeout);
  }

  /** These limits with another idle timeout. */
  public ServerLimits withIdleTimeout(Duration timeout) {
    return new ServerLimits(maxConnections, maxLineLength, timeout, drainTimeout);
  }

  /** These limits with another time to drain. */
  public ServerLimits withDrainTimeout(Duration timeout) {
    return new ServerLimits(maxConnections, maxLineLength, idleTimeout, timeout);
  }
}
