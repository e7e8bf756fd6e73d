package dev.heddle.scheduler;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one scheduler, in order; equal ones in the order in which they were set.
 *
 * <p>A heap over three arrays side by side, so that comparing follows no pointer. Each entry knows
 * its index, so that a deadline that is not needed any more leaves at once: with tombstones, a
 * server that sets and clears one for each request would keep as many dead entries as it serves
 * requests within a timeout. That costs a write to each entry that moves; so each has four children
 * instead of two, which halves the moves, and the four stand side by side in memory.
 *
 * <p>Invariant: {@code what[i].heapIndex == i} for each i below size, and no entry is earlier than
 * its parent.
 *
 * <p>This file is long because what decides when a deadline is looked at is in it, too: {@link
 * PollCadence}, {@link ServedPolls}.
 */
final class Deadlines {
  /** What {@link #nanosUntilNext} gives when there is no deadline; longer than any wait. */
  static final long NONE = Long.MAX_VALUE;

  /** When each entry is due; the heap is ordered by this and by {@code order}. */
  private long[] nanos = new long[16];

  /** The number of each entry in the order of setting, which decides between equal deadlines. */
  private int[] order = new int[16];

  /** What is told when an entry is due. */
  private @Nullable Timed[] what = new Timed[16];

  private int size;

  /**
   * Counts deadlines ever set, and decides between equal ones. It may wrap around: only between two
   * deadlines that are equal to the nanosecond, and 2<sup>31</sup> settings apart, is it wrong.
   */
  private int set;

  /** The time of the last look. */
  private long lookNanos;

  /** How many deadlines had been set when the last look began. */
  private int setBeforeLook;

  /** What a poll that began by then has woken has had its turn: set by the look. */
  private long servedNanos;

  /**
   * Entries that have passed and that {@linkplain Timed#comesAfterPolls wait for a poll}, so that
   * they do not stand before others; null as long as there were none. In it nothing is held.
   */
  private @Nullable Deadlines held;

  /** Whether there was a look: before the first, {@link #lookNanos} means nothing. */
  private boolean hasLooked;

  boolean isEmpty() {
    return size() == 0;
  }

  int size() {
    return held == null ? size : size + held.size;
  }

  /**
   * Whether some deadline is not one {@linkplain Timed#isBackground in the background}. Looks at
   * the earliest first; there are few in the background, so it finds the answer soon.
   */
  boolean keepRunGoing() {
    for (int i = 0; i < size; i++) {
      if (!Objects.requireNonNull(what[i]).isBackground()) {
        return true;
      }
    }
    return held != null && held.keepRunGoing();
  }

  /**
   * How long from {@code now} to the earliest deadline: 0 if it has passed, {@link #NONE} if none.
   */
  long nanosUntilNext(long now) {
    if (held != null && held.size > 0) {
      return 0;
    }
    return size == 0 ? NONE : Math.max(0, nanos[0] - now);
  }

  /** Whether an entry is due by then, and still to fire; false if it is not in. */
  boolean isPast(Timed timed, long now) {
    int index = timed.heapIndex;
    return index >= 0 && (!isHere(timed) || nanos[index] - now <= 0);
  }

  /**
   * Adds an entry, or moves it if it is in the queue. A deadline before the last look counts as one
   * at the look: it must not overtake those that the look has still to fire.
   */
  void set(Timed timed, long deadlineNanos) {
    clear(timed);
    boolean isPast = hasLooked && deadlineNanos - lookNanos < 0;
    add(timed, isPast ? lookNanos : deadlineNanos);
  }

  private void add(Timed timed, long deadlineNanos) {
    if (size == what.length) {
      grow();
    }
    siftUp(size++, deadlineNanos, set++, timed);
    assert valid(timed.heapIndex);
  }

  /**
   * A look begins. Deadlines that are set from now on are for the next look: a deadline that is
   * always set again in the past would otherwise keep the look from ending.
   */
  void beginLook(long now) {
    beginLook(now, now);
  }

  /**
   * The same, where some of what was there before the look may not have had its turn.
   *
   * @param served what was there by then has had its turn
   */
  void beginLook(long now, long served) {
    lookNanos = now;
    servedNanos = served;
    hasLooked = true;
    Deadlines waiting = held;
    while (waiting != null && waiting.size > 0 && waiting.nanos[0] - served <= 0) {
      long at = waiting.nanos[0];
      add(waiting.takeFirst(), at);
    }
    setBeforeLook = set;
  }

