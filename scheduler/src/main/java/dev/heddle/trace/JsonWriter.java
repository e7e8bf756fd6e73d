package dev.heddle.trace;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON: the commas, and what must be escaped. That names and values alternate is assumed.
 */
final class JsonWriter {
  private final StringBuilder text = new StringBuilder();

  /** Whether what comes next stands behind something in its object or array. */
  private boolean needsComma;

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

  @CanIgnoreReturnValue
  JsonWriter value(boolean value) {
    comma();
    text.append(value);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private JsonWriter open(char bracket) {
    comma();
    text.append(bracket);
    needsComma = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    text.append(bracket);
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
   * As it stands, unless it is a control character, half of a surrogate pair, which is no text in
   * UTF-8, or one of the two line ends that are not allowed in JavaScript.
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
