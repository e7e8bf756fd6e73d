package dev.heddle.bench.report;

import java.time.Duration;

/**
 * How long everything is measured.
 *
 * @param mode its name in the raw data
 * @param rounds each source is asked once in a round
 * @param budget no round after the first begins that would end behind it
 * @param forks JVMs for each JMH run: 1, or 0 for this JVM, which is for tests alone
 * @param sleepers tasks that sleep at once
 * @param sleepMillis how long, so that all are asleep before the first wakes
 * @param bodies bodies whose first use is measured
 */
public record Effort(
    String mode,
    int rounds,
    Duration budget,
    int forks,
    int warmups,
    int warmupMillis,
    int iterations,
    int iterationMillis,
    int echoWarmupSeconds,
    int echoSeconds,
    int sleepers,
    int sleepMillis,
    int bodies) {

  /** Five minutes on two cores. */
  public static final Effort QUICK =
      new Effort("quick", 2, Duration.ofSeconds(280), 1, 2, 250, 3, 200, 1, 2, 50_000, 400, 20);

  /** For results that are kept. */
  public static final Effort FULL =
      new Effort("full", 5, Duration.ofDays(1), 1, 5, 500, 5, 500, 3, 4, 1_000_000, 3000, 100);

  /** Says whether all suites run, and nothing about speed. */
  public static final Effort TINY =
      new Effort("tiny", 1, Duration.ofDays(1), 0, 0, 1, 1, 1, 0, 1, 500, 20, 2);

  /** The same, and a round more only if it ends within that time. */
  public Effort within(Duration budget) {
    return new Effort(
        mode,
        rounds,
        budget,
        forks,
        warmups,
        warmupMillis,
        iterations,
        iterationMillis,
        echoWarmupSeconds,
        echoSeconds,
        sleepers,
        sleepMillis,
        bodies);
  }

  boolean isFull() {
    return mode.equals(FULL.mode);
  }

  boolean isTiny() {
    return mode.equals(TINY.mode);
  }
}
