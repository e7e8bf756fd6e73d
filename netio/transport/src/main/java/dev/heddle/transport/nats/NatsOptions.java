package dev.heddle.transport.nats;

import dev.heddle.net.TlsOptions;
import dev.heddle.transport.TransportLimits;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link NatsTransport} behaves. All who are to meet need the same prefix.
 *
 * <pre>{@code
 * NatsOptions options = NatsOptions.DEFAULT.withPrefix("shop").withLogin("worker", "secret");
 * }</pre>
 *
 * @param limits what it holds at most
 * @param prefix the first part of all subjects, and the stream's name: letters, digits, - and _
 * @param user who logs in; null if nobody does
 * @param password of the user; null if none
 * @param tls how the connection is encrypted, which the server must ask for; null if it is not
 * @param storesInFiles whether queues survive a restart of the server; else they are in its memory
 * @param maxQueued how many messages of a queue the server stores; a put of one more fails. 1 or
 *     more
 * @param duplicateWindow how long the server knows the id of a message. Positive
 * @param acknowledgeWithin after so long without an acknowledgement the server delivers a message
 *     again. Positive
 * @param connectTimeout how long it may take to connect and to agree. Positive
 * @param longestPause the longest pause before connecting again. Positive
 * @param resumeWithin without a server for so long it is closed. Positive
 */
public record NatsOptions(
    TransportLimits limits,
    String prefix,
    @Nullable String user,
    @Nullable String password,
    @Nullable TlsOptions tls,
    boolean storesInFiles,
    int maxQueued,
    Duration duplicateWindow,
    Duration acknowledgeWithin,
    Duration connectTimeout,
    Duration longestPause,
    Duration resumeWithin) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,50}");

  /**
   * The default limits, prefix {@code heddle}, no login, no TLS, in files, 100,000 messages a
   * queue, ids for 2 minutes, 30 seconds to acknowledge, 10 to connect, pauses up to 2, 5 minutes
   * to resume.
   */
  public static final NatsOptions DEFAULT =
      new NatsOptions(
          TransportLimits.DEFAULT,
          "heddle",
          null,
          null,
          null,
          true,
          100_000,
          Duration.ofMinutes(2),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofMinutes(5));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public NatsOptions {
    Objects.requireNonNull(limits, "limits");
    if (!NAME.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "prefix '" + prefix + "': must be 1 to 50 letters, digits, - and _");
    }
    if (maxQueued < 1) {
      throw new IllegalArgumentException("maxQueued is " + maxQueued + ": must be 1 or more");
    }
    check("duplicateWindow", duplicateWindow);
    check("acknowledgeWithin", acknowledgeWithin);
    check("connectTimeout", connectTimeout);
    check("longestPause", longestPause);
    check("resumeWithin", resumeWithin);
  }

  private static void check(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " is " + value + ": must be positive");
    }
  }

  /** The same with other limits. */
  public NatsOptions withLimits(TransportLimits held) {
    return copy(held, prefix, user, password, tls, storesInFiles, maxQueued, resumeWithin);
  }

  /** The same with another prefix. */
  public NatsOptions withPrefix(String first) {
    return copy(limits, first, user, password, tls, storesInFiles, maxQueued, resumeWithin);
  }

  /** The same with a login. */
  public NatsOptions withLogin(String name, String secret) {
    return copy(limits, prefix, name, secret, tls, storesInFiles, maxQueued, resumeWithin);
  }

  /** The same, encrypted. */
  public NatsOptions withTls(TlsOptions options) {
    return copy(limits, prefix, user, password, options, storesInFiles, maxQueued, resumeWithin);
  }

  /** The same with queues in the server's memory. */
  public NatsOptions inMemory() {
    return copy(limits, prefix, user, password, tls, false, maxQueued, resumeWithin);
  }

  /** The same with so many messages in a queue at most. */
  public NatsOptions withMaxQueued(int messages) {
    return copy(limits, prefix, user, password, tls, storesInFiles, messages, resumeWithin);
  }

  /** The same with another time without a server. */
  public NatsOptions withResumeWithin(Duration longest) {
    return copy(limits, prefix, user, password, tls, storesInFiles, maxQueued, longest);
  }

  /** The same with another time to acknowledge, after which a message is delivered again. */
  public NatsOptions withAcknowledgeWithin(Duration longest) {
    return new NatsOptions(
        limits,
        prefix,
        user,
        password,
        tls,
        storesInFiles,
        maxQueued,
        duplicateWindow,
        longest,
        connectTimeout,
        longestPause,
        resumeWithin);
  }

  private NatsOptions copy(
      TransportLimits held,
      String first,
      @Nullable String name,
      @Nullable String secret,
      @Nullable TlsOptions options,
      boolean inFiles,
      int messages,
      Duration longest) {
    return new NatsOptions(
        held,
        first,
        name,
        secret,
        options,
        inFiles,
        messages,
        duplicateWindow,
        acknowledgeWithin,
        connectTimeout,
        longestPause,
        longest);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "NATS options of prefix '" + prefix + "'";
  }
}
