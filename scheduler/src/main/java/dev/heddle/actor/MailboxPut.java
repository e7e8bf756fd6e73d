package dev.heddle.actor;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import org.jspecify.annotations.Nullable;

/** {@link Actor#put}. Keeps nothing of the task: to be yielded again, it sends again. */
final class MailboxPut<M> extends Mailbox.MailboxEvent<@Nullable Void, RuntimeException> {
  private final Actor<M> actor;
  private final M message;

  MailboxPut(Actor<M> actor, M message) {
    this.actor = actor;
    this.message = message;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    actor.checkIsOf(scheduler);
    actor.collect();
    actor.mailbox.enter(task, this);
  }

  @Override
  void accepted(Waiter task) {
    actor.mailbox.accept(message);
    wake(task, null);
  }

  @Override
  void refuse(Waiter task, ReceiverClosedException closed) {
    fail(task, closed);
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
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
