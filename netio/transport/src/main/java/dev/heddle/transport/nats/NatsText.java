package dev.heddle.transport.nats;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The little of JSON and of headers that is needed. */
final class NatsText {
  private static final Pattern DESCRIPTION =
      Pattern.compile("\"description\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.){0,1000})\"");

  private NatsText() {}

  /** A string of JSON. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /** What an answer of the API complains about; null if it does not. */
  static @Nullable String error(String json) {
    if (!json.contains("\"error\"")) {
      return null;
    }
    Matcher description = DESCRIPTION.matcher(json);
    return description.find() ? description.group(1) : "an error that is not described";
  }

  /** A whole number of JSON; the default if there is none. */
  static long number(String json, String name, long otherwise) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*(\\d{1,18})").matcher(json);
    return found.find() ? Long.parseLong(found.group(1)) : otherwise;
  }

  /** The value of a header; null if it is not there. */
  static @Nullable String header(String headers, String name) {
    for (String line : headers.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        return line.substring(colon + 1).trim();
      }
    }
    return null;
  }

  /** The status in the first line of headers; 0 if there is none. */
  static int status(String headers) {
    Matcher status = Pattern.compile("^NATS/1\\.0[ \t]+(\\d{3})").matcher(headers);
    return status.find() ? Integer.parseInt(status.group(1)) : 0;
  }

  /** Text in one line of printable characters, for a header. */
  static String oneLine(String text) {
    return text.replaceAll("[\\r\\n]+", " ").strip();
  }

  /** A publication, with headers if there are some: lines that each end in CR LF. */
  static byte[] publish(String subject, @Nullable String reply, String headers, byte[] body) {
    String to = subject + (reply == null ? "" : " " + reply);
    byte[] top = headers.isEmpty() ? new byte[0] : utf8("NATS/1.0\r\n" + headers + "\r\n");
    String line =
        top.length == 0
            ? "PUB " + to + " " + body.length + "\r\n"
            : "HPUB " + to + " " + top.length + " " + (top.length + body.length) + "\r\n";
    byte[] first = utf8(line);
    byte[] all = new byte[first.length + top.length + body.length + 2];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(top, 0, all, first.length, top.length);
    System.arraycopy(body, 0, all, first.length + top.length, body.length);
    all[all.length - 2] = '\r';
    all[all.length - 1] = '\n';
    return all;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
