package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.process.Message.Reason;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.QueueShutdownException;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A child's operation on a queue of the parent's. A task that is cancelled meanwhile waits on until
 * the parent has said whether the operation was done: the item would be lost otherwise.
 *
 * @param <T> what a get gives; null for the other operations
 */
final class Question<T extends @Nullable Object> extends YieldEvent<T, IOException> {
  private static final DataCodec CODEC = new DataCodec();

  private final Conversation parent;
  private final RemoteQueue<?> queue;
  private final Operation operation;
  private final @Nullable Object item;
  private final Class<?> answer;
  private final Class<?> items;

  /** Who waits for the answer, and under which number; null before and after. */
  private @Nullable Waiter asker;

  private long number;

  Question(
      Conversation parent,
      RemoteQueue<?> queue,
      Operation operation,
      @Nullable Object item,
      Class<?> answer,
      Class<?> items) {
    this.parent = parent;
    this.queue = queue;
    this.operation = operation;
    this.item = item;
    this.answer = answer;
    this.items = items;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (asker != null) {
      throw new IllegalStateException(this + " is asked by " + asker + "; make one for each");
    }
    try {
      byte[] bytes = item == null ? null : CODEC.encode(item, items, HostedQueue.MOST_ITEM_BYTES);
      number = parent.ask(this, queue.name(), operation, bytes);
      asker = task;
    } catch (IOException e) {
      fail(task, e);
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // decoded as the class that T stands for
  void answered(byte @Nullable [] bytes) {
    Waiter task = over();
    try {
      wake(task, bytes == null ? null : (T) CODEC.decode(bytes, answer));
    } catch (CodecException e) {
      fail(task, e);
    }
  }

  void denied(Reason reason, String why) {
    Waiter task = over();
    switch (reason) {
      case SHUTDOWN -> failWith(task, new QueueShutdownException(why));
      case CODEC -> fail(task, new CodecException(why));
      case MISUSE -> failWith(task, new IllegalStateException(why));
    }
  }

  void withdrawn() {
    wakeUndone(over());
  }

  private Waiter over() {
    Waiter task = asker;
    assert task != null : "answered without a question";
    asker = null;
    return task;
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    parent.withdraw(number);
    return false;
  }

  @Override
  public String describe() {
    return operation.name().toLowerCase(Locale.ROOT) + " on " + queue;
  }
}
