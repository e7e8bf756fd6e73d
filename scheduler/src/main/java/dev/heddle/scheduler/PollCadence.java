package dev.heddle.scheduler;

/**
 * When the loop, with tasks ready, must look at I/O, deadlines and inbox all the same: after
 * {@value #MOST_TURNS} turns or {@value #MOST_NANOS} ns, whichever comes first.
 *
 * <p>Reading the clock costs as much as several turns of a light task, so it is not read after
 * each: while turns are short, after up to {@value #MOST_STRIDE}; as soon as they are long, after
 * each. So a row of long turns that follows short ones is noticed late by {@value #MOST_STRIDE}
 * turns at the most.
 */
final class PollCadence {
  static final int MOST_TURNS = 61;
  static final long MOST_NANOS = 50_000;
  static final int MOST_STRIDE = 16;

  private final Clock clock;

  /** Turns since the last look, and the number of them at which the clock is read next. */
  private int turns;

  private int clockAt = 1;

  /** How many turns from one reading of the clock to the next. */
  private int stride = 1;

  /** The time of the last look. */
  long startedAt;

  // What stats() reads, from any thread. Only the loop writes it, once a look.

  /** Turns before the last look. */
  private long turnsBefore;

  /** How long the loop has slept, in all. */
  long asleepNanos;

  /** How long it was awake, in all, up to the last look. */
  long busyNanos;

  /** The longest time from one look to the next. */
  long longestNanos;

  /** The most tasks that were ready after a look. */
  int mostReady;

  PollCadence(Clock clock) {
    this.clock = clock;
  }

  /** A run begins: the time since the last one counts for nothing. */
  void beginRun() {
    startedAt = clock.nanoTime();
  }

  /** After each turn: whether the loop must look now. */
  boolean isDue() {
    turns++;
    if (turns >= MOST_TURNS) {
      return true;
    }
    if (turns < clockAt) {
      return false;
    }
    long elapsed = clock.nanoTime() - startedAt;
    stride = elapsed < MOST_NANOS / 2 ? Math.min(MOST_STRIDE, 2 * stride) : 1;
    clockAt = turns + stride;
    return elapsed >= MOST_NANOS;
  }

  /** The loop has looked: the next count begins. Returns the time. */
  long restart() {
    long now = clock.nanoTime();
    long lasted = now - startedAt;
    busyNanos += lasted;
    longestNanos = Math.max(longestNanos, lasted);
    return restart(now);
  }

  /** The same after a sleep, whose time is counted apart. */
  long restartAwake() {
    long now = clock.nanoTime();
    asleepNanos += now - startedAt;
    return restart(now);
  }

  private long restart(long now) {
    turnsBefore += turns;
    turns = 0;
    clockAt = stride;
    startedAt = now;
    return now;
  }

  /** The look has woken all that it wakes. */
  void lookIsOver(int ready) {
    mostReady = Math.max(mostReady, ready);
  }

  /** Any thread: how many turns there were, perhaps a moment ago. */
  long turns() {
    return turnsBefore + turns;
  }

  long now() {
    return clock.nanoTime();
  }

  /**
   * Which polls are served: the tasks that they woke have had their turns. A time limit that has
   * passed must not beat data that were there before it, also when the loop was held up for long.
   * So it fires only when a poll that began after it is served.
   *
   * <p>What a poll between two passes wakes has its turn in the pass that follows; what a poll in
   * the middle of a pass wakes, in the pass after that one.
   */
  static final class ServedPolls {
    /** When the latest poll began that is served. */
    private long servedAt;

    /**
     * When the latest poll began that is served at the end of this pass, or of the next to come.
     */
    private long thisPass;

    private boolean owesThisPass;

    /** When the latest poll began that is served at the end of the pass after this one. */
    private long nextPass;

    private boolean owesNextPass;

    private boolean inPass;

    /** How many polls there were. Only the loop writes it. */
    private long count;

    ServedPolls(long now) {
      servedAt = now;
    }

    long servedAt() {
      return servedAt;
    }

    /** Any thread: how often the loop has polled, perhaps a moment ago. */
    long count() {
      return count;
    }

    /** A poll that began then is over. */
    void polled(long at, boolean wokeSome) {
      count++;
      if (inPass && (wokeSome || owesNextPass)) {
        owesNextPass = true;
        nextPass = at;
      } else if (wokeSome || owesThisPass) {
        owesThisPass = true;
        thisPass = at;
      } else {
        servedAt = at;
      }
    }

    void passBegins() {
      inPass = true;
    }

    void passEnds() {
      inPass = false;
      if (owesThisPass) {
        servedAt = thisPass;
      }
      thisPass = nextPass;
      owesThisPass = owesNextPass;
      owesNextPass = false;
    }
  }
}
