package dev.heddle.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Stream;

/** Measures, round by round, and makes the report of it. */
public final class ReportRun {
  private static final double QUIET = 0.5;
  private static final int TINY_ATTEMPTS = 10;

  private final Effort effort;
  private final PrintWriter out;
  private final PrintWriter progress;
  private final boolean terminal;
  private final Clock clock;

  /** What could not be measured, and why. */
  private final SequencedSet<String> failed = new LinkedHashSet<>();

  /**
   * A run.
   *
   * @param progress where it says how far it is
   * @param terminal whether somebody looks
   */
  public ReportRun(
      Effort effort, PrintWriter out, PrintWriter progress, boolean terminal, Clock clock) {
    this.effort = effort;
    this.out = out;
    this.progress = progress;
    this.terminal = terminal;
    this.clock = clock;
  }

  /** The names of all suites. */
  public static SequencedSet<String> suites() {
    return Catalogue.names();
  }

  /**
   * Measures these suites and prints the table. What cannot be measured, or measures nothing, is
   * told and left out; all else is kept.
   *
   * @param main class of the jar's commands
   * @param servers the names of the echo servers there are
   * @throws IOException if nothing at all could be measured
   */
  public Report run(Set<String> suites, String main, List<String> servers) throws IOException {
    Path folder = Files.createTempDirectory("heddle-bench");
    Catalogue catalogue = Catalogue.of(effort, folder, main, servers);
    List<String> skipped = new ArrayList<>();
    List<Source> sources = available(catalogue.sources(suites), skipped);
    Samples samples = new Samples(catalogue.figures());
    Machine machine = Machine.here();
    Instant began = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    announce(machine, sources);
    int rounds = measure(sources, samples);
    delete(folder);
    skipped.addAll(failed);
    List<Measured> measured = samples.measured();
    if (measured.isEmpty()) {
      throw new IOException("nothing was measured: " + String.join("; ", skipped));
    }
    Headline headline = new Headline(measured);
    Report report =
        new Report(
            Report.FORMAT,
            began.toString(),
            effort.mode(),
            rounds,
            machine,
            Versions.all(),
            headline.rows(),
            headline.peersAhead(),
            skipped,
            measured);
    Table.print(report, out);
    return report;
  }

  /** Whether all was measured that this machine has the tools for; asked after the run. */
  public boolean isComplete() {
    return failed.isEmpty();
  }

  private static List<Source> available(List<Source> sources, List<String> skipped) {
    SequencedSet<String> why = new LinkedHashSet<>();
    List<Source> available = new ArrayList<>();
    for (Source source : sources) {
      if (source.unavailable().isEmpty()) {
        available.add(source);
      } else {
        why.add(source.label() + ": " + source.unavailable());
      }
    }
    skipped.addAll(why);
    return available;
  }

  private void announce(Machine machine, List<Source> sources) {
    Duration each = round(sources);
    Duration planned = each.multipliedBy(effort.rounds());
    Duration budget = effort.budget();
    if (planned.compareTo(budget) > 0) {
      planned = each.compareTo(budget) > 0 ? each : budget;
    }
    out.printf(
        "%s: %d measurements in each of up to %d rounds, about %d min%n%s%n",
        effort.mode(),
        sources.size(),
        effort.rounds(),
        planned.plusSeconds(59).toMinutes(),
        machine.summary());
    if (machine.loadAverage() > QUIET) {
      out.printf(
          "This machine is not quiet: its load average is %.1f. Ratios may be wrong.%n",
          machine.loadAverage());
    }
    out.flush();
  }

  private static Duration round(List<Source> sources) {
    return sources.stream().map(Source::cost).reduce(Duration.ZERO, Duration::plus);
  }

  /** Returns how many rounds were made. */
  private int measure(List<Source> sources, Samples samples) {
    Duration each = round(sources);
    Countdown countdown = new Countdown(progress, terminal, System::nanoTime);
    try {
      for (int round = 0; round < effort.rounds(); round++) {
        int rounds = round + roundsLeft(round, countdown, each);
        if (round > 0 && rounds == round) {
          countdown.clear();
          out.printf("No time for round %d: the report has %d.%n", round + 1, round);
          return round;
        }
        rounds = Math.max(1, rounds); // the first is made in any case
        countdown.plan(each.multipliedBy(rounds), rounds * sources.size());
        round(round, sources, samples, countdown);
      }
      return effort.rounds();
    } finally {
      countdown.clear();
    }
  }

  /** How many more there is time for, this one included. */
  private int roundsLeft(int round, Countdown countdown, Duration each) {
    long time = effort.budget().minus(countdown.elapsed()).toNanos();
    long fit = Math.max(0, time) / Math.max(1, countdown.expected(each).toNanos());
    return (int) Math.min(effort.rounds() - round, fit);
  }

  /** Every second round goes backwards, so that nobody is always the one after the same other. */
  private void round(int round, List<Source> sources, Samples samples, Countdown countdown) {
    List<Source> order = new ArrayList<>(sources);
    if (round % 2 == 1) {
      Collections.reverse(order);
    }
    for (Source source : order) {
      String label = "%s, round %d/%d".formatted(source.label(), round + 1, effort.rounds());
      countdown.begin(label);
      try {
        measure(source, round, samples);
      } catch (IOException e) {
        countdown.clear();
        progress.printf("%s failed: %s%n", label, e.getMessage());
        progress.flush();
        failed.add(label + ", failed: " + e.getMessage());
      }
      countdown.end(source.cost());
    }
  }

  /** The shortest measurements on a busy machine may see nothing; that is no figure's fault. */
  private void measure(Source source, int round, Samples samples) throws IOException {
    int attempts = effort.isTiny() ? TINY_ATTEMPTS : 1;
    while (true) {
      try {
        source.measure(round, samples);
        return;
      } catch (IOException e) {
        if (--attempts == 0) {
          throw e;
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
