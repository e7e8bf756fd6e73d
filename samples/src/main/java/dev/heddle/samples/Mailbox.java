package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Messages for one actor, in the order in which they were sent. It is itself the event: the actor
 * awaits it and is resumed with the next message. A cancelled receiver loses none.
 *
 * @param <M> a message
 */
final class Mailbox<M> extends YieldEvent<M, RuntimeException> {
  private final Queue<M> messages = new ArrayDeque<>();
  private @Nullable Task<?> receiver;

  /** Never waits, and so never ends the sender's turn. */
  void send(M message) {
    Task<?> waiting = receiver;
    if (waiting == null) {
      messages.add(message);
    } else {
      receiver = null;
      wake(waiting, message);
    }
  }

  @Override
  protected void handleYield(Scheduler scheduler, Task<?> task) {
    M first = messages.poll();
    if (first != null) {
      wake(task, first);
    } else if (receiver == null) {
      receiver = task;
    } else {
      throw new IllegalStateException(task + " cannot receive: " + receiver + " does");
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Task<?> task) {
    receiver = null;
    return true;
  }

  @Override
  public String describe() {
    return "a message";
  }
}
