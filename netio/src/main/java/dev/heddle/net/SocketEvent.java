package dev.heddle.net;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An operation on a channel. The operation is tried when the event is yielded, and tried again each
 * time the channel is ready, until it is done. The subclasses say what is tried; the waiting is
 * here.
 *
 * <p>Who else waits is asked before the first try: a second sender must not put its bytes between
 * two parts of what the first one sends.
 */
abstract class SocketEvent<T extends @Nullable Object> extends SingleWaiterEvent<T, IOException> {
  /** What {@link #attempt} answers when the channel is not ready. */
  static final Object NOT_READY = new Object();

  /** The channel; null until the first wait in an event that opens its channel itself. */
  private @Nullable Endpoint endpoint;

  /** One of {@code SelectionKey}'s operations. */
  private final int operation;

  SocketEvent(@Nullable Endpoint endpoint, int operation) {
    this.endpoint = endpoint;
    this.operation = operation;
  }

  /**
   * Does the operation without waiting.
   *
   * @param ready whether the channel was reported ready; if not, this is the try before the first
   *     wait. A try in vain costs a system call, so an attempt may answer that it is not worth it
   * @return the result, a {@code T}, or {@link #NOT_READY}
   */
  abstract @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException;

  /** The channel of the wait that begins. */
  Endpoint open() throws IOException {
    return endpoint();
  }

  /** A cancellation has ended the wait. */
  void cancelled() {}

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // attempt() gives a T, which may be a null one
  protected final void start(Scheduler scheduler, Waiter waiter) throws IOException {
    Endpoint opened = open();
    endpoint = opened;
    Reactor reactor = opened.attach(scheduler);
    opened.checkNobodyWaits(operation);
    Object result = attempt(reactor, false);
    if (result == NOT_READY) {
      opened.await(this);
    } else {
      wake((T) result);
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // attempt() gives a T, which may be a null one
  protected final void handleResume(Scheduler scheduler, Waiter waiter) {
    Endpoint mine = endpoint();
    try {
      Object result = attempt(mine.attach(scheduler), true);
      if (result != NOT_READY) {
        mine.release(this);
        wake((T) result);
      }
    } catch (IOException failure) {
      mine.release(this);
      fail(failure);
    } catch (RuntimeException | Error fault) {
      mine.release(this);
      failWith(fault);
    }
  }

  @Override
  protected final boolean undo(Scheduler scheduler, Waiter waiter) {
    endpoint().release(this);
    cancelled();
    return true;
  }

  /** The channel is ready: the task tries again at the beginning of its turn. */
  final void ready() {
    wakeToResume(waiting());
  }

  /** The channel was closed. */
  final void closed(IOException why) {
    fail(why);
  }

  final Endpoint endpoint() {
    Endpoint mine = endpoint;
    assert mine != null : "not opened";
    return mine;
  }

  final int operation() {
    return operation;
  }

  /** Who waits by this event. */
  final Waiter waiting() {
    Waiter waiter = waiter();
    assert waiter != null : this + " is waited for by nobody";
    return waiter;
  }
}
