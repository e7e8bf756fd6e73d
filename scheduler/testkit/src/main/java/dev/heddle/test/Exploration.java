package dev.heddle.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One {@link Explorer#check}: all its runs, and what becomes of a failure.
 *
 * <p>Invariants: no more schedules are seen than runs were made; a failure is never told with more
 * deviations than it was found with.
 */
final class Exploration {
  /** One run in so many is made twice. */
  private static final int REPEATED = 10;

  /** In so many runs, the first ones, races are looked for. */
  private static final int ALL_WITH_RACES = 64;

  /** Later in one run of so many. */
  private static final int ONE_WITH_RACES = 16;

  private final ExplorerPlan plan;
  private final Search search;
  private final long mostRuns;
  private final long mostNanos;
  private final String options;
  private final Path traces;
  private final Choices choices = Choices.calm();
  private final Choices repetition = Choices.calm();
  private final Seen seen = new Seen();
  private final Dice seeds;
  private long runs;
  private long hash;
  private boolean isComplete;
  private double estimate = Double.NaN;

  Exploration(
      ExplorerPlan plan,
      Search search,
      long mostRuns,
      long mostNanos,
      String options,
      Path traces) {
    this.plan = plan;
    this.search = search;
    this.mostRuns = mostRuns;
    this.mostNanos = mostNanos;
    this.options = options;
    this.traces = traces;
    seeds = new Dice(plan.seed);
  }

  /** Explores; throws what it has found. */
  Explorer.Report explore() {
    long begin = System.nanoTime();
    while (!plan.abandoned
        && runs < mostRuns
        && (runs == 0 || System.nanoTime() - begin < mostNanos)) {
      long seed = seeds.next();
      if (!search.begins(seed)) {
        isComplete = search.isComplete();
        break;
      }
      runOnce(seed);
    }
    estimate = search.estimate();
    List<String> never = plan.never();
    if (!never.isEmpty()) {
      throw new AssertionError(
          "vacuous: in none of %d runs was it so that '%s'; %s"
              .formatted(runs, String.join("', '", never), this));
    }
    return new Explorer.Report(runs, seen.size(), estimate(), isComplete, hash, toString());
  }

  private double estimate() {
    return isComplete ? seen.size() : Math.max(estimate, seen.size());
  }

  private boolean looksForRaces() {
    return plan.races && (runs < ALL_WITH_RACES || runs % ONE_WITH_RACES == 0);
  }

  private void runOnce(long seed) {
    choices.restart(search);
    Throwable failure = new ExploredRun(plan, choices, Set.of(), false, looksForRaces()).run(seed);
    runs++;
    seen.add(choices.hash());
    assert seen.size() <= runs : seen.size() + " schedules in " + runs + " runs";
    hash = 31 * hash + choices.hash();
    if (failure != null) {
      throw found(failure, seed);
    }
    search.ends(choices);
    if (runs % REPEATED == 1) {
      repeat(seed);
    }
  }

  /** The same answers must bring about the same choices. */
  private void repeat(long seed) {
    Search given = new Search.Given(Shrinker.trimmed(choices));
    boolean _ = given.begins(seed);
    repetition.restart(given);
    Throwable failure = new ExploredRun(plan, repetition, Set.of(), false, false).run(seed);
    if (repetition.hash() != choices.hash() || failure != null) {
      throw new AssertionError(
          "run %d went another way when it was repeated with the same choices: %s. Something decides"
                  .formatted(runs, difference())
              + " that the simulation does not know of: the clock or the identity of objects, a"
              + " thread, a random number that does not come from sim.choices(), or what an earlier"
              + " run has left in a static field; "
              + this,
          failure);
    }
  }

  private String difference() {
    int both = Math.min(choices.count(), repetition.count());
    for (int i = 0; i < both; i++) {
      if (!choices.get(i).equals(repetition.get(i))) {
        return "choice %s was then %s".formatted(choices.get(i), repetition.get(i));
      }
    }
    if (choices.count() != repetition.count()) {
      return "%d choices, then %d".formatted(choices.count(), repetition.count());
    }
    return "it passed, and then failed";
  }

  private ScheduleFailure found(Throwable failure, long seed) {
    int[] answers = Shrinker.trimmed(choices);
    Shrinker shrinker = new Shrinker(plan, seed, answers, failure);
    if (plan.shrinks) {
      shrinker.shrink();
    }
    Told told = tell(plan, seed, new Search.Given(shrinker.answers()), shrinker.without());
    Throwable shown = told.failure == null ? failure : told.failure;
    int deviations = Shrinker.deviations(shrinker.answers());
    assert deviations <= Shrinker.deviations(answers) : deviations + " are not smaller";
    String head =
        "in run %d (%s) the test fails by %s%n%s%n%s"
            .formatted(
                runs,
                search,
                firstLines(shown),
                told.failure == null
                    ? "when it was repeated with the same choices it passed: something decides that"
                        + " the simulation does not know of"
                    : told.conditions,
                told.need);
    Path trace = write(List.of(head, options, toString()), shrinker.without(), told.choices);
    String text =
        head
            + told.table
            + "again: "
            + (trace == null ? "the trace could not be written" : replayOf(trace))
            + "\n"
            + this;
    return new ScheduleFailure(text, shown, plan.seed, runs, deviations, trace);
  }

  private static String replayOf(Path trace) {
    return "Explorer.replay(Path.of(\"" + trace.toString().replace("\\", "\\\\") + "\"), test)";
  }

  /** What one schedule did, beside first in, first out. */
  record Told(
      @Nullable Throwable failure, Choices choices, String conditions, String need, String table) {}

  /** Runs one schedule, and the usual one, for people. */
  static Told tell(ExplorerPlan plan, long seed, Search schedule, Set<Long> without) {
    Choices calm = Choices.calm();
    ExploredRun usual = new ExploredRun(plan, calm, without, true, false);
    Throwable _ = usual.run(seed);
    Choices choices = Choices.calm();
    boolean _ = schedule.begins(seed);
    ExploredRun run = new ExploredRun(plan, choices, without, true, plan.races);
    choices.restart(run.noted(schedule));
    Throwable failure = run.run(seed);
    ScheduleComparison explanation = new ScheduleComparison(usual.steps(), run.steps());
    String need =
        run.heldBack().isEmpty()
            ? ""
            : "without a turn of " + String.join(", ", run.heldBack()) + "\n";
    return new Told(failure, choices, explanation.conditions(), need, explanation.sideBySide());
  }

  private static String firstLines(Throwable failure) {
    String text = failure.toString();
    return text.length() > 2_000 ? text.substring(0, 2_000) + "..." : text;
  }

  private @Nullable Path write(List<String> remarks, Set<Long> without, Choices made) {
    try {
      Files.createDirectories(traces);
      Path file = traces.resolve("schedule-%d-%016x.trace".formatted(plan.seed, made.hash()));
      // not writeString, which refuses a text with half a surrogate pair, as a message may be
      return Files.write(file, Trace.text(remarks, without, made).getBytes(UTF_8));
    } catch (IOException _) {
      return null;
    }
  }

  @Override
  public String toString() {
    String estimated =
        isComplete
            ? "all there are"
            : Double.isNaN(estimate) ? "of unknown many" : "of about %.0f".formatted(estimate());
    if (!isComplete && estimate() >= 1e9) {
      estimated = "of about %.0e".formatted(estimate());
    }
    return "%d runs, %d schedules seen, %s; %s".formatted(runs, seen.size(), estimated, options);
  }

  /** The hashes of the schedules seen; counts up to a million of them. */
  private static final class Seen {
    private static final int MOST = 1 << 20;

    private long[] slots = new long[1 << 10];
    private int size;

    int size() {
      return size;
    }

    void add(long hash) {
      if (size >= MOST) {
        return;
      }
      long value = hash == 0 ? 1 : hash;
      if (2 * size >= slots.length) {
        long[] old = slots;
        slots = new long[2 * old.length];
        Arrays.stream(old).filter(each -> each != 0).forEach(this::put);
      }
      size += put(value) ? 1 : 0;
      assert 2 * size <= slots.length + 1 : "so full that looking is slow, or has no end";
    }

    private boolean put(long value) {
      int mask = slots.length - 1;
      int slot = (int) ((value * 0x9e3779b97f4a7c15L) >>> 32) & mask;
      while (slots[slot] != 0) {
        if (slots[slot] == value) {
          return false;
        }
        slot = (slot + 1) & mask;
      }
      slots[slot] = value;
      return true;
    }
  }
}
