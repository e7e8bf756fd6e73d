package dev.heddle.transport.amqp;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Which broker an {@link AmqpTransport} speaks to, and how patiently.
 *
 * <pre>{@code
 * AmqpOptions options =
 *     AmqpOptions.at("rabbit.example.org", 5672)
 *         .withUser("shop", password)
 *         .withVirtualHost("shop");
 * }</pre>
 *
 * @param host the broker's host
 * @param port its port: 1 to 65,535; 5672 is usual, 5671 with TLS
 * @param user who connects
 * @param password the user's password, which no text of the options shows
 * @param virtualHost the broker's part of that name
 * @param tls how the broker's certificate is checked; null for a connection in the clear
 * @param timeout the most that connecting, and each question to the broker, may take: 10 ms to 10
 *     minutes
 * @param reconnectFor how long it tries to connect again after a cut before it gives up: 0 to 24
 *     hours
 * @param prefix what the names of queues and exchanges begin with, before the names of addresses;
 *     up to 50 of {@code A-Z a-z 0-9 - _ .}
 * @param declares whether queues and exchanges are made where the broker has none; if not, they
 *     must be there
 */
public record AmqpOptions(
    String host,
    int port,
    String user,
    String password,
    String virtualHost,
    @Nullable SSLContext tls,
    Duration timeout,
    Duration reconnectFor,
    String prefix,
    boolean declares) {
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{0,50}");
  private static final Duration LEAST_TIMEOUT = Duration.ofMillis(10);
  private static final Duration MOST_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration MOST_RECONNECT = Duration.ofHours(24);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public AmqpOptions {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(virtualHost, "virtualHost");
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port is " + port + ": must be 1 to 65535");
    }
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "prefix '" + prefix + "': must be up to 50 letters, digits, -, _ and dots");
    }
    check("timeout", timeout, LEAST_TIMEOUT, MOST_TIMEOUT);
    check("reconnectFor", reconnectFor, Duration.ZERO, MOST_RECONNECT);
  }

  private static void check(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + " is " + value + ": must be " + least + " to " + most);
    }
  }

  /**
   * A broker with RabbitMQ's defaults: user and password {@code guest}, virtual host {@code /}, in
   * the clear, 10 seconds for an answer, 60 for a new connection, queues and exchanges are made.
   */
  public static AmqpOptions at(String host, int port) {
    return new AmqpOptions(
        host,
        port,
        "guest",
        "guest",
        "/",
        null,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        "",
        true);
  }

  /**
   * The broker of an address as {@code amqp://user:password@host:port/virtualHost}, of which all
   * but the host may be left out.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static AmqpOptions parse(String uri) {
    URI parsed = URI.create(uri);
    if (!"amqp".equals(parsed.getScheme()) || parsed.getHost() == null) {
      throw new IllegalArgumentException(
          "'" + parsed.getScheme() + ":...': must be amqp://user:password@host:port/virtualHost");
    }
    AmqpOptions options = at(parsed.getHost(), parsed.getPort() < 0 ? 5672 : parsed.getPort());
    String who = parsed.getRawUserInfo();
    if (who != null) {
      int colon = who.indexOf(':');
      String user = colon < 0 ? who : who.substring(0, colon);
      options = options.withUser(decode(user), colon < 0 ? "" : decode(who.substring(colon + 1)));
    }
    String path = parsed.getRawPath();
    return path == null || path.length() < 2
        ? options
        : options.withVirtualHost(decode(path.substring(1)));
  }

  private static String decode(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The same for another user. */
  public AmqpOptions withUser(String name, String secret) {
    return new AmqpOptions(
        host, port, name, secret, virtualHost, tls, timeout, reconnectFor, prefix, declares);
  }

  /** The same for another virtual host. */
  public AmqpOptions withVirtualHost(String name) {
    return new AmqpOptions(
        host, port, user, password, name, tls, timeout, reconnectFor, prefix, declares);
  }

  /** The same over TLS; the certificate must be the host's. */
  public AmqpOptions withTls(SSLContext context) {
    return new AmqpOptions(
        host, port, user, password, virtualHost, context, timeout, reconnectFor, prefix, declares);
  }

  /** The same with another patience for answers of the broker. */
  public AmqpOptions withTimeout(Duration most) {
    return new AmqpOptions(
        host, port, user, password, virtualHost, tls, most, reconnectFor, prefix, declares);
  }

  /** The same with another patience after a cut. */
  public AmqpOptions withReconnectFor(Duration most) {
    return new AmqpOptions(
        host, port, user, password, virtualHost, tls, timeout, most, prefix, declares);
  }

  /** The same with another beginning of the names at the broker. */
  public AmqpOptions withPrefix(String beginning) {
    return new AmqpOptions(
        host, port, user, password, virtualHost, tls, timeout, reconnectFor, beginning, declares);
  }

  /** The same for queues and exchanges that are made here, or must be there. */
  public AmqpOptions withDeclares(boolean makes) {
    return new AmqpOptions(
        host, port, user, password, virtualHost, tls, timeout, reconnectFor, prefix, makes);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "amqp"
        + (tls == null ? "" : "s")
        + "://"
        + user
        + "@"
        + host
        + ":"
        + port
        + " "
        + virtualHost;
  }
}
