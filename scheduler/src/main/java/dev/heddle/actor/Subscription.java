package dev.heddle.actor;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a task receives of an {@link Exchange}, as fast as it likes: never more than so many
 * messages wait in it, and its {@link OverflowPolicy} says what becomes of the others.
 *
 * <pre>{@code
 * try (Subscription<Price> prices = exchange.subscribe(100, OverflowPolicy.DROP_OLDEST)) {
 *   while (co.await(prices.receive()) instanceof Price price) { // null: closed, no more
 *     co.await(show(price));
 *   }
 * }
 * }</pre>
 *
 * <p>Invariants: never more messages than its capacity; its task waits only while there are none.
 *
 * @param <M> the messages
 */
public final class Subscription<M> implements Receiver<M>, AutoCloseable {
  private final Exchange<M> exchange;
  private final int capacity;
  private final OverflowPolicy rule;
  private final ArrayDeque<M> messages = new ArrayDeque<>();
  private final SubscriptionReceive receive = new SubscriptionReceive();

  /** Who waits for a message. */
  private @Nullable Waiter receiver;

  /** Messages that this feed has not got, or has got and not given. */
  private long dropped;

  /** Whether no message comes any more. */
  private boolean closed;

  /** Why it fails once it is empty; null if it does not. */
  private @Nullable ReceiverFullException failure;

  Subscription(Exchange<M> exchange, int capacity, OverflowPolicy rule) {
    this.exchange = exchange;
    this.capacity = capacity;
    this.rule = rule;
  }

  /**
   * Receives the next message, and waits while there is none. By one task at a time.
   *
   * <p>Gives null when the exchange, or this, was closed, and all was received. Fails with a {@link
   * ReceiverFullException} if it was too slow under {@link OverflowPolicy#FAIL}, after the messages
   * that it had by then. A cancelled receiver loses no message: one that was handed to it is given,
   * and {@code Cancelled} meets it at its next await.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable M, RuntimeException> receive() {
    return receive;
  }

  /** How many messages wait in it. */
  public int size() {
    return messages.size();
  }

  /** How many messages its back-pressure has dropped. */
  public long dropped() {
    return dropped;
  }

  /** Whether the exchange sends to it. */
  public boolean isAttached() {
    return exchange.isAttached(this);
  }

  /** Detaches it, if it is attached. What waits in it can still be received. */
  @Override
  public void close() {
    exchange.check("close");
    boolean _ = exchange.remove(this);
    end();
  }

  /**
   * For the exchange: takes a message as its back-pressure says.
   *
   * @throws ReceiverFullException under FAIL, and under WAIT if the sender has not waited
   * @throws ReceiverClosedException if it is closed
   */
  @Override
  public void send(M message) {
    exchange.check("send");
    if (closed) {
      throw new ReceiverClosedException("cannot send to " + this + ": it is closed", null);
    }
    Waiter waiting = receiver;
    if (waiting != null) {
      assert messages.isEmpty() : this + " is waited for beside messages";
      receiver = null;
      receive.deliver(waiting, message);
    } else if (messages.size() < capacity) {
      messages.add(message);
    } else {
      overflow(message);
    }
  }

  private void overflow(M message) {
    switch (rule) {
      case DROP_OLDEST -> {
        messages.remove();
        messages.add(message);
        dropped++;
      }
      case DROP_NEWEST -> dropped++;
      case WAIT -> throw tooSlow();
      case FAIL -> {
        failure = tooSlow();
        throw failure;
      }
    }
  }

  private ReceiverFullException tooSlow() {
    return new ReceiverFullException(
        "cannot send to " + this + ": it has " + capacity + " messages, as many as it may");
  }

  /** Whether senders must wait for it, if so many are on their way already. */
  boolean holdsBack(int onTheirWay) {
    return rule == OverflowPolicy.WAIT && messages.size() + onTheirWay >= capacity;
  }

  /** No message comes any more. */
  void end() {
    closed = true;
    Waiter waiting = receiver;
    if (waiting != null) {
      receiver = null;
      receive.over(waiting);
    }
  }

  @Override
  public String toString() {
    return "a feed of " + exchange.describe();
  }

  private final class SubscriptionReceive extends YieldEvent<@Nullable M, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      exchange.checkIsOf(scheduler);
      M first = messages.poll();
      if (first != null) {
        deliver(task, first);
        exchange.roomFreed();
      } else if (closed) {
        over(task);
      } else if (receiver == null) {
        receiver = task;
      } else {
        throw new IllegalStateException(
            task + " cannot receive of " + Subscription.this + ": " + receiver + " does");
      }
    }

    void deliver(Waiter task, M message) {
      wake(task, message);
    }

    void over(Waiter task) {
      ReceiverFullException tooSlow = failure;
      if (tooSlow == null) {
        wake(task, null);
      } else {
        fail(task, tooSlow);
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      receiver = null;
      return true;
    }

    @Override
    public String describe() {
      return "a message of " + exchange.describe();
    }
  }
}
