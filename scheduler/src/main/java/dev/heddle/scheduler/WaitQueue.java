package dev.heddle.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The waiters for one thing, longest waiter first. Every primitive that lets several tasks wait
 * builds on it, so that their order and their cancellation are decided here once.
 *
 * <p>Waiters are linked through their own fields: waiting allocates nothing, and a waiter that is
 * cancelled leaves from the middle at once. A task stands in one queue at a time; one that waits by
 * a {@link Select} stands in a queue by each arm, and the queue does not see the difference.
 *
 * <pre>{@code
 * // in an event: handleYield
 * waiters.add(waiter);
 *
 * // when the thing is there
 * Waiter longest = waiters.poll();
 * if (longest != null) {
 *   longest.wake(thing);
 * }
 * }</pre>
 *
 * <p>Where waiters want different things of one queue, {@link Waiter#event} tells what each wants.
 *
 * <p>Invariant: whoever stands in the queue waits; a waiter is woken only after it was taken out.
 *
 * <p>An arm of a select that has lost, and has not left yet, is passed over by {@link #peek} and
 * {@link #poll}: to serve it would lose what it is given.
 *
 * <p>Used by the scheduler's thread only.
 */
public final class WaitQueue {
  /** The longest waiter; null if the queue is empty. */
  private @Nullable Waiter head;

  /** The waiter that came last; null if the queue is empty. */
  private @Nullable Waiter tail;

  private int size;

  /** An empty queue. */
  public WaitQueue() {}

  /** Whether nobody waits. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** How many wait. */
  public int size() {
    return size;
  }

  /**
   * Adds a waiter behind all others.
   *
   * @throws IllegalStateException if it stands in a queue already
   */
  public void add(Waiter waiter) {
    if (waiter.waitQueue != null) {
      throw new IllegalStateException(waiter + " waits already, for " + waiter.event());
    }
    waiter.waitQueue = this;
    waiter.previous = tail;
    if (tail == null) {
      head = waiter;
    } else {
      tail.next = waiter;
    }
    tail = waiter;
    size++;
    assert valid();
  }

  /** The longest waiter that can be served, or null; it stays in the queue. */
  public @Nullable Waiter peek() {
    Waiter first = head;
    while (first != null && !(first instanceof Task) && !first.isWanted()) {
      first = first.next; // a task by itself is always wanted
    }
    return first;
  }

  /**
   * Takes out the longest waiter that can be served; null if there is none. The caller wakes it.
   */
  public @Nullable Waiter poll() {
    Waiter first = peek();
    if (first != null) {
      unlink(first);
    }
    return first;
  }

  /**
   * Takes out all that wait, in order, those included that come meanwhile.
   *
   * @param each ends the wait of each waiter, before the next is taken out
   */
  public void pollAll(Consumer<? super Waiter> each) {
    for (Waiter first = poll(); first != null; first = poll()) {
      each.accept(first);
    }
  }

  /** Takes out and wakes all that wait: see {@link #pollAll}. */
  public void wakeAll(@Nullable Object result) {
    pollAll(waiter -> waiter.wake(result));
  }

  /** Takes out all that wait and ends each wait with a failure of its own: see {@link #pollAll}. */
  public void failAll(Supplier<? extends Exception> failure) {
    pollAll(waiter -> waiter.fail(failure.get()));
  }

  /** Takes a waiter out, wherever it stands; false if it does not stand here. */
  public boolean remove(Waiter waiter) {
    if (waiter.waitQueue != this) {
      return false;
    }
    unlink(waiter);
    return true;
  }

  /** A copy of the waiting tasks in order, for messages and dumps. */
  public List<Task<?>> toList() {
    List<Task<?>> waiters = new ArrayList<>(size);
    for (Waiter waiter = head; waiter != null; waiter = waiter.next) {
      waiters.add(waiter.task());
    }
    return waiters;
  }

  @Override
  public String toString() {
    return toList().toString();
  }

  void unlink(Waiter waiter) {
    assert waiter.waitQueue == this : waiter + " does not stand in this queue";
    Waiter before = waiter.previous;
    Waiter after = waiter.next;
    if (before == null) {
      head = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      tail = before;
    } else {
      after.previous = before;
    }
    waiter.previous = null;
    waiter.next = null;
    waiter.waitQueue = null;
    size--;
    assert valid();
  }

  /** The ends fit to the size. Called after each change; the links between are not walked. */
  private boolean valid() {
    if (head == null || tail == null) {
      return head == null && tail == null && size == 0;
    }
    return size > 0
        && head.previous == null
        && tail.next == null
        && head.waitQueue == this
        && tail.waitQueue == this
        && (head == tail) == (size == 1);
  }
}
