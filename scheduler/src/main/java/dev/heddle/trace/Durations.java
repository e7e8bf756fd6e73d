package dev.heddle.trace;

import java.time.Duration;
import java.util.Locale;

/** Durations in the words of messages and dumps, to two places. */
final class Durations {
  private Durations() {}

  /**
   * {@code "0 ms"}, {@code "250 ms"}, {@code "2.5 s"}, {@code "3 min 20 s"}, {@code "5 h 7 min"}.
   */
  static String inWords(Duration duration) {
    assert !duration.isNegative() : duration;
    long seconds = duration.toSeconds();
    if (seconds < 1) {
      return duration.toMillis() + " ms";
    }
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
    if (seconds < 3600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
