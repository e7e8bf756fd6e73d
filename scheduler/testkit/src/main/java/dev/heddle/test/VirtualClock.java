package dev.heddle.test;

import dev.heddle.scheduler.Clock;
import java.time.Duration;

/**
 * The time of a simulation. It stands still while tasks have turns, and jumps to the next deadline
 * when nothing else can happen.
 *
 * <pre>{@code
 * TestScheduler.run((co, sim) -> {
 *   co.await(Timers.sleep(Duration.ofDays(1)));
 *   System.out.println(sim.clock().elapsed()); // PT24H
 * });
 * }</pre>
 *
 * <p>Any thread may read it. It is moved by the thread that has the turn, for all schedulers of the
 * simulation. A scheduler that a test builds itself with this clock is none of them: where it
 * waits, it waits for a time that nobody lets pass. Start a further one on a {@link Host}.
 */
public final class VirtualClock implements Clock {
  /** Not 0, so that a program which takes the time for the time of day is found out. */
  private static final long START = 1_000_000_000_000L;

  /** The last time that there is, 292 years after the start; what has no time is behind it. */
  static final long END = Long.MAX_VALUE - 1;

  private volatile long now = START;

  /** A clock at its start. */
  public VirtualClock() {}

  @Override
  public long nanoTime() {
    return now;
  }

  /** How much time has passed since the start. */
  public Duration elapsed() {
    return Duration.ofNanos(elapsedNanos());
  }

  long elapsedNanos() {
    return now - START;
  }

  /**
   * Lets time pass, as a turn that takes long would.
   *
   * @throws IllegalArgumentException if it is negative, or goes beyond the clock's end, 292 years
   *     after its start
   */
  public void advance(Duration time) {
    Duration left = Duration.ofNanos(END - now);
    if (time.isNegative() || time.compareTo(left) > 0) {
      throw new IllegalArgumentException(
          "cannot advance by "
              + time
              + ": must be 0 or more, as time does not go back, and "
              + left
              + " at most, as the clock ends then");
    }
    advanceNanos(time.toNanos());
  }

  /** Invariant: the time never goes back, nor beyond the clock's end. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time moves it
  void advanceNanos(long nanos) {
    assert nanos >= 0 && nanos <= END - now : this + " cannot go on by " + nanos + " ns";
    now = Math.addExact(now, nanos);
  }

  @Override
  public String toString() {
    return "virtual time " + elapsed();
  }
}
