package dev.heddle.samples;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a request.
 *
 * @param minor 1 for HTTP/1.1, 0 for HTTP/1.0
 */
record HttpRequest(String method, String target, int minor, HttpFields fields) {
  private static final Pattern VERSION = Pattern.compile("HTTP/(\\d)\\.(\\d)");
  private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://[^/?#]+");

  /** Takes the request line; the fields come later. */
  static HttpRequest of(String line) throws HttpError {
    String[] parts = line.split(" ", -1);
    if (parts.length != 3 || !HttpFields.isToken(parts[0])) {
      throw new HttpError(400, "the first line is not METHOD TARGET HTTP/1.1");
    }
    Matcher version = VERSION.matcher(parts[2]);
    if (!version.matches()) {
      throw new HttpError(400, "the first line does not end with HTTP/1.1");
    }
    if (!version.group(1).equals("1")) {
      throw new HttpError(505, "the versions here are 1.1 and 1.0");
    }
    String target = ABSOLUTE.matcher(parts[1]).replaceFirst("");
    target = target.isEmpty() && !parts[1].isEmpty() ? "/" : target;
    if (!target.startsWith("/") || !target.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new HttpError(
          400, "the target does not begin with / or has signs that are not allowed");
    }
    int minor = version.group(2).equals("0") ? 0 : 1;
    return new HttpRequest(parts[0], target, minor, new HttpFields());
  }

  /** Looks at what concerns the whole head, when all of it is there. */
  void check() throws HttpError {
    if (fields.one("host") == null && minor == 1) {
      throw new HttpError(400, "there is no field host");
    }
    String expected = fields.one("expect");
    if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
      throw new HttpError(417, "nothing but 100-continue can be expected");
    }
  }

  /** The target without what is behind a question mark. */
  String path() {
    int end = target.indexOf('?');
    return end < 0 ? target : target.substring(0, end);
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /** Whether the client sends its body only when it was told to. */
  boolean awaitsContinue() throws HttpError {
    return minor == 1 && fields.one("expect") != null;
  }

  /** Whether the client means to send another request on this connection. */
  boolean keepsAlive() {
    List<String> options = fields.all("connection");
    return !options.contains("close") && (minor == 1 || options.contains("keep-alive"));
  }
}
