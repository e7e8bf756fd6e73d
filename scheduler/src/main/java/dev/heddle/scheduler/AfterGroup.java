package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What a task waits for that has left a group before the group's children have ended: for their
 * end, and only then for the event that its body has yielded.
 *
 * <p>In thread style {@link TaskGroup#close} waits by one that stands {@linkplain #alone alone}. In
 * the other styles {@code close} cannot wait, so the first await behind the block does.
 */
final class AfterGroup extends YieldEvent<@Nullable Object, RuntimeException> {
  /** What the body has yielded; null if there is nothing to wait for but the children. */
  private final @Nullable YieldEvent<?, ?> yielded;

  AfterGroup(@Nullable YieldEvent<?, ?> yielded) {
    this.yielded = yielded;
  }

  /** Waits for the children and for nothing else. */
  static AfterGroup alone() {
    return new AfterGroup(null);
  }

  void childrenEnded(Task<?> task) {
    wakeToResume(task);
  }

  /** Yielded alone; while there are children, the kernel lets the task wait instead. */
  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    handleResume(scheduler, waiter);
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    if (yielded == null) {
      wake(waiter, null);
    } else {
      Task<?> task = waiter.task();
      task.event = yielded;
      yielded.handleYield(scheduler, task);
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
    return !waiter.task().isLingering() && !startsWhenCancelled();
  }

  @Override
  boolean startsWhenCancelled() {
    return yielded == null || yielded.startsWhenCancelled();
  }

  @Override
  public String describe() {
    return "the tasks of a group whose block it has left"
        + (yielded == null ? "" : ", and then for " + yielded.describe());
  }
}
