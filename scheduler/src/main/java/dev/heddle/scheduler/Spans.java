package dev.heddle.scheduler;

import java.time.Duration;
import java.util.Locale;

/** How long something lasts, for people: two places are enough. */
final class Spans {
  private Spans() {}

  /**
   * {@code "0 ms"}, {@code "250 ms"}, {@code "2.5 s"}, {@code "3 min 20 s"}, {@code "5 h 7 min"}.
   */
  static String inWords(Duration span) {
    long seconds = span.toSeconds();
    if (seconds < 1) {
      return span.toMillis() + " ms";
    }
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", span.toMillis() / 1000.0);
    }
    if (seconds < 3600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
