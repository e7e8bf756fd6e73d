package dev.heddle.test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Makes a schedule that fails smaller, as long as the test fails in the same way: turns its
 * deviations back to first in first out, then its faults, deadlines and delays to none or to
 * shorter ones, and then holds back the tasks that have nothing to do with it.
 *
 * <p>Invariants: of each answer it is known whether it is of a turn and whether it is a detail,
 * from the first run on; the last answer is a deviation; no step makes the deviations more.
 */
final class Shrinker {
  private static final int MOST_RUNS = 5_000;

  /** As this, where the schedule is searched anew from the smallest on. */
  private static final int MOST_RUNS_ANEW = 30_000;

  private static final long MOST_NANOS = 30_000_000_000L;

  private static final int FEW = 2;
  private static final int MOST_RUNS_WITHOUT = 500;

  /** As this, for all of what may be left undone. */
  private static final int MOST_RUNS_WITHOUT_IN_ALL = 3_000;

  /** A run with several schedulers, which are threads, costs as much as so many with one. */
  private static final int COST_OF_HOSTS = 20;

  private final ExplorerPlan plan;
  private final long seed;
  private final String signature;

  /** Whether the failure is a race across an await. */
  private final boolean races;

  private final Choices choices = Choices.calm();
  private final long begin = System.nanoTime();
  private int runs;

  /** What is left of the schedule. */
  private int[] answers;

  /** How many tasks were ready at the choice with the same number; 0 if it is none of turns. */
  private int[] ready = {};

  /** Whether the choice with the same number tells more of the fault before it: "how long". */
  private boolean[] isDetail = {};

  private final Set<Long> without = new TreeSet<>();

  Shrinker(ExplorerPlan plan, long seed, int[] answers, Throwable failure) {
    this.plan = plan;
    this.seed = seed;
    this.answers = answers;
    signature = signature(failure);
    races = failure instanceof RaceWatch.RaceAcrossAwait;
  }

  int[] answers() {
    return answers;
  }

  Set<Long> without() {
    return without;
  }

  /** Two failures with one signature are taken for the same. */
  private static String signature(Throwable failure) {
    for (StackTraceElement frame : failure.getStackTrace()) {
      String name = frame.getClassName();
      boolean isUsers =
          !name.startsWith("java.")
              && !name.startsWith("jdk.")
              && !name.startsWith("org.junit.")
              && !name.startsWith("org.assertj.")
              && !(name.startsWith("dev.heddle.") && frame.getModuleName() != null);
      if (isUsers) {
        return failure.getClass().getName() + " at " + frame;
      }
    }
    return failure.getClass().getName();
  }

  /** Shrinks. */
  void shrink() {
    if (fails(answers, without)) { // learns which choices are of turns
      int before;
      do {
        before = deviations(answers);
        dropSome(true);
        dropSome(false);
        letFallBehind();
        lower();
      } while (deviations(answers) < before && mayGoOn(MOST_RUNS));
    }
    if (deviations(answers) > 1) {
      searchAnew(Math.min(FEW, deviations(answers) - 1));
    }
    int before = deviations(answers);
    holdBack();
    assert deviations(answers) <= before : "it has grown by holding back";
  }

  private boolean mayGoOn(int mostRuns) {
    return runs < mostRuns && System.nanoTime() - begin < MOST_NANOS;
  }

  /**
   * Whether the test still fails in the same way; then the schedule is what that run has chosen.
   */
  private boolean fails(int[] candidate, Set<Long> heldBack) {
    runs++;
    Search given = new Search.Given(candidate);
    boolean _ = given.begins(seed);
    choices.restart(given);
    Throwable thrown = new ExploredRun(plan, choices, heldBack, false, races).run(seed);
    if (thrown == null || !signature(thrown).equals(signature)) {
      return false;
    }
    take();
    assert deviations(answers) <= deviations(candidate) : "the run deviates where nobody asked";
    return true;
  }

  /** Whether the test passes first in, first out. */
  private boolean passes(Set<Long> heldBack) {
    Search given = new Search.Given();
    boolean _ = given.begins(seed);
    choices.restart(given);
    return new ExploredRun(plan, choices, heldBack, false, races).run(seed) == null;
  }

  private void take() {
    answers = trimmed(choices);
    ready = new int[answers.length];
    isDetail = new boolean[answers.length];
    for (int i = 0; i < answers.length; i++) {
      ready[i] = choices.kind(i).equals(Choices.TURN) ? (choices.ways(i) + 1) / 2 : 0;
      isDetail[i] = choices.kind(i).startsWith(Choices.DETAIL);
    }
    assert valid() : Arrays.toString(answers);
  }

  /** What was chosen, up to the last deviation. */
  static int[] trimmed(Choices made) {
    int length = made.count();
    while (length > 0 && made.taken(length - 1) == 0) {
      length--;
    }
    int[] taken = new int[length];
    for (int i = 0; i < length; i++) {
      taken[i] = made.taken(i);
    }
    return taken;
  }

