package dev.heddle.process.codec;

import org.jspecify.annotations.Nullable;

/**
 * Text of others for our messages: what another process has said, and how somebody's exception
 * describes itself. It is cut, and what is not printable is escaped. So nobody can clear a
 * terminal, forge a line of a log or fill a disk by what he sends.
 *
 * <pre>{@code
 * throw new IOException("refused: " + SafeText.printable(reason, 200));
 * }</pre>
 */
public final class SafeText {
  /** How many characters {@link #describe} gives at most, before the cut is marked. */
  static final int MOST_DESCRIBED = 1_000;

  private SafeText() {}

  /**
   * The text on one line: control and format characters, line ends and halves of surrogates are
   * escaped as in Java's source, and what is longer is cut.
   *
   * @param most how many characters of the text are shown
   */
  public static String printable(@Nullable String text, int most) {
    String given = String.valueOf(text);
    int shown = Math.min(given.length(), most);
    StringBuilder out = new StringBuilder(shown + 16);
    int i = 0;
    while (i < shown) {
      int c = given.codePointAt(i);
      append(out, c);
      i += Character.charCount(c);
    }
    if (i < given.length()) {
      out.append("... (").append(given.length() - i).append(" more characters)");
    }
    return out.toString();
  }

  private static void append(StringBuilder out, int c) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SURROGATE,
              Character.UNASSIGNED -> {
            for (char unit : Character.toChars(c)) {
              out.append("\\u").append("%04x".formatted((int) unit));
            }
          }
          default -> out.appendCodePoint(c);
        }
      }
    }
  }

  /** Class and message of what was thrown, also if its {@code getMessage} throws in turn. */
  public static String describe(Throwable thrown) {
    String type = thrown.getClass().getName();
    String message;
    try {
      message = thrown.getMessage();
    } catch (Throwable nested) {
      message = "its getMessage() threw a " + nested.getClass().getName();
    }
    return printable(message == null ? type : type + ": " + message, MOST_DESCRIBED);
  }
}
