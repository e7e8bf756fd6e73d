package dev.heddle.actor;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import org.jspecify.annotations.Nullable;

/** {@link Actor#put}. Keeps nothing of the task: to be yielded again, it sends again. */
final class Put<M> extends Mailbox.Entry<@Nullable Void, RuntimeException> {
  private final Actor<M> actor;
  private final M message;

  Put(Actor<M> actor, M message) {
    this.actor = actor;
    this.message = message;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Task<?> task) {
    actor.checkIsOf(scheduler);
    actor.collect();
    actor.mailbox.enter(task, this);
  }

  @Override
  void accepted(Task<?> task) {
    actor.mailbox.accept(message);
    wake(task, null);
  }

  @Override
  void refuse(Task<?> task, ReceiverClosedException closed) {
    fail(task, closed);
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Task<?> task) {
    return actor.mailbox.leave(task);
  }

  @Override
  public Resource resource() {
    return actor;
  }

  @Override
  public String describe() {
    return "room in the mailbox of " + actor;
  }
}
