package dev.heddle.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a group waits for all of its children, or for the next that ends.
 *
 * <p>To wait for all is the one wait that a cancellation does not undo which comes from the group
 * or from around it: nobody could wait for the children then, who are cancelled as well. It starts
 * even in a task that is cancelled, and throws when they have ended. One that comes from a scope
 * inside of the block undoes it, as it leaves the children alone.
 */
final class GroupWait<T extends @Nullable Object> extends YieldEvent<T, Exception>
    implements Resource {
  /** What is waited for. */
  enum For {
    ALL,
    NEXT
  }

  private final TaskGroup<?> group;
  private final For what;

  /** Who waits: the owner, by itself or by an arm; null if nobody does. */
  private @Nullable Waiter waiter;

  GroupWait(TaskGroup<?> group, For what) {
    this.group = group;
    this.what = what;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (task.task() != group.owner()) {
      throw new IllegalStateException(
          task.task() + " waits for " + group + ", which only the task may that opened it");
    }
    group.wait(this);
    waiter = task;
    childEnded();
  }

  /** A child has ended; or the wait begins. */
  void childEnded() {
    Waiter task = java.util.Objects.requireNonNull(waiter);
    if (what == For.NEXT) {
      Task<?> next = group.takeNext();
      if (next != null) {
        finish(task, next);
      } else if (group.isEmpty()) {
        group.heard();
        finish(task, null);
      }
    } else if (group.isEmpty()) {
      joined(task);
    }
  }

  private void joined(Waiter task) {
    group.joined();
    Throwable failure = group.failure();
    if (failure != null) {
      group.wait(null);
      failWith(task, failure);
    } else if (task.task().cancelledBy() != null
        && !group.isCancelledBy(task.task().cancelledBy())) {
      group.wait(null);
      wakeUndone(task);
    } else {
      finish(task, group.result());
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // join() and next() say what they give
  private void finish(Waiter task, @Nullable Object result) {
    group.wait(null);
    wake(task, (T) result);
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    if (startsWhenCancelled() && group.isInside(task.task().cancelledBy())) {
      return false;
    }
    group.wait(null);
    return true;
  }

  @Override
  boolean startsWhenCancelled() {
    return what == For.ALL;
  }

  // As a resource: the children hold it, each until its end.

  @Override
  public Resource resource() {
    return this;
  }

  @Override
  public List<Task<?>> holders() {
    return List.copyOf(group.children());
  }

  @Override
  public EndedBy endedBy() {
    return what == For.ALL ? EndedBy.ALL_HOLDERS : EndedBy.ANY_HOLDER;
  }

  @Override
  public void holderEnded(Task<?> holder) {
    throw new AssertionError("no task holds a group by Task.hold");
  }

  @Override
  public String describe() {
    String whose = what == For.ALL ? "the tasks of " : "the next end of a task of ";
    return whose + group;
  }
}
