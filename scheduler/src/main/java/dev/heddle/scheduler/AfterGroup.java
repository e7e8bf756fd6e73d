package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * The first await behind the block of a group that was left with children, in the styles in which
 * {@link TaskGroup#close} cannot wait: waits for them to end, and only then starts the event that
 * the body has yielded.
 */
final class AfterGroup extends Compound<@Nullable Object, Exception> {
  private final YieldEvent<?, ?> yielded;
  private boolean started;

  AfterGroup(YieldEvent<?, ?> yielded) {
    this.yielded = yielded;
  }

  YieldEvent<?, ?> yielded() {
    return yielded;
  }

  /** The children have ended. */
  void go(Task<?> task) {
    wakeToResume(task);
  }

  @Override
  protected void handleYield(Scheduler scheduler, Task<?> task) {
    // The children's end comes by go().
  }

  @Override
  protected void handleResume(Scheduler scheduler, Task<?> task) {
    if (started) {
      yielded.handleResume(scheduler, task);
    } else {
      started = true;
      yielded.handleYield(scheduler, task);
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Task<?> task) {
    if (started) {
      return yielded.handleCancel(scheduler, task);
    }
    return !task.isLingering() && !yielded.startsWhenCancelled();
  }

  @Override
  @Nullable Compound<?, ?> holderOf(YieldEvent<?, ?> part) {
    if (!started) {
      return null;
    }
    return part == yielded ? this : holderIn(yielded, part);
  }

  @Override
  void partDone(Task<?> task, YieldEvent<?, ?> part, Outcome outcome) {
    pass(task, outcome);
  }

  @Override
  void partReady(Task<?> task, YieldEvent<?, ?> part) {
    wakeToResume(task);
  }

  @Override
  void partUndone(Task<?> task, YieldEvent<?, ?> part) {
    wakeUndone(task);
  }

  @Override
  boolean undoIn(Within<?> part, Task<?> task) {
    return undoIn(yielded, part, task);
  }

  @Override
  void undoAllBut(Select.Arm winner, Task<?> task) {
    undoAllBut(yielded, winner, task);
  }

  @Override
  boolean contains(Select<?> select) {
    return isIn(yielded, select);
  }

  @Override
  Waiter waiter(Waiter whole, @Nullable YieldEvent<?, ?> part) {
    return waiterIn(yielded, whole, part);
  }

  @Override
  @Nullable Waiter standingIn(WaitQueue queue) {
    return standingIn(queue, yielded);
  }

  @Override
  protected boolean isWokenFromOutside() {
    return started && yielded.isWokenFromOutside();
  }

  @Override
  boolean endsByTime() {
    return started && yielded.endsByTime();
  }

  @Override
  public @Nullable Resource resource() {
    return started ? yielded.resource() : null;
  }

  @Override
  public String describe() {
    return started
        ? yielded.describe()
        : "the tasks of a group whose block it has left, and then for " + yielded.describe();
  }
}
