package dev.heddle.samples;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of a request, in their order (RFC 9112, 5). What could be read in two ways is
 * refused, so that a proxy in front cannot see another request than this server does.
 */
final class HttpFields {
  private static final int MOST = 100;
  private static final String MARKS_OF_TOKENS = "!#$%&'*+-.^_`|~";

  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  /** Takes a line without its end. */
  void add(String line) throws HttpError {
    if (names.size() == MOST) {
      throw new HttpError(431, "more than " + MOST + " header fields");
    }
    if (line.startsWith(" ") || line.startsWith("\t")) {
      throw new HttpError(400, "a header field is folded");
    }
    int colon = line.indexOf(':');
    String name = colon < 0 ? "" : line.substring(0, colon);
    if (!isToken(name)) {
      throw new HttpError(400, "a header field has no name, or one with other signs than allowed");
    }
    names.add(name.toLowerCase(Locale.ROOT));
    values.add(line.substring(colon + 1).strip());
  }

  /** Whether these signs may be a method, or the name of a field. */
  static boolean isToken(String text) {
    return !text.isEmpty()
        && text.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || MARKS_OF_TOKENS.indexOf(c) >= 0);
  }

  /** All values of a field: what several fields have, and what one has between commas. */
  List<String> all(String name) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(name)) {
        for (String value : values.get(i).split(",", -1)) {
          found.add(value.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    return found;
  }

  /** The value of a field that may be there once; null if it is not there. */
  @Nullable String one(String name) throws HttpError {
    int first = names.indexOf(name);
    if (first != names.lastIndexOf(name)) {
      throw new HttpError(400, "there are two fields " + name);
    }
    return first < 0 ? null : values.get(first);
  }

  /** The text of a line; refused if a sign in it ends lines elsewhere, or is none at all. */
  static String text(byte[] line, int length) throws HttpError {
    for (int i = 0; i < length; i++) {
      if ((line[i] >= 0 && line[i] < ' ' && line[i] != '\t') || line[i] == 127) {
        throw new HttpError(400, "there is a control character in the head");
      }
    }
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }
}
