package dev.heddle.samples;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 1d} or {@code none}. */
class TimeSpan implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private final Duration least;

  TimeSpan() {
    this(Duration.ofMillis(1));
  }

  private TimeSpan(Duration least) {
    this.least = least;
  }

  @Override
  public Duration convert(String text) {
    if (text.equals("none")) {
      return ChronoUnit.FOREVER.getDuration();
    }
    Matcher parts = FORM.matcher(text);
    if (parts.matches()) {
      Duration time = Duration.of(Long.parseLong(parts.group(1)), unit(parts.group(2)));
      if (time.compareTo(least) >= 0) {
        return time;
      }
    }
    String from = least.isZero() ? "0s" : least.toMillis() + "ms";
    throw new TypeConversionException(
        "'" + text + "' is not a time from " + from + ", such as 500ms, 30s, 5m, 2h, or none");
  }

  private static ChronoUnit unit(String name) {
    return switch (name) {
      case "ms" -> ChronoUnit.MILLIS;
      case "s" -> ChronoUnit.SECONDS;
      case "m" -> ChronoUnit.MINUTES;
      case "h" -> ChronoUnit.HOURS;
      default -> ChronoUnit.DAYS;
    };
  }

  /** No time at all is one, too. */
  static final class OrZero extends TimeSpan {
    OrZero() {
      super(Duration.ZERO);
    }
  }
}
