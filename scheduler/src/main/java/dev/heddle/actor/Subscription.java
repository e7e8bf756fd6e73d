package dev.heddle.actor;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an {@link Exchange} for one task, which receives them at its own pace. A limited
 * number of messages may wait in it; its {@link OverflowPolicy} says what happens to the others.
 *
 * <pre>{@code
 * try (Subscription<Price> prices = exchange.subscribe(100, OverflowPolicy.DROP_OLDEST)) {
 *   while (co.await(prices.receive()) instanceof Price price) { // null: closed, no more
 *     co.await(show(price));
 *   }
 * }
 * }</pre>
 *
 * <p>Fairness: messages come in the order in which they were sent. Threads: as {@link Actor}.
 *
 * <p>Invariants: there are never more messages than the capacity; the task waits only while there
 * are none and the subscription is open.
 *
 * @param <M> the messages
 */
public final class Subscription<M> implements Receiver<M>, AutoCloseable {
  private final Exchange<M> exchange;
  private final int capacity;
  private final OverflowPolicy policy;
  private final ArrayDeque<M> messages = new ArrayDeque<>();
  private final SubscriptionReceive receive = new SubscriptionReceive();

  /** How many messages the policy has dropped. */
  private long dropped;

  /** Whether the exchange counts it among those that are full. */
  private boolean counted;

  /** Whether no more messages come. */
  private boolean closed;

  /** What {@link #receive} fails with once it has given all messages; null if it gives null. */
  private @Nullable ReceiverFullException failure;

  Subscription(Exchange<M> exchange, int capacity, OverflowPolicy policy) {
    this.exchange = exchange;
    this.capacity = capacity;
    this.policy = policy;
  }

  /**
   * Receives the next message, and waits while there is none. One task at a time may wait; another
   * gets an {@link IllegalStateException}.
   *
   * <p>Gives null when the exchange or this subscription was closed and all messages were received.
   * If it was too slow under {@link OverflowPolicy#FAIL}, it gives the messages that it had by
   * then, and after them fails with a {@link ReceiverFullException}. A cancelled receiver loses no
   * message: if a message was handed to it already, it gets the message, and {@code Cancelled} is
   * thrown at its next await.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable M, RuntimeException> receive() {
    return receive.forCaller();
  }

  /** How many messages wait in it. */
  public int size() {
    return messages.size();
  }

  /** How many messages its overflow policy has dropped. */
  public long dropped() {
    return dropped;
  }

  /** Whether the exchange sends to it. */
  public boolean isAttached() {
    return exchange.isAttached(this);
  }

  /**
   * Whether it or its exchange was closed, or it was too slow under {@link OverflowPolicy#FAIL}.
   */
  public boolean isClosed() {
    return closed;
  }

  /** Detaches it, if it is attached. Messages that wait in it can still be received. */
  @Override
  public void close() {
    exchange.check("close");
    boolean _ = exchange.remove(this);
    end();
  }

  /**
   * For the exchange: takes a message as the overflow policy says.
   *
   * @throws ReceiverFullException if it is full and the policy is FAIL, or WAIT and the sender has
   *     not waited
   * @throws ReceiverClosedException if it is closed
   */
  @Override
  public void send(M message) {
    exchange.check("send");
    if (closed) {
      throw new ReceiverClosedException("cannot send to " + this + ": it is closed", null);
    }
    if (receive.isWaiting()) {
      receive.give(message);
    } else if (messages.size() < capacity) {
      messages.add(message);
      recount();
    } else {
      overflow(message);
    }
    assert valid();
  }

  private void overflow(M message) {
    switch (policy) {
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
        "cannot send to " + this + ": it is full (limit " + capacity + ")");
  }

  boolean isOf(Exchange<?> asked) {
    return asked == exchange;
  }

  /** Tells the exchange if it has become full or is not full any more; see {@link #counted}. */
  void recount() {
    boolean now = holdsBack(0) && exchange.isAttached(this);
    if (now != counted) {
      counted = now;
      exchange.count(now ? 1 : -1);
    }
  }

  /** Whether senders must wait for it, if so many other messages go out before theirs. */
  boolean holdsBack(int outgoing) {
    return policy == OverflowPolicy.WAIT && messages.size() + outgoing >= capacity;
  }

  /** No more messages come. */
  void end() {
    closed = true;
    counted &= exchange.isAttached(this); // the exchange was closed, and counts no more
    if (receive.isWaiting()) {
      receive.finish();
    }
    assert valid();
  }

  private boolean valid() {
    return messages.size() <= capacity && (!receive.isWaiting() || (messages.isEmpty() && !closed));
  }

  @Override
  public String toString() {
    return "a subscription of " + exchange.describe();
  }

  private final class SubscriptionReceive extends SingleWaiterEvent<@Nullable M, RuntimeException> {
    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      exchange.checkIsOf(scheduler);
      M first = messages.poll();
      if (first != null) {
        give(first);
        recount();
        exchange.admitSenders();
      } else if (closed) {
        finish();
      }
      assert valid();
    }

    boolean isWaiting() {
      return waiter() != null;
    }

    void give(M message) {
      wake(message);
    }

    /** All messages were received, and no more come. */
    void finish() {
      if (failure == null) {
        wake(null);
      } else {
        fail(failure);
      }
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      return true;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "a message of " + exchange.describe();
    }
  }
}
