package dev.heddle.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * The first await behind the block of a group that was left with children, in the styles in which
 * {@link TaskGroup#close} cannot wait: waits for them to end, and only then starts the event that
 * the body has yielded, which takes its place.
 */
final class AfterGroup extends YieldEvent<@Nullable Object, Exception> {
  private final YieldEvent<?, ?> yielded;

  AfterGroup(YieldEvent<?, ?> yielded) {
    this.yielded = yielded;
  }

  /** The children have ended. */
  void go(Task<?> task) {
    wakeToResume(task);
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    // The children's end comes by go().
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    Task<?> task = waiter.task();
    task.event = yielded;
    yielded.handleYield(scheduler, task);
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
    return !waiter.task().isLingering() && !yielded.startsWhenCancelled();
  }

  @Override
  public String describe() {
    return "the tasks of a group whose block it has left, and then for " + yielded.describe();
  }
}
