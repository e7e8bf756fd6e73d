package dev.heddle.scheduler;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one scheduler, in order; equal ones in the order in which they were set.
 *
 * <p>Most are set in the order in which they pass, because a program has few lengths of its sleeps
 * and time limits. A deadline that is not before the last of these stands in a {@link Row}, which
 * costs nothing to keep in order. All others stand in a heap. The earliest is the earlier of the
 * first in the row and the first in the heap.
 *
 * <p>The heap lies in three arrays side by side, so that comparing follows no pointer. Each entry
 * knows its place, so that a deadline that is not needed any more leaves at once: with tombstones,
 * a server that sets and clears one for each request would keep as many dead entries as it serves
 * requests within a timeout. That costs a write to each entry that moves; so each has four children
 * instead of two, which halves the moves, and the four stand side by side in memory.
 *
 * <p>Invariant: {@code what[i].queuePlace == i} for each i below size, and no entry is earlier than
 * its parent.
 *
 * <p>This file is long because row and heap are one order, and no one else may see them apart.
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

  /** How many stand in the heap. */
  private int size;

  private final Row row = new Row();

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
    return held == null ? notHeld() : notHeld() + held.notHeld();
  }

  private int notHeld() {
    return size + row.size;
  }

  /**
   * Whether some deadline is not one {@linkplain Timed#isBackground in the background}. There are
   * few in the background, so it finds the answer soon.
   */
  boolean keepRunGoing() {
    for (int i = 0; i < size; i++) {
      if (!Objects.requireNonNull(what[i]).isBackground()) {
        return true;
      }
    }
    return row.keepsRunGoing() || (held != null && held.keepRunGoing());
  }

  /**
   * How long from {@code now} to the earliest deadline: 0 if it has passed, {@link #NONE} if none.
   */
  long nanosUntilNext(long now) {
    if (held != null && held.notHeld() > 0) {
      return 0;
    }
    return notHeld() == 0 ? NONE : Math.max(0, firstNanos() - now);
  }

  /** Whether the earliest entry stands in the row. There is one. */
  private boolean isFirstInRow() {
    return row.size > 0 && (size == 0 || before(row.nanos[row.head], row.order[row.head], 0));
  }

  /** When the earliest entry is due. There is one. */
  private long firstNanos() {
    return isFirstInRow() ? row.nanos[row.head] : nanos[0];
  }

  /** Whether an entry is due by then, and still to fire; false if it is not in. */
  boolean isPast(Timed timed, long now) {
    if (timed.queuePlace < 0) {
      return false;
    }
    return !isHere(timed)
        || (Row.has(timed) ? row.nanosOf(timed) : nanos[timed.queuePlace]) - now <= 0;
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
    if (row.takes(deadlineNanos)) {
      row.add(deadlineNanos, set++, timed);
    } else if (row.size == 1) {
      addToHeap(row.nanos[row.head], row.order[row.head], row.takeFirst()); // more come like this
      row.add(deadlineNanos, set++, timed);
    } else {
      addToHeap(deadlineNanos, set++, timed);
    }
  }

  private void addToHeap(long deadlineNanos, int number, Timed timed) {
    if (size == what.length) {
      grow();
    }
    siftUp(size++, deadlineNanos, number, timed);
    assert valid(timed.queuePlace);
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
    while (waiting != null && waiting.notHeld() > 0 && waiting.firstNanos() - served <= 0) {
      long at = waiting.firstNanos();
      add(waiting.takeFirst(), at);
    }
    setBeforeLook = set;
  }

  /** Takes an entry out; does nothing if it is not in. */
  void clear(Timed timed) {
    if (timed.queuePlace < 0) {
      return;
    }
    if (held != null && !isHere(timed)) {
      held.clear(timed);
      return;
    }
    assert isHere(timed) : "in the deadline queue of another scheduler";
    if (Row.has(timed)) {
      row.takeOut(timed);
    } else {
      clearInHeap(timed);
    }
  }

  private void clearInHeap(Timed timed) {
    int hole = timed.queuePlace;
    timed.queuePlace = Timed.NOT_QUEUED;
    Timed last = what[--size];
    what[size] = null;
    if (hole != size && last != null) {
      refill(hole, nanos[size], order[size], last);
      assert valid(hole) && valid(last.queuePlace);
    }
  }

  /** Whether an entry that is set is not held. */
  private boolean isHere(Timed timed) {
    return Row.has(timed)
        ? row.contains(timed)
        : timed.queuePlace < size && what[timed.queuePlace] == timed;
  }

  /**
   * Takes the earliest entry out if its deadline is not after the look. One that has to wait for a
   * poll is held until a later look.
   */
  @Nullable Timed pollExpired() {
    while (notHeld() > 0) {
      boolean inRow = isFirstInRow();
      long at = inRow ? row.nanos[row.head] : nanos[0];
      long late = lookNanos - at;
      int number = inRow ? row.order[row.head] : order[0];
      if (late < 0 || (late == 0 && number - setBeforeLook >= 0)) {
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
    if (isFirstInRow()) {
      return row.takeFirst();
    }
    Timed first = what[0];
    assert first != null : "empty";
    clearInHeap(first);
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
    put(i, at, number, timed);
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
    put(i, at, number, timed);
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
    put(to, nanos[from], order[from], timed);
  }

  private void put(int index, long at, int number, Timed timed) {
    nanos[index] = at;
    order[index] = number;
    what[index] = timed;
    timed.queuePlace = index;
  }

  /** Whether the invariant holds at this index and between it, its parent and its children. */
  private boolean valid(int index) {
    Timed timed = what[index];
    int child = leastChild(index);
    return timed != null
        && timed.queuePlace == index
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
   * Entries that were set in the order in which they pass, in a circle of places. One that is taken
   * out leaves a hole; when the circle is full, all move together into a new one that has a quarter
   * more places than there are entries.
   *
   * <p>Invariant: {@code what[i].queuePlace == (i | IN_ROW)} for each place i that is no hole, none
   * is earlier than the one before it, and first and last of the span are no holes.
   */
  private static final class Row {
    /** What the place of an entry has if it stands in a row: no heap is so large. */
    private static final int IN_ROW = 1 << 30;

    private static final int SPARE = 16;

    private long[] nanos = new long[SPARE];
    private int[] order = new int[SPARE];
    private @Nullable Timed[] what = new Timed[SPARE];

    /** The place of the first. */
    private int head;

    /** How many places there are from the first to the last, holes included. */
    private int span;

    /** How many entries there are. */
    private int size;

    static boolean has(Timed timed) {
      return timed.queuePlace >= IN_ROW;
    }

    private int wrapped(int index) {
      return index < what.length ? index : index - what.length;
    }

    /** Whether an entry with this deadline may come last. */
    boolean takes(long at) {
      return span == 0 || nanos[wrapped(head + span - 1)] - at <= 0;
    }

    void add(long at, int number, Timed timed) {
      if (span == what.length) {
        moveTogether();
      }
      int last = wrapped(head + span++);
      nanos[last] = at;
      order[last] = number;
      what[last] = timed;
      timed.queuePlace = last | IN_ROW;
      size++;
      assert valid();
    }

    boolean contains(Timed timed) {
      int index = timed.queuePlace ^ IN_ROW;
      return index < what.length && what[index] == timed;
    }

    long nanosOf(Timed timed) {
      return nanos[timed.queuePlace ^ IN_ROW];
    }

    Timed takeFirst() {
      Timed first = Objects.requireNonNull(what[head]);
      takeOut(first);
      return first;
    }

    void takeOut(Timed timed) {
      what[timed.queuePlace ^ IN_ROW] = null;
      timed.queuePlace = Timed.NOT_QUEUED;
      size--;
      while (span > 0 && what[head] == null) {
        head = wrapped(head + 1);
        span--;
      }
      while (span > 0 && what[wrapped(head + span - 1)] == null) {
        span--;
      }
      assert valid();
    }

    boolean keepsRunGoing() {
      for (int i = 0; i < span; i++) {
        Timed timed = what[wrapped(head + i)];
        if (timed != null && !timed.isBackground()) {
          return true;
        }
      }
      return false;
    }

    private void moveTogether() {
      int places = size + (size >> 2) + SPARE;
      if (head == 0 && span == size) { // all keep their places: entries are far from the processor
        nanos = Arrays.copyOf(nanos, places);
        order = Arrays.copyOf(order, places);
        what = Arrays.copyOf(what, places);
      } else {
        moveInto(new long[places], new int[places], new Timed[places]);
      }
    }

    private void moveInto(long[] newNanos, int[] newOrder, @Nullable Timed[] newWhat) {
      int to = 0;
      for (int i = 0; i < span; i++) {
        int from = wrapped(head + i);
        Timed timed = what[from];
        if (timed != null) {
          newNanos[to] = nanos[from];
          newOrder[to] = order[from];
          newWhat[to] = timed;
          timed.queuePlace = to | IN_ROW;
          to++;
        }
      }
      nanos = newNanos;
      order = newOrder;
      what = newWhat;
      head = 0;
      span = size;
    }

    /** Whether the invariant holds at both ends; in the middle nothing changes. */
    private boolean valid() {
      return size == 0 ? span == 0 : size <= span && validAt(head) && validLast();
    }

    private boolean validAt(int index) {
      Timed timed = what[index];
      return timed != null && timed.queuePlace == (index | IN_ROW);
    }

    private boolean validLast() {
      int last = wrapped(head + span - 1);
      int before = wrapped(last + what.length - 1);
      return validAt(last) && (span == 1 || nanos[before] - nanos[last] <= 0);
    }
  }
}