  static int deviations(int[] answers) {
    return (int) Arrays.stream(answers).filter(answer -> answer != 0).count();
  }

  private List<Integer> places(boolean ofTurns) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] != 0 && (ready[i] > 0) == ofTurns) {
        places.add(i);
      }
    }
    return places;
  }

  /** Turns back halves, then quarters, down to single ones; the last ones first. */
  private void dropSome(boolean ofTurns) {
    for (int size = Math.max(1, places(ofTurns).size() / 2); size >= 1; size /= 2) {
      List<Integer> places = places(ofTurns);
      for (int to = places.size(); to > 0 && mayGoOn(MOST_RUNS); to -= size) {
        List<Integer> dropped = places.subList(Math.max(0, to - size), to);
        if (fails(without(dropped, false), without)
            || (!ofTurns && fails(without(dropped, true), without))) {
          places = places(ofTurns);
          to = Math.min(to, places.size() + size);
        }
      }
    }
  }

  /**
   * The schedule with the usual way at these places.
   *
   * @param details whether the choices that tell more of the faults at these places are left out,
   *     as nobody asks for them any more; so that what comes after is answered as before
   */
  private int[] without(List<Integer> places, boolean details) {
    int[] candidate = new int[answers.length];
    int length = 0;
    for (int i = 0; i < answers.length; i++) {
      boolean isLeftOut = details && isDetail[i] && places.contains(i - 1);
      if (!isLeftOut) {
        candidate[length++] = places.contains(i) ? 0 : answers[i];
      }
    }
    return Arrays.copyOf(candidate, length);
  }

  /** Where a task waits on for good, it need not be overtaken again and again. */
  private void letFallBehind() {
    for (int i = 0; i < answers.length && deviations(answers) > 1 && mayGoOn(MOST_RUNS); i++) {
      if (answers[i] == 0 || answers[i] >= ready[i]) {
        continue;
      }
      int[] before = answers;
      int[] readyBefore = ready;
      boolean[] isDetailBefore = isDetail;
      int[] candidate = Arrays.copyOf(answers, i + 1);
      candidate[i] += ready[i] - 1;
      if (!fails(candidate, without) || deviations(answers) >= deviations(before)) {
        answers = before;
        ready = readyBefore;
        isDetail = isDetailBefore;
      }
      assert valid() : Arrays.toString(answers);
    }
  }

  /** A task that overtakes fewer others is easier to follow. */
  private void lower() {
    for (int i = 0; i < answers.length && mayGoOn(MOST_RUNS); i++) {
      for (int less = 1; i < answers.length && less < answers[i]; less++) {
        int[] candidate = answers.clone();
        candidate[i] = less;
        if (fails(candidate, without)) {
          break;
        }
      }
    }
  }

  /** The first two invariants, from the first run on. */
  private boolean valid() {
    int length = answers.length;
    return ready.length == length
        && isDetail.length == length
        && (length == 0 || answers[length - 1] != 0);
  }

  private int few(int mostRuns) {
    return plan.hasHosts() ? mostRuns / COST_OF_HOSTS : mostRuns;
  }

  private void searchAnew(int most) {
    boolean _ = isFound(most, without, few(MOST_RUNS_ANEW));
  }

  /** Whether a schedule with so few deviations is found that fails in the same way. */
  private boolean isFound(int most, Set<Long> heldBack, int mostRuns) {
    Search search = new Search.Deepening(most);
    int limit = runs + mostRuns;
    while (mayGoOn(limit) && search.begins(seed)) {
      runs++;
      choices.restart(search);
      Throwable thrown = new ExploredRun(plan, choices, heldBack, false, races).run(seed);
      if (thrown != null && signature(thrown).equals(signature)) {
        take();
        assert deviations(answers) <= most : deviations(answers) + " deviations of " + most;
        return true;
      }
      search.ends(choices);
    }
    return false;
  }

  /**
   * Tasks without which it fails too, by as few deviations, and without which it passes first in,
   * first out: if it fails just because a task has not run, this explains nothing.
   */
  private void holdBack() {
    int limit = runs + few(MOST_RUNS_WITHOUT_IN_ALL);
    List<Long> ids = LongStream.rangeClosed(1, plan.spawned()).boxed().toList();
    for (int size = Math.max(1, ids.size() / 2); size >= 1; size /= 2) {
      for (int first = 0; first < ids.size(); first += size) {
        Set<Long> more = new TreeSet<>(without);
        more.addAll(ids.subList(first, Math.min(ids.size(), first + size)));
        int most = deviations(answers);
        if (more.size() > without.size()
            && most > 0
            && mayGoOn(limit)
            && passes(more)
            && isFound(Math.min(most, FEW), more, few(MOST_RUNS_WITHOUT))) {
          without.addAll(more);
        }
      }
    }
  }
}
