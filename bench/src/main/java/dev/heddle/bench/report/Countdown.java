package dev.heddle.bench.report;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far the run is: on a terminal a line that is written over, elsewhere a line a minute. The
 * time that is left is what the plan says, corrected by how long the part that is done took.
 */
final class Countdown {
  private static final String TO_START_AND_CLEAR = "\r\u001b[K";
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier clock;
  private final long started;
  private long planned;
  private int count;
  private long nextLine;
  private long plannedOfDone;
  private int done;

  /**
   * A new one.
   *
   * @param clock nanoseconds
   */
  Countdown(PrintWriter out, boolean terminal, LongSupplier clock) {
    this.out = out;
    this.terminal = terminal;
    this.clock = clock;
    started = clock.getAsLong();
    nextLine = started + MINUTE;
  }

  /**
   * What the whole is to be, from its start to its end. May change on the way.
   *
   * @param count of measurements
   */
  void plan(Duration planned, int count) {
    this.planned = planned.toNanos();
    this.count = count;
  }

  /** A measurement begins. */
  void begin(String label) {
    long now = clock.getAsLong();
    String text = "%d/%d %s, %s".formatted(done + 1, count, label, left());
    if (terminal) {
      out.print(TO_START_AND_CLEAR + text);
      out.flush();
    } else if (now >= nextLine) {
      out.println(text);
      out.flush();
      nextLine = now + MINUTE;
    }
  }

  /** It ended. */
  void end(Duration cost) {
    done++;
    plannedOfDone += cost.toNanos();
  }

  /** What a planned duration will take, judged by those that are done. */
  Duration expected(Duration cost) {
    return Duration.ofNanos((long) (cost.toNanos() * pace()));
  }

  Duration elapsed() {
    return Duration.ofNanos(clock.getAsLong() - started);
  }

  private double pace() {
    long elapsed = clock.getAsLong() - started;
    return plannedOfDone == 0 ? 1 : (double) elapsed / plannedOfDone;
  }

  private String left() {
    long seconds = (long) ((planned - plannedOfDone) * pace() / 1e9);
    return seconds < 90
        ? "about %d s left".formatted(Math.max(0, seconds))
        : String.format(Locale.ROOT, "about %d min left", (seconds + 30) / 60);
  }

  void clear() {
    if (terminal) {
      out.print(TO_START_AND_CLEAR);
      out.flush();
    }
  }
}
