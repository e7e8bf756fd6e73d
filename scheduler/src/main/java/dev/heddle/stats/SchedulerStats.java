package dev.heddle.stats;

import org.jspecify.annotations.Nullable;

/**
 * The numbers of one scheduler at one moment, as {@code Scheduler.stats()} gives them to any
 * thread.
 *
 * <pre>{@code
 * scheduler.run();
 * SchedulerStats stats = scheduler.stats();
 * System.out.println(stats.loop().turns() + " turns of " + stats.tasks().ended() + " tasks");
 * }</pre>
 *
 * <p>All that is counted is counted always, once a look of the loop at the outside, that is, at the
 * most every 61 turns or 50 us: a turn pays nothing. Only the {@linkplain Loop#longestTurnNanos
 * longest turn} needs somebody who watches. What there is now is counted when it is asked for: the
 * tasks by a walk through all of them, which takes a millisecond or two for 100,000.
 *
 * <p>The loop writes, and whoever asks reads, without a lock. Asked from inside of the scheduler
 * the numbers are exact, but for the looks that are still to come. From outside they are of about
 * now: one may be a moment older than the next. A number that counts up never goes down.
 *
 * @param name the scheduler's
 * @param running whether a run is under way
 * @param loop the loop's numbers
 * @param tasks how many tasks there are, by state
 * @param bodies how many bodies were woven
 * @param io sockets and bytes; null as long as the scheduler has done no I/O by {@code
 *     dev.heddle.net}
 */
public record SchedulerStats(
    String name, boolean running, Loop loop, Tasks tasks, Bodies bodies, @Nullable Io io) {

  /**
   * The loop.
   *
   * @param turns turns that tasks have had; those since the last look are known too
   * @param ready tasks that wait for a turn now
   * @param mostReady the most that waited for a turn when a look was over
   * @param rounds how often the loop has looked at the outside: inbox, deadlines, I/O
   * @param busyNanos how long it was awake during runs, this round with it; by the scheduler's
   *     clock
   * @param asleepNanos how long it slept during runs, because nothing was ready
   * @param longestRoundNanos the longest time from one look to the next while it was awake: no turn
   *     was longer, and nobody waited longer to be seen
   * @param longestTurnNanos the longest turn while somebody watched each turn: an observer, a
   *     timeline, a recording of turns; 0 if nobody did
   * @param polls how often it has polled
   * @param wakeups how often another thread had to wake it
   * @param timers deadlines that are set now
   * @param inbox messages of other threads that the loop has not taken yet
   */
  public record Loop(
      long turns,
      int ready,
      int mostReady,
      long rounds,
      long busyNanos,
      long asleepNanos,
      long longestRoundNanos,
      long longestTurnNanos,
      long polls,
      long wakeups,
      int timers,
      int inbox) {

    /** How long a round took, without sleep; 0 before the first. */
    public long meanRoundNanos() {
      return rounds == 0 ? 0 : busyNanos / rounds;
    }
  }

  /**
   * The tasks.
   *
   * @param ready those that wait for a turn
   * @param running 1 if a task has the turn
   * @param waiting those that wait for an event
   * @param spawned all that were ever started
   */
  public record Tasks(int ready, int running, int waiting, long spawned) {

    /** How many have not ended. */
    public int alive() {
      return ready + running + waiting;
    }

    /** How many have ended, in whatever way. */
    public long ended() {
      return Math.max(0, spawned - alive());
    }
  }

  /**
   * The bodies in coroutine style that this JVM has used so far, for all its schedulers together: a
   * lambda in the source counts once. Why one is not woven, {@code Body.explain} says.
   *
   * @param woven those that need no stack
   * @param notWoven those that got a stack of their own
   */
  public record Bodies(long woven, long notWoven) {}

  /**
   * Sockets and bytes.
   *
   * @param connections connections that are open, and those that are being made
   * @param listeners listeners that are open
   * @param datagramSockets UDP sockets that are open
   * @param lingering connections that are closed here, and whose peer has not ended yet
   * @param waits how many reads, writes, accepts and connects wait now
   * @param bytesIn bytes received over connections
   * @param bytesOut bytes that the system has taken to send over connections
   */
  public record Io(
      int connections,
      int listeners,
      int datagramSockets,
      int lingering,
      int waits,
      long bytesIn,
      long bytesOut) {}
}
