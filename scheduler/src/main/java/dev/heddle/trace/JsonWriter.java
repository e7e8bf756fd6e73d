package dev.heddle.trace;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON: puts the commas, and escapes what must be escaped. The caller writes each value in
 * an object behind its name, and closes what it has opened.
 */
final class JsonWriter {
  private final StringBuilder text = new StringBuilder();

  /** Whether what comes next stands behind something in its object or array. */
  private boolean needsComma;

  /** How many objects and arrays are open. */
  private int depth;

  @CanIgnoreReturnValue
  JsonWriter beginObject() {
    return open('{');
  }

  @CanIgnoreReturnValue
  JsonWriter endObject() {
    return close('}');
  }

  @CanIgnoreReturnValue
  JsonWriter beginArray() {
    return open('[');
  }

  @CanIgnoreReturnValue
  JsonWriter endArray() {
    return close(']');
  }

  @CanIgnoreReturnValue
  JsonWriter name(String name) {
    comma();
    quote(name);
    text.append(':');
    needsComma = false;
    return this;
  }

  @CanIgnoreReturnValue
  JsonWriter value(@Nullable String value) {
    comma();
    if (value == null) {
      text.append("null");
    } else {
      quote(value);
    }
    return this;
  }

  @CanIgnoreReturnValue
  JsonWriter value(long value) {
    comma();
    text.append(value);
    return this;
  }

  /** A time in microseconds, exactly. */
  @CanIgnoreReturnValue
  JsonWriter micros(long nanos) {
    comma();
    assert nanos >= 0 : "a time before the beginning";
    String rest = "" + (1000 + nanos % 1000);
    text.append(nanos / 1000).append('.').append(rest, 1, 4);
    return this;
  }

  @CanIgnoreReturnValue
  JsonWriter value(boolean value) {
    comma();
    text.append(value);
    return this;
  }

  @Override
  public String toString() {
    assert depth == 0 : "an object or array is open";
    return text.toString();
  }

  private JsonWriter open(char bracket) {
    comma();
    text.append(bracket);
    depth++;
    needsComma = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    text.append(bracket);
    depth--;
    needsComma = true;
    return this;
  }

  private void comma() {
    if (needsComma) {
      text.append(',');
    }
    needsComma = true;
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> plain(value, i);
      }
    }
    text.append('"');
  }

  /**
   * Writes a character as it is, except three kinds, which it writes as a number: a control
   * character; half of a surrogate pair, which UTF-8 cannot encode; and the two line ends that
   * JavaScript does not allow in a string.
   */
  private void plain(String value, int i) {
    char c = value.charAt(i);
    boolean paired =
        (Character.isHighSurrogate(c)
                && i + 1 < value.length()
                && Character.isLowSurrogate(value.charAt(i + 1)))
            || (Character.isLowSurrogate(c)
                && i > 0
                && Character.isHighSurrogate(value.charAt(i - 1)));
    boolean escaped =
        c < ' ' || c == 0x7f || c == 0x2028 || c == 0x2029 || (Character.isSurrogate(c) && !paired);
    if (escaped) {
      text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
    } else {
      text.append(c);
    }
  }
}
