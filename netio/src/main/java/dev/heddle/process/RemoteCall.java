package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.process.Message.Reason;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A child's operation on a queue of its parent. A task that is cancelled keeps waiting until the
 * parent has said whether the operation was done; otherwise the item of a get could be lost.
 *
 * @param <I> the items of the queue
 * @param <T> what the operation gives: the item of a get or recv, null for the other operations
 */
final class RemoteCall<I, T extends @Nullable Object> extends SingleWaiterEvent<T, IOException> {
  private final ChildSession session;
  private final RemoteQueue<I> queue;
  private final Operation operation;

  /** The item of a put; null for the other operations. */
  private final @Nullable I item;

  /** The number under which the parent knows the operation; valid while somebody waits. */
  private long number;

  RemoteCall(ChildSession session, RemoteQueue<I> queue, Operation operation, @Nullable I item) {
    this.session = session;
    this.queue = queue;
    this.operation = operation;
    this.item = item;
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
    byte[] bytes = operation == Operation.PUT ? queue.codec.encode(item) : null;
    number = session.ask(this, queue.name(), operation, bytes);
  }

  /** The operation was done. */
  @SuppressWarnings({"unchecked", "NullAway"}) // an item for a get, where T is I; else null
  void answered(byte @Nullable [] bytes) {
    T result;
    try {
      result = bytes == null ? null : (T) queue.codec.decode(bytes);
    } catch (CodecException e) {
      fail(e);
      return;
    }
    wake(result);
  }

  /** The operation has failed in the parent. */
  void denied(Reason reason, String why) {
    switch (reason) {
      case SHUTDOWN -> {
        if (operation == Operation.RECV) {
          fail(new EOFException(why));
        } else {
          failWith(new QueueShutdownException(why));
        }
      }
      case CODEC -> fail(new CodecException(why));
      case MISUSE -> failWith(new IllegalStateException(why));
    }
  }

  /** The operation was not done, and will not be, because this side has asked to undo it. */
  void withdrawn() {
    wakeUndone();
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    session.withdraw(number);
    return false;
  }

  @Override
  public String describe() {
    return operation.name().toLowerCase(Locale.ROOT) + " on " + queue;
  }
}
