package dev.heddle.scheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one scheduler, in order; equal ones in the order in which they were set.
 *
 * <p>A binary heap over three arrays side by side, so that sifting compares numbers in two cache
 * lines and follows no pointer. Each entry knows its index, so that a deadline that is not needed
 * any more leaves at once: with tombstones, a server that sets and clears one for each request
 * would keep as many dead entries as it serves requests within a timeout.
 *
 * <p>Invariant: {@code what[i].heapIndex == i} for each i below size, and no entry is earlier than
 * its parent.
 */
final class Deadlines {
  /** What {@link #nanosUntilNext} says of no deadline; later than any. */
  static final long NONE = Long.MAX_VALUE;

  private long[] nanos = new long[16];
  private long[] order = new long[16];
  private @Nullable Timed[] what = new Timed[16];
  private int size;

  /** Counts deadlines ever set: decides between equal ones. */
  private long set;

  /** The time of the look that is under way, and how many deadlines had been set when it began. */
  private long lookNanos;

  private long setBeforeLook;

  private boolean hasLooked;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /**
   * How long from {@code now} to the earliest deadline: 0 if it has passed, {@link #NONE} if none.
   */
  long nanosUntilNext(long now) {
    return size == 0 ? NONE : Math.max(0, nanos[0] - now);
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
  }

  /**
   * What is set from here on is for the next look: else one that is always late would hold us here.
   */
  void beginLook(long now) {
    lookNanos = now;
    hasLooked = true;
    setBeforeLook = set;
  }

  /** Takes an entry out; does nothing if it is not in. */
  void clear(Timed timed) {
    int hole = timed.heapIndex;
    if (hole == Timed.NOT_QUEUED) {
      return;
    }
    assert what[hole] == timed : "in the deadline queue of another scheduler";
    timed.heapIndex = Timed.NOT_QUEUED;
    Timed last = what[--size];
    what[size] = null;
    if (hole != size && last != null) {
      refill(hole, nanos[size], order[size], last);
    }
  }

  /** Takes the earliest entry out if its deadline is not after the look. */
  @Nullable Timed pollExpired() {
    if (size == 0 || nanos[0] - lookNanos > 0 || order[0] >= setBeforeLook) {
      return null;
    }
    Timed first = what[0];
    assert first != null;
    clear(first);
    return first;
  }

  private void refill(int hole, long at, long number, Timed timed) {
    if (hole > 0 && before(at, number, (hole - 1) >>> 1)) {
      siftUp(hole, at, number, timed);
    } else {
      siftDown(hole, at, number, timed);
    }
  }

  private void siftUp(int from, long at, long number, Timed timed) {
    int i = from;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (!before(at, number, parent)) {
        break;
      }
      move(parent, i);
      i = parent;
    }
    place(i, at, number, timed);
  }

  private void siftDown(int from, long at, long number, Timed timed) {
    int i = from;
    while (true) {
      int child = 2 * i + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(nanos[child + 1], order[child + 1], child)) {
        child++;
      }
      if (before(at, number, child)) {
        break;
      }
      move(child, i);
      i = child;
    }
    place(i, at, number, timed);
  }

  /** Differences, not values: {@code nanoTime} may wrap around. */
  private boolean before(long at, long number, int index) {
    long difference = at - nanos[index];
    return difference < 0 || (difference == 0 && number < order[index]);
  }

  private void move(int from, int to) {
    Timed timed = what[from];
    assert timed != null;
    place(to, nanos[from], order[from], timed);
  }

  private void place(int index, long at, long number, Timed timed) {
    nanos[index] = at;
    order[index] = number;
    what[index] = timed;
    timed.heapIndex = index;
  }

  private void grow() {
    nanos = Arrays.copyOf(nanos, 2 * size);
    order = Arrays.copyOf(order, 2 * size);
    what = Arrays.copyOf(what, 2 * size);
  }
}
