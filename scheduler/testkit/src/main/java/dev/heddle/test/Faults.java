package dev.heddle.test;

import java.time.Duration;

/**
 * Which faults a simulation draws from the seed, and how often: each number is "one time in so
 * many", 0 for never.
 *
 * <pre>{@code
 * sim.network().faults(Faults.ROUGH.withResets(0)); // slow and in pieces, but nothing is lost
 * }</pre>
 *
 * @param shortReads a read gives a part of what has come
 * @param shortWrites a write takes a part of what there is room for, and perhaps nothing
 * @param resets a connection is reset, on both sides, when something would arrive
 * @param delays something arrives later, by up to {@code longestDelay}
 * @param longestDelay the most that a fault delays
 * @param refusals a connection is refused although somebody listens
 * @param slowConnects the first packet of a connection is lost: it is sent again after a second
 * @param outOfDescriptors a channel cannot be opened, or a connection not accepted, because no
 *     descriptor is left
 * @param childDeaths a child process is killed when it would read or write: as it starts, is given
 *     a job, uses what is shared, or gives a result
 */
public record Faults(
    int shortReads,
    int shortWrites,
    int resets,
    int delays,
    Duration longestDelay,
    int refusals,
    int slowConnects,
    int outOfDescriptors,
    int childDeaths) {
  /** Nothing goes wrong. */
  public static final Faults NONE = new Faults(0, 0, 0, 0, Duration.ZERO, 0, 0, 0, 0);

  /** All of it, often enough that a short test meets each. */
  public static final Faults ROUGH = new Faults(4, 4, 60, 6, Duration.ofMillis(200), 12, 8, 16, 24);

  /** Checks the numbers. */
  public Faults {
    check("short reads", shortReads);
    check("short writes", shortWrites);
    check("resets", resets);
    check("delays", delays);
    check("refusals", refusals);
    check("slow connects", slowConnects);
    check("out of descriptors", outOfDescriptors);
    check("child deaths", childDeaths);
    if (longestDelay.isNegative()) {
      throw new IllegalArgumentException("longest delay " + longestDelay + ": must be 0 or more");
    }
  }

  private static void check(String what, int oneIn) {
    if (oneIn < 0) {
      throw new IllegalArgumentException(what + " one time in " + oneIn + ": must be 0 or more");
    }
  }

  /** The same with reads and writes in pieces one time in so many. */
  public Faults withPieces(int oneIn) {
    return new Faults(
        oneIn,
        oneIn,
        resets,
        delays,
        longestDelay,
        refusals,
        slowConnects,
        outOfDescriptors,
        childDeaths);
  }

  /** The same with resets one time in so many. */
  public Faults withResets(int oneIn) {
    return new Faults(
        shortReads,
        shortWrites,
        oneIn,
        delays,
        longestDelay,
        refusals,
        slowConnects,
        outOfDescriptors,
        childDeaths);
  }

  /** The same with delays one time in so many, of up to {@code longest}. */
  public Faults withDelays(int oneIn, Duration longest) {
    return new Faults(
        shortReads,
        shortWrites,
        resets,
        oneIn,
        longest,
        refusals,
        slowConnects,
        outOfDescriptors,
        childDeaths);
  }

  /** The same with refused and slow connects one time in so many. */
  public Faults withConnects(int oneIn) {
    return new Faults(
        shortReads,
        shortWrites,
        resets,
        delays,
        longestDelay,
        oneIn,
        oneIn,
        outOfDescriptors,
        childDeaths);
  }

  /** The same with no descriptor left one time in so many. */
  public Faults withOutOfDescriptors(int oneIn) {
    return new Faults(
        shortReads,
        shortWrites,
        resets,
        delays,
        longestDelay,
        refusals,
        slowConnects,
        oneIn,
        childDeaths);
  }

  /** The same with child processes that die one time in so many. */
  public Faults withChildDeaths(int oneIn) {
    return new Faults(
        shortReads,
        shortWrites,
        resets,
        delays,
        longestDelay,
        refusals,
        slowConnects,
        outOfDescriptors,
        oneIn);
  }
}
