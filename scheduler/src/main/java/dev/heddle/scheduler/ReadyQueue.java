package dev.heddle.scheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that want a turn, first in first out.
 *
 * <p>A ring in an array, not links through the tasks: with G1, each reference written into an old
 * object costs a barrier, and a linked queue writes four a turn where this writes two. That was 4
 * of 16 nanoseconds.
 *
 * <p>Invariant: the ring's length is a power of two, and no slot outside of the queue keeps a task.
 */
final class ReadyQueue {
  private static final int SMALLEST = 64;

  /** Up to this length a ring is kept for the next burst: 64 KiB. */
  private static final int LONGEST_KEPT = 1 << 14;

  /** Its length is a power of two, so that an index wraps by a mask. */
  private @Nullable Task<?>[] ring = new Task<?>[SMALLEST];

  /** Where the first task stands. */
  private int head;

  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(Task<?> task) {
    assert task.waitQueue == null : task + " is in a wait queue";
    if (size == ring.length) {
      grow();
    }
    ring[(head + size++) & (ring.length - 1)] = task;
    assert valid();
  }

  /**
   * Takes a task out from wherever it stands; looks through the whole queue, so only for errors.
   */
  void remove(Task<?> task) {
    for (int left = size; left > 0; left--) {
      Task<?> first = take();
      if (first != task) {
        add(first);
      }
    }
  }

  /** Takes the first one out; there must be one. */
  Task<?> take() {
    Task<?> task = ring[head];
    assert task != null : "no task is ready";
    ring[head] = null; // an ended task must not stay reachable
    head = (head + 1) & (ring.length - 1);
    size--;
    assert valid();
    return task;
  }

  /** Nothing is ready: a ring that was filled by a million tasks, which all wait now, is let go. */
  void trim() {
    assert size == 0 : size + " tasks are ready";
    if (ring.length > LONGEST_KEPT) {
      ring = new Task<?>[SMALLEST];
      head = 0;
    }
  }

  private boolean valid() {
    return Integer.bitCount(ring.length) == 1
        && size >= 0
        && size <= ring.length
        && (size == ring.length || ring[(head + size) & (ring.length - 1)] == null);
  }

  /** How many tasks there is room for. */
  int capacity() {
    return ring.length;
  }

  private void grow() {
    @Nullable Task<?>[] larger = Arrays.copyOfRange(ring, head, head + 2 * ring.length);
    System.arraycopy(ring, 0, larger, ring.length - head, head);
    ring = larger;
    head = 0;
  }
}
