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

  /** Whether there was a look: before the first, {@link #lookNanos} means nothing. */
  private boolean hasLooked;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
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
    return false;
  }

  /**
   * How long from {@code now} to the earliest deadline: 0 if it has passed, {@link #NONE} if none.
   */
  long nanosUntilNext(long now) {
    return size == 0 ? NONE : Math.max(0, nanos[0] - now);
  }

  /** Whether an entry is due by then, and still to fire; false if it is not in. */
  boolean isPast(Timed timed, long now) {
    return timed.heapIndex >= 0 && nanos[timed.heapIndex] - now <= 0;
  }

  /**
   * Adds an entry, or moves it if it is in the queue. A deadline before the last look counts as one
   * at the look: it must not overtake those that the look has still to fire.
   */
  void set(Timed timed, long deadlineNanos) {
    clear(timed);
    if (size == what.length) {
      grow();
    }
    boolean isPast = hasLooked && deadlineNanos - lookNanos < 0;
    siftUp(size++, isPast ? lookNanos : deadlineNanos, set++, timed);
    assert valid(timed.heapIndex);
  }

  /**
   * A look begins. Deadlines that are set from now on are for the next look: a deadline that is
   * always set again in the past would otherwise keep the look from ending.
   */
  void beginLook(long now) {
    lookNanos = now;
    hasLooked = true;
    setBeforeLook = set;
  }

  /** Takes an entry out; does nothing if it is not in. */
  void clear(Timed timed) {
    int hole = timed.heapIndex;
    if (hole < 0) {
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

  /** Takes the earliest entry out if its deadline is not after the look. */
  @Nullable Timed pollExpired() {
    if (size == 0) {
      return null;
    }
    long late = lookNanos - nanos[0];
    if (late < 0 || (late == 0 && order[0] - setBeforeLook >= 0)) {
      return null; // what is set during the look is never before it, so that late is 0
    }
    Timed first = what[0];
    assert first != null;
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
}
