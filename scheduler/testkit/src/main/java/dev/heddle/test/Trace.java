package dev.heddle.test;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The choices of one run as a file of plain text: lines of remarks, which begin with {@code #}, the
 * tasks that are held back, and then one choice a line, as {@link Choices.Choice#toString} writes
 * it.
 *
 * <pre>
 *   # seed 42
 *   without 4
 *   0 turn 1/3 00000002
 * </pre>
 */
final class Trace {
  private static final char ESCAPE = '%';
  private static final int HEX_DIGITS = 4;

  private final List<Choices.Choice> choices = new ArrayList<>();

  /** The numbers of the tasks that never have a turn. */
  private final Set<Long> without = new HashSet<>();

  int size() {
    return choices.size();
  }

  Choices.Choice get(int number) {
    return choices.get(number);
  }

  Set<Long> without() {
    return without;
  }

  static String text(List<String> remarks, Set<Long> without, Choices made) {
    StringBuilder text = new StringBuilder();
    for (String remark : remarks) {
      remark.lines().forEach(line -> text.append("# ").append(line).append('\n'));
    }
    without.stream().sorted().forEach(id -> text.append("without ").append(id).append('\n'));
    for (int i = 0; i < made.count(); i++) {
      text.append(made.get(i)).append('\n');
    }
    return text.toString();
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is no text, or a line is none of a trace, with its
   *     number
   */
  static Trace read(Path file) throws IOException {
    Trace trace = new Trace();
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is no trace: it is not text in UTF-8", e);
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        trace.add(line, file + ":" + (i + 1));
      }
    }
    return trace;
  }

  /**
   * A text as a word of a line: a space is a hyphen, and what would not be read again as it was is
   * a percent sign with the four hex digits of the character.
   */
  static String word(String kind) {
    StringBuilder word = new StringBuilder(kind.length());
    for (int i = 0; i < kind.length(); i++) {
      char c = kind.charAt(i);
      if (c == ' ') {
        word.append('-');
      } else if (c > ' ' && c <= '~' && c != '-' && c != ESCAPE) {
        word.append(c);
      } else {
        word.append(ESCAPE).append(HexFormat.of().toHexDigits(c));
      }
    }
    String written = kind.isEmpty() ? String.valueOf(ESCAPE) : word.toString();
    assert kind(written).equals(kind) : written + " is read as " + kind(written);
    return written;
  }

  /** The text of a {@link #word}. */
  private static String kind(String word) {
    if (word.length() == 1 && word.charAt(0) == ESCAPE) {
      return "";
    }
    StringBuilder kind = new StringBuilder(word.length());
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == ESCAPE) {
        int end = Math.min(i + 1 + HEX_DIGITS, word.length());
        kind.append((char) HexFormat.fromHexDigits(word, i + 1, end));
        i = end - 1;
      } else {
        kind.append(c == '-' ? ' ' : c);
      }
    }
    return kind.toString();
  }

  private void add(String line, String where) {
    String[] words = line.split("\\s+");
    try {
      if (words[0].equals("without") && words.length == 2) {
        without.add(Long.parseLong(words[1]));
        return;
      }
      if (words.length == 4) {
        String[] taken = words[2].split("/", 2);
        Choices.Choice choice =
            new Choices.Choice(
                Integer.parseInt(words[0]),
                kind(words[1]),
                Integer.parseInt(taken[1]),
                Integer.parseInt(taken[0]),
                Integer.parseUnsignedInt(words[3], 16));
        if (choice.number() == choices.size()
            && choice.taken() >= 0
            && choice.taken() < choice.n()) {
          choices.add(choice);
          return;
        }
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException _) {
      // refused below
    }
    throw new IllegalArgumentException(
        "%s: '%s' is no line of a trace: must be 'without N', or choice %d as '%d kind taken/ways hash'"
            .formatted(where, line, choices.size(), choices.size()));
  }
}
