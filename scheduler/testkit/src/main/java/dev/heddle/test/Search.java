package dev.heddle.test;

import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.view.TurnOrder.ReadyTasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way to walk through the schedules of a test: answers the choices of one run after another.
 *
 * <p>For the kind {@link Choices#TURN} the answer is as {@link Choices#turn} says.
 *
 * <p>This file is long because all searches are in it, each of which is short.
 */
abstract sealed class Search implements Choices.Strategy {
  /** How long runs were so far: a guess for the next. */
  int longest;

  /**
   * The next run begins.
   *
   * @param seed of this run
   * @return false if there is nothing left to try
   */
  abstract boolean begins(long seed);

  /** The run is over; this was chosen. */
  void ends(Choices made) {
    longest = Math.max(longest, made.count());
  }

  /** Whether all schedules of the test were tried; known after {@link #begins} said false. */
  boolean isComplete() {
    return false;
  }

  /** How many schedules there may be; NaN if nothing is known. */
  double estimate() {
    return Double.NaN;
  }

  /**
   * All schedules that deviate so often, and not oftener, from the usual way, which is first in
   * first out and no fault. Goes through them like the wheels of a counter, the last choice first,
   * so that it remembers one schedule only.
   *
   * <p>Invariants: no run deviates oftener than that; each schedule comes behind the one before it,
   * read as a number, so that none comes twice and there is an end.
   */
  static final class FewDeviations extends Search {
    private final int most;

    /** Whether a task that has its turn early is the second or the last of those that are ready. */
    private final boolean outermost;

    /** The answers of this run up to the last deviation; the usual way follows. */
    private int[] prefix = new int[64];

    private int prefixLength;
    private int asked;
    private boolean isFirst = true;
    private boolean isOver;

    /** Whether some schedule was left out as it deviates too often. */
    private boolean leftOut;

    /** Whether some was left out as the task was not an outermost one. */
    private boolean leftOutInner;

    FewDeviations(int most, boolean outermost) {
      this.most = most;
      this.outermost = outermost;
    }

    @Override
    boolean begins(long seed) {
      asked = 0;
      if (isFirst) {
        isFirst = false;
        return true;
      }
      return !isOver;
    }

    @Override
    public int pick(String kind, int n, Object who) {
      int number = asked++;
      return number < prefixLength ? Math.min(prefix[number], n - 1) : 0;
    }

    @Override
    void ends(Choices made) {
      super.ends(made);
      int deviations = 0;
      for (int i = 0; i < made.count(); i++) {
        deviations += made.taken(i) == 0 ? 0 : 1;
      }
      assert deviations <= most : deviations + " deviations, " + this;
      for (int i = made.count() - 1; i >= 0; i--) {
        int before = deviations - (made.taken(i) == 0 ? 0 : 1);
        int next = next(made, i);
        if (next < made.ways(i)) {
          if (before < most) {
            turnTo(made, i, next);
            return;
          }
          leftOut = true;
        }
        deviations = before;
      }
      isOver = true;
    }

    /** The answer that comes after the one that was taken. */
    private int next(Choices made, int number) {
      int next = made.taken(number) + 1;
      if (outermost && made.kind(number).equals(Choices.TURN)) {
        int size = (made.ways(number) + 1) / 2;
        int skipped = next;
        for (int outer : new int[] {1, size - 1, size, 2 * size - 2}) {
          if (outer >= next) {
            leftOutInner |= outer > skipped;
            return outer;
          }
        }
      }
      return next;
    }

    /** The next schedule is like this one before the choice, and differs by one there. */
    private void turnTo(Choices made, int number, int answer) {
      assert answer > made.taken(number) && answer < made.ways(number) : "a wheel turns back";
      if (prefix.length <= number) {
        prefix = Arrays.copyOf(prefix, 2 * number + 1);
      }
      for (int i = 0; i < number; i++) {
        prefix[i] = made.taken(i);
      }
      prefix[number] = answer;
      prefixLength = number + 1;
      assert deviationsOfPrefix() <= most : deviationsOfPrefix() + " deviations, " + this;
    }

    private long deviationsOfPrefix() {
      return Arrays.stream(prefix, 0, prefixLength).filter(answer -> answer != 0).count();
    }

    @Override
    boolean isComplete() {
      return isOver && !leftOut && !leftOutInner;
    }

    boolean hasLeftOutInner() {
      return leftOutInner;
    }

    @Override
    public String toString() {
      return most + (most == 1 ? " deviation" : " deviations") + " at most";
    }
  }

  /** What all searches by chance have. */
  abstract static sealed class ByChance extends Search {
    final Dice dice = new Dice(0);

    @Override
    boolean begins(long seed) {
      dice.restart(seed);
      return true;
    }

    @Override
    public int pick(String kind, int n, Object who) {
      return dice.below(who instanceof ReadyTasks ready ? ready.size() : n);
    }

    @Override
    public boolean happens(String kind, int oneIn, Object who) {
      return dice.below(oneIn) == 0;
    }
  }

  /** Each way to go on is as likely as each other. */
  static final class RandomWalk extends ByChance {
    private double sum;
    private long walks;

    /** After Knuth: the product of the numbers of ways is, on average, the number of schedules. */
    @Override
    void ends(Choices made) {
      super.ends(made);
      double product = 1;
      for (int i = 0; i < made.count(); i++) {
        product *= made.kind(i).equals(Choices.TURN) ? (made.ways(i) + 1) / 2 : made.ways(i);
      }
      sum += product;
      walks++;
    }

    @Override
    double estimate() {
      return walks == 0 ? Double.NaN : sum / walks;
    }

    @Override
    public String toString() {
      return "random walk";
    }
  }

  /** A priority for each task, by its number in its scheduler; those not known yet are 0. */
  private static final class Priorities {
    private long[] ofTask = new long[16];

    void forget() {
      Arrays.fill(ofTask, 0);
    }

    long of(Task<?> task) {
      int place = place(task);
      return ofTask[place];
    }

    void set(Task<?> task, long priority) {
      int place = place(task); // before the array is read, which it may replace
      ofTask[place] = priority;
    }

    /** Two tasks of two schedulers may share one, which does no harm. */
    private int place(Task<?> task) {
      int place = (int) task.id();
      if (place >= ofTask.length) {
        ofTask = Arrays.copyOf(ofTask, 2 * place);
      }
      return place;
    }
  }

  /**
   * Probabilistic concurrency testing: the ready task of the highest priority has the turn.
   * Priorities are drawn once, and at {@code depth - 1} choices, drawn too, the task that would
   * have the turn falls behind all others. So it finds each bug of that depth with a known
   * probability.
   */
  static final class Pct extends ByChance {
    private final int depth;
    private final int[] changesAt;
    private final Priorities priorities = new Priorities();
    private int turns;

    Pct(int depth) {
      this.depth = depth;
      changesAt = new int[depth - 1];
    }

    @Override
    boolean begins(long seed) {
      super.begins(seed);
      priorities.forget();
      turns = 0;
      for (int i = 0; i < changesAt.length; i++) {
        changesAt[i] = dice.below(Math.max(1, longest));
      }
      return true;
    }

    @Override
    public int pick(String kind, int n, Object who) {
      if (!(who instanceof ReadyTasks ready)) {
        return super.pick(kind, n, who);
      }
      int first = highest(ready);
      for (int i = 0; i < changesAt.length; i++) {
        if (changesAt[i] == turns) {
          assert i + 1 < depth : "a change that is not below all that are drawn";
          priorities.set(ready.get(first), i + 1); // below all that are drawn
          first = highest(ready);
        }
      }
      turns++;
      return first;
    }

    private int highest(ReadyTasks ready) {
      int first = 0;
      long most = -1;
      for (int i = 0; i < ready.size(); i++) {
        Task<?> task = ready.get(i);
        long priority = priorities.of(task);
        if (priority == 0) {
          priority = depth + (dice.next() >>> 2);
          priorities.set(task, priority);
        }
        if (priority > most) {
          most = priority;
          first = i;
        }
      }
      return first;
    }

    @Override
    public String toString() {
      return "PCT(" + depth + ")";
    }
  }

  /**
   * Partial order sampling: each turn that is to come has a priority of its own, drawn when its
   * task became ready or, as it competes with the turn that was just had, anew after it. What a
   * turn will touch is not known before it, so of the turns that wait each competes with an even
   * chance.
   */
  static final class Pos extends ByChance {
    private final Priorities priorities = new Priorities();

    @Override
    boolean begins(long seed) {
      priorities.forget();
      return super.begins(seed);
    }

    @Override
    public int pick(String kind, int n, Object who) {
      if (!(who instanceof ReadyTasks ready)) {
        return super.pick(kind, n, who);
      }
      int first = 0;
      long most = -1;
      for (int i = 0; i < ready.size(); i++) {
        Task<?> task = ready.get(i);
        long priority = priorities.of(task);
        if (priority == 0) {
          priority = (dice.next() >>> 2) + 1;
          priorities.set(task, priority);
        }
        if (priority > most) {
          most = priority;
          first = i;
        }
      }
      for (int i = 0; i < ready.size(); i++) {
        if (i == first || (dice.next() & 1) == 0) {
          priorities.set(ready.get(i), 0);
        }
      }
      return first;
    }

    @Override
    public String toString() {
      return "POS";
    }
  }

  /** All schedules that deviate never, then once, and so on; of each the outermost first. */
  static final class Deepening extends Search {
    private final int most;
    private int deviations;
    private FewDeviations current = new FewDeviations(0, true);

    Deepening(int most) {
      this.most = most;
    }

    @Override
    boolean begins(long seed) {
      while (!current.begins(seed)) {
        if (current.hasLeftOutInner()) {
          current = new FewDeviations(deviations, false);
        } else if (current.isComplete() || deviations == most) {
          return false;
        } else {
          deviations++;
          assert deviations <= most : deviations + " deviations of " + most;
          current = new FewDeviations(deviations, true);
        }
      }
      return true;
    }

    @Override
    public int pick(String kind, int n, Object who) {
      return current.pick(kind, n, who);
    }

    @Override
    void ends(Choices made) {
      current.ends(made);
    }

    @Override
    boolean isComplete() {
      return current.isComplete();
    }

    @Override
    public String toString() {
      return current.toString();
    }
  }

  /**
   * The usual way, and then in turn: a run of each search. When one of them has nothing left to try
   * the others go on, unless there is nothing left for any.
   */
  static final class Mixed extends Search {
    private final List<Search> searches;
    private int next;

    Mixed(Search... searches) {
      this.searches = new ArrayList<>(List.of(searches));
    }

    private Search current() {
      return searches.get(next);
    }

    @Override
    boolean begins(long seed) {
      while (!current().begins(seed)) {
        if (current().isComplete() || searches.size() == 1) {
          return false;
        }
        searches.remove(next);
        next %= searches.size();
      }
      assert next < searches.size() : "no search is left";
      return true;
    }

    @Override
    public int pick(String kind, int n, Object who) {
      return current().pick(kind, n, who);
    }

    @Override
    public boolean happens(String kind, int oneIn, Object who) {
      return current().happens(kind, oneIn, who);
    }

    @Override
    void ends(Choices made) {
      longest = Math.max(longest, made.count());
      searches.forEach(search -> search.longest = longest);
      current().ends(made);
      next = (next + 1) % searches.size();
    }

    @Override
    boolean isComplete() {
      return current().isComplete();
    }

    @Override
    double estimate() {
      for (Search search : searches) {
        if (!Double.isNaN(search.estimate())) {
          return search.estimate();
        }
      }
      return Double.NaN;
    }

    @Override
    public String toString() {
      return current().toString();
    }
  }

  /**
   * The answers of one schedule, and the usual way after it. An answer that does not fit, as the
   * run has gone another way before, is the usual one.
   */
  static final class Given extends Search {
    private final int[] answers;
    private int asked;

    Given(int... answers) {
      this.answers = answers;
    }

    @Override
    boolean begins(long seed) {
      asked = 0;
      return true;
    }

    @Override
    public int pick(String kind, int n, Object who) {
      int number = asked++;
      return number < answers.length && answers[number] < n ? answers[number] : 0;
    }
  }

  /** The answers of a file, as long as its choices are those that the run has. */
  static final class Replayed extends Search {
    private final Trace trace;
    private int asked;

    /** The number of the first choice that is not the file's; -1 as long as all are. */
    private int divergedAt = -1;

    private @Nullable String divergence;

    Replayed(Trace trace) {
      this.trace = trace;
    }

    @Override
    boolean begins(long seed) {
      asked = 0;
      divergedAt = -1;
      return true;
    }

    @Override
    public int pick(String kind, int n, Object who) {
      int number = asked++;
      if (divergedAt >= 0 || number >= trace.size()) {
        return 0;
      }
      Choices.Choice line = trace.get(number);
      int whose = whose(who, line.taken());
      if (line.kind().equals(kind) && line.n() == n && line.who() == whose) {
        return line.taken();
      }
      assert divergedAt < 0 : "a run diverges once";
      divergedAt = number;
      divergence =
          "diverged at choice %d: the file has '%s' of %d for %08x, this run has '%s' of %d for %08x"
              .formatted(number, line.kind(), line.n(), line.who(), kind, n, whose);
      return 0;
    }

    private static int whose(Object who, int answer) {
      if (!(who instanceof ReadyTasks ready)) {
        return Choices.hashOf(who);
      }
      int size = ready.size();
      int place = answer < size ? answer : answer - size + 1;
      return Choices.hashOf(ready.get(Math.min(place, size - 1)));
    }

    @Nullable String divergence() {
      return divergence;
    }
  }
}
