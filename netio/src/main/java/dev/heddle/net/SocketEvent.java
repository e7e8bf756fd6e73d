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
abstract class SocketEvent<T extends @Nullable Object> extends SingleWaiterEvent<T, IOException>
    implements SocketWait {
  /** What {@link #attempt} answers when the channel is not ready. */
  static final Object NOT_READY = new Object();

  private final Endpoint endpoint;

  /** One of {@code SelectionKey}'s operations. */
  private final int operation;

  SocketEvent(Endpoint endpoint, int operation) {
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

  /** Whether the event may wait although its half of the socket is closed. */
  boolean outlivesHalf() {
    return false;
  }

  /** The wait has ended, other than by a result of {@link #attempt}. */
  void ended() {}

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // attempt() gives a T, which may be a null one
  protected final void start(Scheduler scheduler, Waiter waiter) throws IOException {
    Reactor reactor = endpoint.attach(scheduler);
    if (!outlivesHalf()) {
      endpoint.checkHalf(operation);
    }
    endpoint.checkNobodyWaits(operation);
    Object result = attempt(reactor, false);
    if (result == NOT_READY) {
      endpoint.await(this);
    } else {
      wake((T) result);
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // attempt() gives a T, which may be a null one
  protected final void handleResume(Scheduler scheduler, Waiter waiter) {
    Endpoint mine = endpoint;
    try {
      Object result = attempt(mine.attach(scheduler), true);
      if (result != NOT_READY) {
        mine.release(this);
        wake((T) result);
      }
    } catch (IOException failure) {
      mine.release(this);
      ended();
      fail(failure);
    } catch (RuntimeException | Error fault) {
      mine.release(this);
      ended();
      failWith(fault);
    }
  }

  @Override
  protected final boolean undo(Scheduler scheduler, Waiter waiter) {
    endpoint.release(this);
    ended();
    return true;
  }

  @Override
  public final void ready() {
    wakeToResume(waiting());
  }

  @Override
  public final void closed(IOException why) {
    ended();
    fail(why);
  }

  final Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public final int operation() {
    return operation;
  }

  @Override
  public final Waiter waiting() {
    Waiter waiter = waiter();
    assert waiter != null : this + " is waited for by nobody";
    return waiter;
  }
}
