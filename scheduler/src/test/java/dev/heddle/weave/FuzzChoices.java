package dev.heddle.weave;

import java.util.Arrays;
import java.util.Random;

/**
 * The choices of which a random program is made. They come from a seed, or from a list of numbers.
 * The list of a program that fails can be made shorter and smaller: {@link FuzzShrinker} does that.
 * After the end of its list each choice is 0, so whoever asks must make 0 the simplest choice.
 */
final class FuzzChoices {
  private final Random random;
  private int[] numbers;
  private int count;

  private FuzzChoices(Random random, int[] numbers) {
    this.random = random;
    this.numbers = numbers;
  }

  static FuzzChoices ofSeed(long seed) {
    return new FuzzChoices(new Random(seed * 0x9E3779B97F4A7C15L), new int[64]);
  }

  static FuzzChoices of(int[] numbers) {
    return new FuzzChoices(null, numbers);
  }

  /** A number from 0 to {@code bound - 1}. */
  int nextInt(int bound) {
    if (random == null) {
      return count < numbers.length ? numbers[count++] % bound : 0;
    }
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * count);
    }
    int number = random.nextInt(bound);
    numbers[count++] = number;
    return number;
  }

  boolean nextBoolean() {
    return nextInt(2) == 1;
  }

  String pick(String... choices) {
    return choices[nextInt(choices.length)];
  }

  /** The numbers chosen so far. */
  int[] taken() {
    return Arrays.copyOf(numbers, count);
  }
}
