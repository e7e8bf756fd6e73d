package dev.heddle.samples;

import dev.heddle.net.SocketReader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes: {@code 1000}, {@code 64k}, {@code 16m}, {@code 1g}. */
class ByteCount implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})([kmg]?)");

  private final long most;

  ByteCount() {
    this(1L << 50);
  }

  private ByteCount(long most) {
    this.most = most;
  }

  @Override
  public Long convert(String text) {
    Matcher parts = FORM.matcher(text);
    if (parts.matches()) {
      long number = Long.parseLong(parts.group(1));
      int shift = 10 * " kmg".indexOf(parts.group(2).isEmpty() ? " " : parts.group(2));
      if (number >= 1 && number <= most >> shift) {
        return number << shift;
      }
    }
    throw new TypeConversionException(
        "'" + text + "' is not a number of bytes from 1 to " + most + "; 64k, 16m or 1g will do");
  }

  /** How long a line may be. */
  static final class OfLine extends ByteCount {
    OfLine() {
      super(SocketReader.MOST_LIMIT);
    }
  }
}
