package dev.heddle.test;

import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.view.TurnOrder.ReadyTasks;
import java.util.Arrays;
import java.util.Objects;

/**
 * The one door through which chance comes into a simulation. Whoever has more than one way to go on
 * asks here which one, and a {@link Strategy} answers. Each answer is recorded by its number.
 *
 * <pre>{@code
 * Choices choices = Choices.seeded(42);
 * int first = choices.choose("who is first", 3, "race"); // 0, 1 or 2: the same for each 42
 * }</pre>
 *
 * <p>By convention 0 is what happens where nothing is special: the first in line, no fault. So
 * {@link #calm} gives the run that a plain scheduler and a quiet network would give.
 *
 * <p>For one thread at a time.
 *
 * <p>Invariant: each choice that is recorded is of two or more ways, and one of them was taken.
 */
public final class Choices {
  /** The kind of the choice which ready task has the next turn. */
  static final String TURN = "turn";

  /** How the kind of a choice begins that tells more of the one before it, as of a delay. */
  static final String DETAIL = "how ";

  private static final int FIRST_ROOM = 64;
  private static final long FIRST_HASH = 0xcbf29ce484222325L;

  /** Answers the questions. */
  @FunctionalInterface
  public interface Strategy {
    /**
     * Picks one of some ways to go on.
     *
     * @param kind what is chosen, in a few words
     * @param n how many ways there are, at least 2
     * @param who for whom: a task, a socket, a name
     * @return from 0 to n - 1; 0 is the usual way
     */
    int pick(String kind, int n, Object who);

    /**
     * Whether something happens that happens one time in so many. Default: picks one of two ways.
     */
    default boolean happens(String kind, int oneIn, Object who) {
      return pick(kind, 2, who) == 1;
    }
  }

  /**
   * One answer.
   *
   * @param number how many there were before
   * @param kind what was chosen
   * @param n how many ways there were
   * @param taken which one was taken, from 0
   * @param who a hash of for whom, the same in each run
   */
  public record Choice(int number, String kind, int n, int taken, int who) {
    /** One line of a trace. */
    @Override
    public String toString() {
      return "%d %s %d/%d %08x".formatted(number, Trace.word(kind), taken, n, who);
    }
  }

  private Strategy strategy;

  /** Whether no fault happens any more. */
  private boolean healed;

  /** Whether nothing is asked any more. */
  private boolean closed;

  private String[] kinds = new String[FIRST_ROOM];

  /** Three numbers for each choice: how many ways, the one taken, the hash of who. */
  private int[] numbers = new int[3 * FIRST_ROOM];

  private int count;
  private long hash = FIRST_HASH;

  private Choices(Strategy strategy) {
    this.strategy = Objects.requireNonNull(strategy, "strategy");
  }

  /** Choices that a strategy of yours makes. */
  public static Choices by(Strategy strategy) {
    return new Choices(strategy);
  }

  /** Always the usual way. */
  public static Choices calm() {
    return by((kind, n, who) -> 0);
  }

  /** Choices by chance, the same for the same seed, in each JVM. */
  public static Choices seeded(long seed) {
    return by(new Seeded(seed));
  }

  /**
   * Chooses one of {@code n} ways to go on, and records which.
   *
   * @param kind what is chosen, in a few words: the same for all choices of its kind
   * @param n how many ways there are; for 1 nothing is asked and nothing recorded
   * @param who for whom: a task, a name, or what has a {@code toString()} that is the same in each
   *     run
   * @return from 0 to n - 1
   * @throws IllegalArgumentException if {@code n} is less than 1
   */
  public int choose(String kind, int n, Object who) {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(who, "who");
    if (n < 1) {
      throw new IllegalArgumentException("choice '" + kind + "' of " + n + ": must be 1 or more");
    }
    if (n == 1 || closed) {
      return 0;
    }
    int taken = strategy.pick(kind, n, who);
    if (taken < 0 || taken >= n) {
      throw new IllegalStateException(
          "choice '"
              + kind
              + "' of "
              + n
              + " was answered by "
              + taken
              + ": must be 0 to "
              + (n - 1));
    }
    note(kind, n, taken, who);
    return taken;
  }

