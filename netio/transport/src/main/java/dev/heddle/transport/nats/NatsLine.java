package dev.heddle.transport.nats;

import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/** A line that a server sends. */
sealed interface NatsLine {
  /** The longest line; INFO is the longest. */
  int LONGEST = 64 * 1024;

  /** Who the server is, in JSON. */
  record Info(String json) implements NatsLine {}

  /**
   * A message follows.
   *
   * @param headerBytes of the bytes that follow, the first so many are headers
   * @param bytes how many bytes follow, without the line end behind them
   */
  record Msg(String subject, @Nullable String reply, int headerBytes, int bytes)
      implements NatsLine {}

  /** The client is to answer with PONG. */
  record Ping() implements NatsLine {}

  /** The server has seen all up to the PING. */
  record Pong() implements NatsLine {}

  /** All is well. */
  record Ok() implements NatsLine {}

  /** What the server does not like. */
  record Err(String text) implements NatsLine {}

  /**
   * Reads a line.
   *
   * @param line without its end
   * @param most how many bytes a message may have
   * @throws ProtocolException if it is none that a server sends
   */
  static NatsLine parse(String line, int most) throws ProtocolException {
    String[] parts = line.trim().split("[ \t]+");
    return switch (parts[0].toUpperCase(java.util.Locale.ROOT)) {
      case "INFO" -> new Info(line.trim().substring(4).trim());
      case "MSG" -> message(parts, false, most);
      case "HMSG" -> message(parts, true, most);
      case "PING" -> new Ping();
      case "PONG" -> new Pong();
      case "+OK" -> new Ok();
      case "-ERR" -> new Err(printable(line.trim().substring(4).trim()));
      default ->
          throw new ProtocolException(
              "a NATS server says '"
                  + printable(parts[0])
                  + "': must be INFO, MSG, HMSG, PING, PONG, +OK or -ERR");
    };
  }

  private static Msg message(String[] parts, boolean hasHeaders, int most)
      throws ProtocolException {
    int numbers = hasHeaders ? 2 : 1;
    int least = 3 + numbers;
    if (parts.length < least || parts.length > least + 1) {
      throw new ProtocolException(
          parts[0]
              + " has "
              + (parts.length - 1)
              + " fields: must be "
              + (least - 1)
              + " or "
              + least);
    }
    int bytes = number(parts, parts.length - 1, most);
    int headers = hasHeaders ? number(parts, parts.length - 2, bytes) : 0;
    return new Msg(parts[1], parts.length > least ? parts[3] : null, headers, bytes);
  }

  private static int number(String[] parts, int index, int most) throws ProtocolException {
    String text = parts[index];
    if (text.matches("[0-9]{1,9}")) {
      int value = Integer.parseInt(text);
      if (value <= most) {
        return value;
      }
    }
    throw new ProtocolException(
        parts[0] + " has a length of " + printable(text) + ": must be 0 to " + most);
  }

  private static String printable(String text) {
    String shown = text.length() > 200 ? text.substring(0, 200) + "..." : text;
    return shown.replaceAll("[^ -~]", "?");
  }
}
