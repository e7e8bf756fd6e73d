package dev.heddle.net;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An operation on a channel: tried, and tried again each time the channel is ready, until it is
 * done. The subclasses say what is tried; the waiting is here.
 */
abstract class SocketEvent<T extends @Nullable Object> extends YieldEvent<T, IOException> {
  /** What {@link #attempt} answers when the channel is not ready. */
  static final Object NOT_READY = new Object();

  /** Null for one that is opened when the event is yielded. */
  private @Nullable Endpoint endpoint;

  /** One of {@code SelectionKey}'s operations. */
  private final int operation;

  private @Nullable Waiter waiter;

  SocketEvent(@Nullable Endpoint endpoint, int operation) {
    this.endpoint = endpoint;
    this.operation = operation;
  }

  /**
   * Does the operation without waiting.
   *
   * @param ready whether the channel was reported ready; if not, this is the try before the first
   *     wait, which costs a system call if it is in vain, and may answer that it is not worth it
   * @return its result, a {@code T}, or {@link #NOT_READY}
   */
  abstract @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException;

  /** For an event that comes without an endpoint. */
  Endpoint open() throws IOException {
    throw new AssertionError("comes with an endpoint");
  }

  /** The wait was undone by a cancellation. */
  void cancelled() {}

  @Override
  protected final void handleYield(Scheduler scheduler, Waiter task) {
    if (waiter != null) {
      fail(task, new IOException(waiterName() + " waits already for this very event"));
      return;
    }
    try {
      if (endpoint == null) {
        endpoint = open();
      }
      Reactor reactor = endpoint.attach(scheduler);
      Object result = attempt(reactor, false);
      if (result != NOT_READY) {
        wakeWith(task, result);
      } else {
        endpoint.await(this);
        waiter = task;
      }
    } catch (IOException e) {
      fail(task, e);
    }
  }

  @Override
  protected final void handleResume(Scheduler scheduler, Waiter task) {
    try {
      Object result = attempt(endpoint().attach(scheduler), true);
      if (result != NOT_READY) {
        release();
        wakeWith(task, result);
      }
    } catch (IOException e) {
      release();
      fail(task, e);
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // attempt() gives a T, which may be a null one
  private void wakeWith(Waiter task, @Nullable Object result) {
    wake(task, (T) result);
  }

  private void release() {
    endpoint().release(this);
    waiter = null;
  }

  @Override
  protected final boolean handleCancel(Scheduler scheduler, Waiter task) {
    release();
    cancelled();
    return true;
  }

  /** The selector has reported the operation. */
  final void ready() {
    Waiter task = waiter;
    assert task != null : "ready without a waiter";
    wakeToResume(task);
  }

  /** The endpoint was closed, and has released this event. */
  final void closed(IOException why) {
    Waiter task = waiter;
    assert task != null : "closed without a waiter";
    waiter = null;
    fail(task, why);
  }

  final Endpoint endpoint() {
    Endpoint mine = endpoint;
    assert mine != null : "not opened";
    return mine;
  }

  final int operation() {
    return operation;
  }

  final String waiterName() {
    return waiter == null ? "nobody" : "task '" + waiter.task().name() + "'";
  }
}