  /**
   * Whether something happens that happens one time in {@code oneIn}, as a fault does: a choice
   * between 0, no, and 1, yes.
   *
   * @param oneIn 1 for always, and then nothing is asked; 0 for never, likewise
   */
  public boolean happens(String kind, int oneIn, Object who) {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(who, "who");
    if (oneIn < 0) {
      throw new IllegalArgumentException(
          "choice '" + kind + "' one time in " + oneIn + ": must be 0 or more");
    }
    if (healed || closed || oneIn <= 1) {
      return !healed && oneIn == 1;
    }
    boolean yes = strategy.happens(kind, oneIn, who);
    note(kind, 2, yes ? 1 : 0, who);
    return yes;
  }

  /**
   * Which of the ready tasks has the next turn. From 0 to {@code size - 1} it is the place of a
   * task, which overtakes those before it. What is above is place {@code answer - size + 1}, and
   * the tasks before it fall behind all others for good.
   */
  int turn(ReadyTasks ready) {
    int size = ready.size();
    if (size == 1 || closed) {
      return 0;
    }
    int answer = strategy.pick(TURN, 2 * size - 1, ready);
    int place = answer < size ? answer : answer - size + 1;
    assert answer >= 0 && place < size : "the search has answered " + answer + " of " + size;
    note(TURN, 2 * size - 1, answer, ready.get(place));
    return answer;
  }

  /** From now on the usual way is taken, and nothing recorded: the run ends. */
  void close() {
    closed = true;
  }

  /** From now on nothing {@link #happens}. */
  void noMoreFaults() {
    healed = true;
  }

  /** Begins anew, with nothing recorded. */
  void restart(Strategy other) {
    strategy = other;
    count = 0;
    hash = FIRST_HASH;
    healed = false;
    closed = false;
  }

  static int hashOf(Object who) {
    return who instanceof Task<?> task ? Long.hashCode(task.id()) : who.toString().hashCode();
  }

  private void note(String kind, int n, int taken, Object who) {
    assert n >= 2 && taken >= 0 && taken < n : kind + ": " + taken + " of " + n;
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * count);
      numbers = Arrays.copyOf(numbers, 6 * count);
    }
    assert numbers.length == 3 * kinds.length : "three numbers for each choice";
    int whose = hashOf(who);
    kinds[count] = kind;
    numbers[3 * count] = n;
    numbers[3 * count + 1] = taken;
    numbers[3 * count + 2] = whose;
    count++;
    mix(kind.hashCode());
    mix(n);
    mix(kind == TURN ? 0 : taken); // who has the turn, not what is to become of others
    mix(whose);
  }

  private void mix(int value) {
    hash = (hash ^ value) * 0x100000001b3L;
    hash ^= hash >>> 29;
  }

  int ways(int number) {
    return numbers[3 * number];
  }

  int taken(int number) {
    return numbers[3 * number + 1];
  }

  String kind(int number) {
    return kinds[number];
  }

  /** How many choices were made. */
  public int count() {
    return count;
  }

  /** One number for all that was chosen: two runs with one hash went the same way. */
  public long hash() {
    return hash;
  }

  /**
   * The choice with this number.
   *
   * @throws IndexOutOfBoundsException if there were not so many
   */
  public Choice get(int number) {
    int i = 3 * Objects.checkIndex(number, count);
    return new Choice(number, kinds[number], numbers[i], numbers[i + 1], numbers[i + 2]);
  }

  @Override
  public String toString() {
    return "%d choices, hash %016x".formatted(count, hash);
  }

  private static final class Seeded implements Strategy {
    private final Dice dice;

    Seeded(long seed) {
      dice = new Dice(seed);
    }

    @Override
    public int pick(String kind, int n, Object who) {
      return dice.below(n);
    }

    @Override
    public boolean happens(String kind, int oneIn, Object who) {
      return dice.below(oneIn) == oneIn - 1;
    }
  }
}
