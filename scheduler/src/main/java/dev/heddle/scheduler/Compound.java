package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * An event made of others: the task waits for the whole, and the whole starts, resumes and undoes
 * its parts, which know nothing of it.
 *
 * <p>A part keeps the task as it would alone, and wakes it. As the task waits for the whole, the
 * kernel looks for the compound that has the part ({@link #holderOf}) and gives it the news; that
 * one tells its own news in the same way, to the task or to the compound of which it is a part. So
 * each primitive is written once and works in a {@link Select} and with a timeout; and what it does
 * to the task itself, to make it the holder of a lock for example, it does to the one that waits.
 */
abstract sealed class Compound<T extends @Nullable Object, X extends Exception>
    extends YieldEvent<T, X> permits Select, Within, AfterGroup {

  /** This or the one among its parts that has started this very event; null if none has. */
  abstract @Nullable Compound<?, ?> holderOf(YieldEvent<?, ?> part);

  /** A part of its own is over. */
  abstract void partDone(Task<?> task, YieldEvent<?, ?> part, Outcome outcome);

  /** A part of its own wants its handleResume in the task's next turn. */
  abstract void partReady(Task<?> task, YieldEvent<?, ?> part);

  /** A part of its own that could not be undone at once is undone now. */
  abstract void partUndone(Task<?> task, YieldEvent<?, ?> part);

  /** Undoes what this part waits for, which may be a part of a part, in its place of several. */
  abstract boolean undoIn(Within<?> part, Task<?> task);

  /**
   * This arm of a select, which may be a part of a part, is over: whatever else is a part of this
   * is undone, the last first.
   */
  abstract void undoAllBut(Select.Arm winner, Task<?> task);

  /** Whether this select is this, or a part of it that has started. */
  abstract boolean contains(Select<?> select);

  /**
   * What is to stand in a queue for the part that goes there just now.
   *
   * @param whole what would stand there for this event
   * @param part what goes there, if it is known
   */
  abstract Waiter waiter(Waiter whole, @Nullable YieldEvent<?, ?> part);

  /** What stands in this queue for one of the parts; null if nothing does. */
  abstract @Nullable Waiter standingIn(WaitQueue queue);

  /** How a part ended: with a value or a failure, which may get the stack of the await. */
  record Outcome(@Nullable Object value, @Nullable Throwable failure, boolean here) {}

  /** What the part gave becomes what the whole gives. */
  final void pass(Task<?> task, Outcome outcome) {
    task.wake(this, outcome.value, outcome.failure, outcome.here);
  }

  static @Nullable Compound<?, ?> holderIn(
      @Nullable YieldEvent<?, ?> event, YieldEvent<?, ?> part) {
    return event instanceof Compound<?, ?> inner ? inner.holderOf(part) : null;
  }

  static @Nullable Waiter standingIn(WaitQueue queue, @Nullable YieldEvent<?, ?> event) {
    return event instanceof Compound<?, ?> inner ? inner.standingIn(queue) : null;
  }

  static Waiter waiterIn(YieldEvent<?, ?> event, Waiter whole, @Nullable YieldEvent<?, ?> part) {
    return event instanceof Compound<?, ?> inner ? inner.waiter(whole, part) : whole;
  }

  static void undoAllBut(@Nullable YieldEvent<?, ?> event, Select.Arm winner, Task<?> task) {
    if (event instanceof Compound<?, ?> inner) {
      inner.undoAllBut(winner, task);
    }
  }

  static boolean isIn(YieldEvent<?, ?> event, Select<?> select) {
    return event instanceof Compound<?, ?> inner && inner.contains(select);
  }

  static boolean undoIn(@Nullable YieldEvent<?, ?> event, Within<?> part, Task<?> task) {
    return event instanceof Compound<?, ?> inner && inner.undoIn(part, task);
  }
}
