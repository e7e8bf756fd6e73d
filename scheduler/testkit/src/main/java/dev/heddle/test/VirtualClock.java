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
 * <p>Any thread may read it. It is moved by the thread that has the turn.
 */
public final class VirtualClock implements Clock {
  /** Not 0, so that a program which takes the time for the time of day is found out. */
  private static final long START = 1_000_000_000_000L;

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
   * @throws IllegalArgumentException if it is negative
   */
  public void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException(
          "cannot advance by " + time + ": must be 0 or more, as time does not go back");
    }
    advanceNanos(time.toNanos());
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time moves it
  void advanceNanos(long nanos) {
    now = Math.addExact(now, nanos);
  }

  @Override
  public String toString() {
    return "virtual time " + elapsed();
  }
}
