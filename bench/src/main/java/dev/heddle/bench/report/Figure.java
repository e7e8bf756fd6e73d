package dev.heddle.bench.report;

/**
 * One thing that is measured, for several contenders.
 *
 * @param suite the name by which it is chosen
 * @param name unlike that of any other figure
 * @param operation what is done once, in a sentence
 * @param curve figures of one curve differ in {@code x} alone; empty for a figure that stands alone
 * @param axis what {@code x} counts
 */
record Figure(
    String suite, String name, Unit unit, String operation, String curve, String axis, double x) {

  Figure(String suite, String name, Unit unit, String operation) {
    this(suite, name, unit, operation, "", "", 0);
  }

  Figure on(String newCurve, String newAxis, double newX) {
    return new Figure(suite, name, unit, operation, newCurve, newAxis, newX);
  }
}
