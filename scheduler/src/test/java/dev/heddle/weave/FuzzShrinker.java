package dev.heddle.weave;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Makes a random program that fails smaller, by its choices: leaves runs of them out, and makes
 * single ones 0. What is tried need not know what the choices stand for, since each list of numbers
 * makes a program.
 */
final class FuzzShrinker {
  private static final int MOST_TRIALS = 1_500;

  private final Function<FuzzChoices, FuzzProgram> maker;
  private final Predicate<FuzzProgram> fails;

  /** The sources that were tried. */
  private final Set<String> tried = new HashSet<>();

  private int trials;
  private int[] best;

  private FuzzShrinker(
      Function<FuzzChoices, FuzzProgram> maker, Predicate<FuzzProgram> fails, int[] choices) {
    this.maker = maker;
    this.fails = fails;
    this.best = choices;
  }

  /** The smallest program found that fails too. */
  static FuzzProgram shrink(
      Function<FuzzChoices, FuzzProgram> maker, Predicate<FuzzProgram> fails, int[] choices) {
    FuzzShrinker shrinker = new FuzzShrinker(maker, fails, choices);
    int before;
    do {
      before = shrinker.trials;
      for (int size = shrinker.best.length / 2; size > 0; size /= 2) {
        shrinker.leaveOut(size);
      }
      shrinker.makeSmaller();
    } while (shrinker.trials > before);
    return maker.apply(FuzzChoices.of(shrinker.best));
  }

  private void leaveOut(int size) {
    for (int from = 0; from < best.length; ) {
      int to = Math.min(from + size, best.length);
      if (!improves(without(from, to))) {
        improves(zeroed(from, to));
        from = to;
      }
    }
  }

  private int[] without(int from, int to) {
    int[] shorter = Arrays.copyOf(best, best.length - (to - from));
    System.arraycopy(best, to, shorter, from, best.length - to);
    return shorter;
  }

  private int[] zeroed(int from, int to) {
    int[] zeroed = best.clone();
    Arrays.fill(zeroed, from, to, 0);
    return zeroed;
  }

  private void makeSmaller() {
    for (int i = 0; i < best.length; i++) {
      for (int smaller = 0; smaller < best[i]; smaller++) {
        int[] candidate = best.clone();
        candidate[i] = smaller;
        if (improves(candidate)) {
          break;
        }
      }
    }
  }

  @CanIgnoreReturnValue
  private boolean improves(int[] candidate) {
    if (Arrays.equals(candidate, best) || trials >= MOST_TRIALS) {
      return false;
    }
    FuzzProgram program = maker.apply(FuzzChoices.of(candidate));
    if (!tried.add(program.source())) {
      return false;
    }
    trials++;
    if (!fails.test(program)) {
      return false;
    }
    best = program.choices().taken();
    return true;
  }
}
