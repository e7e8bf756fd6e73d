package dev.heddle.net;

import java.time.Duration;

/**
 * What a server allows its clients.
 *
 * <pre>{@code
 * ServerLimits limits = ServerLimits.DEFAULT.withMaxConnections(500);
 * }</pre>
 *
 * <p>A duration of centuries, as that of {@code ChronoUnit.FOREVER}, is no limit.
 *
 * @param maxConnections connections at the same time; a further one is closed at once. 1 or more
 * @param maxConnectionsPerAddress connections at the same time from one IP address; a further one
 *     is closed at once. 1 or more
 * @param maxLineLength bytes of a line without its newline; a longer line is answered with an
 *     error. 1 to {@link SocketReader#MOST_LIMIT}
 * @param maxPendingInput bytes of input that has arrived and was not taken, as unfinished lines
 *     are, over all connections together. Who sends more is answered with an error. 1 or more
 * @param idleTimeout how long a connection may last without a byte from the client, and without a
 *     byte that the client takes. Positive
 * @param lineTimeout how long a line, or what else is read in one go, may take from its first byte
 *     to its last. Positive
 * @param writeTimeout how long a client may take nothing of what is sent to it. Positive
 * @param drainTimeout how long connections may take to end after a shutdown. 0 or more
 */
public record ServerLimits(
    int maxConnections,
    int maxConnectionsPerAddress,
    int maxLineLength,
    long maxPendingInput,
    Duration idleTimeout,
    Duration lineTimeout,
    Duration writeTimeout,
    Duration drainTimeout) {

  /** For unfinished input: this share of the heap. */
  private static final int SHARE_OF_HEAP = 8;

  /**
   * 10,000 connections, of which all may come from one address; lines of 64 KiB; an eighth of the
   * heap for unfinished input; 5 minutes idle, 1 minute for a line and for a write, 10 seconds to
   * drain.
   */
  public static final ServerLimits DEFAULT =
      new ServerLimits(
          10_000, SocketReader.DEFAULT_LIMIT, Duration.ofMinutes(5), Duration.ofSeconds(10));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ServerLimits {
    check(maxConnections >= 1, "maxConnections", maxConnections, "1 or more");
    check(
        maxConnectionsPerAddress >= 1,
        "maxConnectionsPerAddress",
        maxConnectionsPerAddress,
        "1 or more");
    SocketReader.checkLimit("maxLineLength", maxLineLength, 1);
    check(maxPendingInput >= 1, "maxPendingInput", maxPendingInput, "1 or more");
    check(idleTimeout.isPositive(), "idleTimeout", idleTimeout, "positive");
    check(lineTimeout.isPositive(), "lineTimeout", lineTimeout, "positive");
    check(writeTimeout.isPositive(), "writeTimeout", writeTimeout, "positive");
    check(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "0 or more");
  }

  /** These four limits, and the others as in {@link #DEFAULT}. */
  public ServerLimits(
      int maxConnections, int maxLineLength, Duration idleTimeout, Duration drainTimeout) {
    this(
        maxConnections,
        Math.max(1, maxConnections),
        maxLineLength,
        Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP,
        idleTimeout,
        Duration.ofMinutes(1),
        Duration.ofMinutes(1),
        drainTimeout);
  }

  private static void check(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
    }
  }

  /** These limits with another number of connections, of which all may come from one address. */
  public ServerLimits withMaxConnections(int connections) {
    return with(connections, Math.max(1, connections), maxLineLength, maxPendingInput);
  }

  /** These limits with another number of connections from one address. */
  public ServerLimits withMaxConnectionsPerAddress(int connections) {
    return with(maxConnections, connections, maxLineLength, maxPendingInput);
  }

  /** These limits with another length of lines. */
  public ServerLimits withMaxLineLength(int length) {
    return with(maxConnections, maxConnectionsPerAddress, length, maxPendingInput);
  }

  /** These limits with another maximum of unfinished input over all connections. */
  public ServerLimits withMaxPendingInput(long bytes) {
    return with(maxConnections, maxConnectionsPerAddress, maxLineLength, bytes);
  }

  /** These limits with another idle timeout. */
  public ServerLimits withIdleTimeout(Duration timeout) {
    return with(timeout, lineTimeout, writeTimeout, drainTimeout);
  }

  /** These limits with another time for a line. */
  public ServerLimits withLineTimeout(Duration timeout) {
    return with(idleTimeout, timeout, writeTimeout, drainTimeout);
  }

  /** These limits with another time for a client to take something of what is sent. */
  public ServerLimits withWriteTimeout(Duration timeout) {
    return with(idleTimeout, lineTimeout, timeout, drainTimeout);
  }

  /** These limits with another time to drain. */
  public ServerLimits withDrainTimeout(Duration timeout) {
    return with(idleTimeout, lineTimeout, writeTimeout, timeout);
  }

  private ServerLimits with(int connections, int perAddress, int lineLength, long pendingInput) {
    return new ServerLimits(
        connections,
        perAddress,
        lineLength,
        pendingInput,
        idleTimeout,
        lineTimeout,
        writeTimeout,
        drainTimeout);
  }

  private ServerLimits with(Duration idle, Duration line, Duration write, Duration drain) {
    return new ServerLimits(
        maxConnections,
        maxConnectionsPerAddress,
        maxLineLength,
        maxPendingInput,
        idle,
        line,
        write,
        drain);
  }
}
