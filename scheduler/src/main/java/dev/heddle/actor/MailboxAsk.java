package dev.heddle.actor;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@link Actor#ask}: waits for room, then for the answer. Each wait has a {@link Reply} of its own,
 * so that an answer that comes late meets nobody else.
 */
final class MailboxAsk<M, R extends @Nullable Object> extends Mailbox.MailboxEvent<R, Exception> {
  private final Actor<M> actor;
  private final Function<? super Reply<R>, ? extends M> question;

  /** Who waits; null while nobody does. */
  private @Nullable Waiter asker;

  /** What the asker waits for. */
  private @Nullable Reply<R> reply;

  MailboxAsk(Actor<M> actor, Function<? super Reply<R>, ? extends M> question) {
    this.actor = actor;
    this.question = question;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    actor.checkIsOf(scheduler);
    if (asker != null) {
      throw new IllegalStateException(this + " is in use by " + asker + "; make one for each");
    }
    if (task == actor.taskOrNull()) {
      throw new IllegalStateException(actor.describe() + " would wait for its own answer");
    }
    Reply<R> fresh = new Reply<>(actor, this::answered);
    fresh.carry(question.apply(fresh));
    asker = task;
    reply = fresh;
    actor.collect();
    actor.mailbox.enter(task, this);
  }

  @Override
  void accepted(Waiter task) {
    assert reply != null && task == asker;
    actor.mailbox.accept(reply);
  }

  @Override
  void refuse(Waiter task, ReceiverClosedException closed) {
    forget();
    fail(task, closed);
  }

  /** Nobody else can wake the task: the reply is answered once, and never when it is abandoned. */
  private void answered(@Nullable R answer, @Nullable Throwable failure) {
    Waiter task = asker;
    assert task != null : this + " is answered and nobody waits";
    forget();
    if (failure == null) {
      wakeWith(task, answer);
    } else {
      failWith(task, failure);
    }
  }

  @SuppressWarnings("NullAway") // complete() was given an R, which may be a null one
  private void wakeWith(Waiter task, @Nullable R answer) {
    wake(task, answer);
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    Reply<R> unwanted = reply;
    if (unwanted == null) {
      return false;
    }
    forget();
    if (!actor.mailbox.leave(task)) {
      unwanted.abandon();
    }
    return true;
  }

  private void forget() {
    asker = null;
    reply = null;
  }

  @Override
  public Resource resource() {
    return actor;
  }

  @Override
  public String describe() {
    return "an answer of " + actor;
  }
}
