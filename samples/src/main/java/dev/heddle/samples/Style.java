package dev.heddle.samples;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The three ways to write a task. */
enum Style {
  THREAD,
  COROUTINE,
  STEP;

  /** How {@code --help} describes the option that chooses one. */
  static final String OPTION =
      "How the tasks are written: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}";

  /** Reads one; another word is refused with a line that names the word and the styles. */
  static final class Reader implements ITypeConverter<Style> {
    @Override
    public Style convert(String word) {
      for (Style style : values()) {
        if (style.toString().equals(word)) {
          return style;
        }
      }
      throw new TypeConversionException("'" + word + "' is not one of thread, coroutine, step");
    }
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
