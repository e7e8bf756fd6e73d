package dev.heddle.transport;

/**
 * What a transport holds at most. The most memory that the messages of one address take is {@code
 * window * maxMessageBytes} on each side.
 *
 * <pre>{@code
 * TransportLimits limits = TransportLimits.DEFAULT.withWindow(16).withMaxMessageBytes(4096);
 * }</pre>
 *
 * @param maxMessageBytes the longest body of a message, in bytes: 1 to 64 MiB
 * @param window how many messages to an address may be on their way, and not confirmed or not
 *     handled: 1 to 100,000
 * @param maxAddresses how many addresses may be in use: 1 to 100,000. An address to which nothing
 *     is under way, and at which nobody receives, is in use no more
 * @param duplicateWindow how many ids are remembered for an address, where the transport itself
 *     remembers them: 1 to 1,000,000
 */
public record TransportLimits(
    int maxMessageBytes, int window, int maxAddresses, int duplicateWindow) {
  /** 256 KiB, 64 messages, 1,000 addresses, 10,000 ids. */
  public static final TransportLimits DEFAULT = new TransportLimits(256 * 1024, 64, 1_000, 10_000);

  private static final int MOST_BYTES = 64 << 20;
  private static final int MOST_WINDOW = 100_000;
  private static final int MOST_IDS = 1_000_000;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public TransportLimits {
    check("maxMessageBytes", maxMessageBytes, MOST_BYTES);
    check("window", window, MOST_WINDOW);
    check("maxAddresses", maxAddresses, MOST_WINDOW);
    check("duplicateWindow", duplicateWindow, MOST_IDS);
  }

  private static void check(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " is " + value + ": must be 1 to " + most);
    }
  }

  /** The same with another longest message. */
  public TransportLimits withMaxMessageBytes(int bytes) {
    return new TransportLimits(bytes, window, maxAddresses, duplicateWindow);
  }

  /** The same with another window. */
  public TransportLimits withWindow(int messages) {
    return new TransportLimits(maxMessageBytes, messages, maxAddresses, duplicateWindow);
  }

  /** The same with another number of addresses. */
  public TransportLimits withMaxAddresses(int addresses) {
    return new TransportLimits(maxMessageBytes, window, addresses, duplicateWindow);
  }

  /** The same with another number of remembered ids. */
  public TransportLimits withDuplicateWindow(int ids) {
    return new TransportLimits(maxMessageBytes, window, maxAddresses, ids);
  }
}