  /** Takes an entry out; does nothing if it is not in. */
  void clear(Timed timed) {
    int hole = timed.heapIndex;
    if (hole < 0) {
      return;
    }
    if (held != null && !isHere(timed)) {
      held.clear(timed);
      return;
    }
    assert what[hole] == timed : "in the deadline queue of another scheduler";
    timed.heapIndex = Timed.NOT_QUEUED;
    Timed last = what[--size];
    what[size] = null;
    if (hole != size && last != null) {
      refill(hole, nanos[size], order[size], last);
      assert valid(hole) && valid(last.heapIndex);
    }
  }

  /** Whether an entry that is set stands in this heap, and is not held. */
  private boolean isHere(Timed timed) {
    return timed.heapIndex < size && what[timed.heapIndex] == timed;
  }

  /**
   * Takes the earliest entry out if its deadline is not after the look. One that has to wait for a
   * poll is held until a later look.
   */
  @Nullable Timed pollExpired() {
    while (size > 0) {
      long at = nanos[0];
      long late = lookNanos - at;
      if (late < 0 || (late == 0 && order[0] - setBeforeLook >= 0)) {
        return null; // what is set during the look is never before it, so that late is 0
      }
      Timed first = takeFirst();
      if (at - servedNanos <= 0 || !first.comesAfterPolls()) {
        return first;
      }
      if (held == null) {
        held = new Deadlines();
      }
      held.add(first, at);
    }
    return null;
  }

  private Timed takeFirst() {
    Timed first = what[0];
    assert first != null : "empty";
    clear(first);
    return first;
  }

  private void refill(int hole, long at, int number, Timed timed) {
    if (hole > 0 && before(at, number, parentOf(hole))) {
      siftUp(hole, at, number, timed);
    } else {
      siftDown(hole, at, number, timed);
    }
  }

  private void siftUp(int from, long at, int number, Timed timed) {
    int i = from;
    while (i > 0) {
      int parent = parentOf(i);
      if (!before(at, number, parent)) {
        break;
      }
      move(parent, i);
      i = parent;
    }
    place(i, at, number, timed);
  }

  private void siftDown(int from, long at, int number, Timed timed) {
    int i = from;
    for (int least = leastChild(i); least < size; least = leastChild(i)) {
      if (before(at, number, least)) {
        break;
      }
      move(least, i);
      i = least;
    }
    place(i, at, number, timed);
  }

  private static int parentOf(int index) {
    return (index - 1) >>> 2;
  }

  /** The earliest of its children; {@link #size} if it has none. */
  private int leastChild(int index) {
    int first = 4 * index + 1;
    if (first >= size || first < 0) {
      return size;
    }
    int last = Math.min(first + 3, size - 1);
    int least = first;
    for (int child = first + 1; child <= last; child++) {
      if (before(nanos[child], order[child], least)) {
        least = child;
      }
    }
    return least;
  }

  /** Differences, not values: {@code nanoTime} may wrap around. */
  private boolean before(long at, int number, int index) {
    long difference = at - nanos[index];
    return difference < 0 || (difference == 0 && number - order[index] < 0);
  }

  private void move(int from, int to) {
    Timed timed = what[from];
    assert timed != null;
    place(to, nanos[from], order[from], timed);
  }

  private void place(int index, long at, int number, Timed timed) {
    nanos[index] = at;
    order[index] = number;
    what[index] = timed;
    timed.heapIndex = index;
  }

  /** Whether the invariant holds at this index and between it, its parent and its children. */
  private boolean valid(int index) {
    Timed timed = what[index];
    int child = leastChild(index);
    return timed != null
        && timed.heapIndex == index
        && (index == 0 || !before(nanos[index], order[index], parentOf(index)))
        && (child >= size || !before(nanos[child], order[child], index));
  }

  private void grow() {
    int larger = size + (size >> 2); // by a quarter: of millions, what is not used is much memory
    nanos = Arrays.copyOf(nanos, larger);
    order = Arrays.copyOf(order, larger);
    what = Arrays.copyOf(what, larger);
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

  /**
   * When the loop, with tasks ready, must look at I/O, deadlines and inbox all the same: after
   * {@value #MOST_TURNS} turns or {@value #MOST_NANOS} ns, whichever comes first.
   *
   * <p>Reading the clock costs as much as several turns of a light task, so it is not read after
   * each: while turns are short, after up to {@value #MOST_STRIDE}; as soon as they are long, after
   * each. So a row of long turns that follows short ones is noticed late by {@value #MOST_STRIDE}
   * turns at the most.
   */
  static final class PollCadence {
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
  }
}
