package dev.heddle.samples;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** Searches the same logs in several ways, and tells how they compare. */
final class Searches {
  private final Terminal terminal;

  /** What all searches so far have found. */
  private final Set<String> hosts = new TreeSet<>();

  /** How long the first search took; 0 before it. */
  private double firstMillis;

  Searches(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Takes what each log has as long as there are more, and counts them aloud. */
  void report(String how, BooleanSupplier more, Callable<Set<String>> next) throws Exception {
    terminal.format("%s:", how);
    long start = System.nanoTime();
    Set<String> found = new TreeSet<>();
    for (int done = 1; more.getAsBoolean(); done++) {
      found.addAll(next.call());
      terminal.format(" %d", done);
    }
    double millis = (System.nanoTime() - start) / 1e6;
    firstMillis = firstMillis == 0 ? millis : firstMillis;
    boolean same = hosts.isEmpty() || hosts.equals(found);
    hosts.addAll(found);
    terminal.format(" logs, %d robots, %.0f ms, ", found.size(), millis);
    terminal.format("%.1fx%s%n", firstMillis / millis, same ? "" : ", NOT the same");
  }

  /** The hosts, one a line. */
  void sayHosts() {
    hosts.forEach(terminal::say);
  }
}
