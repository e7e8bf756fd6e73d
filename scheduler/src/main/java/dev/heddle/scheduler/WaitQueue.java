package dev.heddle.scheduler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for one thing, longest waiter first. Every primitive that lets several tasks
 * wait builds on it, so that their order and their cancellation are decided here once.
 *
 * <p>Tasks are linked through their own fields: waiting allocates nothing, and a waiter that is
 * cancelled leaves from the middle at once. A task waits in one queue at a time, or, by a {@link
 * Select}, in one queue for each arm; the queue does not see the difference.
 *
 * <pre>{@code
 * // in an event: handleYield
 * waiters.add(task);
 * // in handleCancel
 * return waiters.remove(task);
 * // when the thing is there
 * Task<?> first = waiters.poll();
 * if (first != null) {
 *   wake(first, thing);
 * }
 * }</pre>
 *
 * <p>Used by the scheduler's thread only, like all that is not marked otherwise.
 */
public final class WaitQueue {
  private @Nullable Waiter head;
  private @Nullable Waiter tail;
  private int size;

  /** An empty queue. */
  public WaitQueue() {}

  /** Whether nobody waits. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** How many tasks wait. */
  public int size() {
    return size;
  }

  /** Adds a task behind all others. */
  public void add(Task<?> task) {
    add(task, null);
  }

  /**
   * Adds a task behind all others, and keeps beside it what it wants: for a primitive whose waiters
   * do not all want the same, {@link #peekEvent} tells.
   *
   * @throws IllegalStateException if the task waits in a queue already; one that waits by a {@link
   *     Select} may stand in a queue for each arm
   */
  public void add(Task<?> task, @Nullable YieldEvent<?, ?> event) {
    Waiter waiter = task.waiter(event);
    if (waiter.waitQueue != null) {
      throw new IllegalStateException(task + " waits already, for " + task.waitingFor());
    }
    waiter.waitQueue = this;
    waiter.queuedEvent = event;
    waiter.previous = tail;
    if (tail == null) {
      head = waiter;
    } else {
      tail.next = waiter;
    }
    tail = waiter;
    size++;
  }

  /** The longest waiter, or null; it stays in the queue. */
  public @Nullable Task<?> peek() {
    return head == null ? null : head.task();
  }

  /** The event with which the longest waiter was added; null if nobody waits. */
  public @Nullable YieldEvent<?, ?> peekEvent() {
    return head == null ? null : head.queuedEvent;
  }

  /** Takes out the longest waiter; null if nobody waits. The caller wakes it. */
  public @Nullable Task<?> poll() {
    Waiter first = head;
    if (first == null) {
      return null;
    }
    unlink(first);
    return first.task();
  }

  /** Takes a task out, wherever it stands; false if it does not wait here. */
  public boolean remove(Task<?> task) {
    Waiter waiter = task.standingIn(this);
    if (waiter == null) {
      return false;
    }
    unlink(waiter);
    return true;
  }

  /** A copy of the waiters in order, for messages and dumps. */
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
    assert waiter.waitQueue == this;
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
    waiter.queuedEvent = null;
    size--;
  }
}
