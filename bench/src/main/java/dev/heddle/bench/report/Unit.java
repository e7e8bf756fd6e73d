package dev.heddle.bench.report;

import java.util.Locale;

/** What a figure counts, and whether less of it is better. */
enum Unit {
  NANOS("ns", true),
  MICROS("us", true),
  MILLIS("ms", true),
  BYTES("B", true),
  /** Bytes for each operation, of which none is a result. */
  ALLOCATED("B/op", true),
  REQUESTS("req/s", false);

  /** A nanosecond is three or four cycles: what takes a twentieth of it did not happen. */
  private static final double LEAST_NANOS = 0.05;

  private final String symbol;
  private final boolean lessIsBetter;

  Unit(String symbol, boolean lessIsBetter) {
    this.symbol = symbol;
    this.lessIsBetter = lessIsBetter;
  }

  String symbol() {
    return symbol;
  }

  boolean lessIsBetter() {
    return lessIsBetter;
  }

  /** Whether something was done for it. */
  boolean isPlausible(double sample) {
    if (!Double.isFinite(sample)) {
      return false;
    }
    return switch (this) {
      case NANOS -> sample >= LEAST_NANOS;
      case ALLOCATED -> sample >= 0;
      case MICROS, MILLIS, BYTES, REQUESTS -> sample > 0;
    };
  }

  /** Three digits or more: {@code 2.51 ns}, {@code 36.0 ns}, {@code 1,240 ns}. */
  String show(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f %s" : size >= 10 ? "%.1f %s" : "%.2f %s";
    return String.format(Locale.ROOT, format, value, symbol);
  }
}
