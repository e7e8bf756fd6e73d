package dev.heddle.test;

/** SplitMix64, written out: what a seed means must not depend on the JDK. */
final class Dice {
  private long state;

  Dice(long seed) {
    state = seed;
  }

  /** The same numbers as new dice with this seed. */
  void restart(long seed) {
    state = seed;
  }

  long next() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** From 0 to {@code n - 1}. */
  int below(int n) {
    assert n > 0 : "no side of " + n;
    return (int) (((next() >>> 32) * n) >>> 32);
  }
}
