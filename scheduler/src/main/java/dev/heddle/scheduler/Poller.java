package dev.heddle.scheduler;

import dev.heddle.stats.SchedulerStats;
import org.jspecify.annotations.Nullable;

/**
 * Where the loop idles, and how it learns that I/O is ready.
 *
 * <p>A scheduler begins with one that just sleeps. The first socket brings its own, the selector of
 * {@code dev.heddle.net}; a simulation gives one that moves its clock instead of waiting.
 *
 * <p>All but {@link #wakeup} and {@link #ioStats} is called by the loop only.
 */
public interface Poller extends AutoCloseable {
  /** For {@link #poll}: until there is something to do. */
  long FOREVER = Long.MAX_VALUE;

  /**
   * Waits until I/O is ready, or {@link #wakeup} was called, or the time is over, and wakes the
   * tasks whose I/O is ready. May return early without cause.
   *
   * @param timeoutNanos 0 to look and not wait, {@link #FOREVER}, or how long at the most; a little
   *     longer is allowed, a little shorter makes the loop come again
   */
  void poll(long timeoutNanos);

  /**
   * Makes the poll that is under way return, or the next one if none is. Any thread may call it; it
   * neither blocks nor throws.
   */
  void wakeup();

  /** Whether any task waits for I/O here, so that waiting on makes sense. */
  boolean hasWaiters();

  /**
   * A task opens the first socket, which brings a poller of its own. Whether this one polls, wakes
   * and closes that one from now on. Default: no, the scheduler lets them take turns.
   *
   * <p>Taking turns means: where the clock is the user's, the sockets are looked at for 10 ms of
   * real time, and only if they were quiet that long, this poller is asked, for as long as the loop
   * may sleep; so a clock that jumps does not jump over what is on its way. Where the clock is the
   * system's, this poller is asked for 10 ms at a time.
   */
  default boolean takesOver(Poller sockets) {
    return false;
  }

  /**
   * What it counts, for {@link Scheduler#stats}; null if it has no sockets. Any thread may call it,
   * while the loop polls.
   */
  default SchedulerStats.@Nullable Io ioStats() {
    return null;
  }

  /**
   * A run is over, and nobody polls until the next one, if there is one. What was closed in the
   * last turns, and waits for a poll to be given back, is given back.
   */
  default void endRun() {
    poll(0);
  }

  /** Lets go of what it holds; waiting tasks have been cancelled before. */
  @Override
  void close();
}
