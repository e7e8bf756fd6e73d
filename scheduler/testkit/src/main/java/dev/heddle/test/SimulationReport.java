package dev.heddle.test;

/**
 * What a failed simulation knows about itself: the seed, the choices, a dump of all tasks at the
 * moment of the failure. It is among the {@linkplain Throwable#getSuppressed suppressed} of the
 * failure, so that whoever prints the failure prints the report.
 *
 * <pre>{@code
 * try {
 *   TestScheduler.builder().seeds(1000).run((c, world) -> serve(c));
 * } catch (AssertionError failed) {
 *   SimulationReport report = (SimulationReport) failed.getSuppressed()[0];
 *   System.out.println("fails with seed " + report.seed());
 * }
 * }</pre>
 */
public final class SimulationReport extends RuntimeException {
  private final long seed;

  SimulationReport(long seed, String text) {
    super(text, null, false, false);
    this.seed = seed;
  }

  /** The seed that gives the same run again. */
  public long seed() {
    return seed;
  }
}
