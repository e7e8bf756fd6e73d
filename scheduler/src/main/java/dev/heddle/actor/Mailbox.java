package dev.heddle.actor;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one actor, who waits for room to send one, and the actor when it waits for one.
 *
 * <pre>
 *   OPEN --close--> CLOSED --the task ends--> ENDED
 *     '------------------ the task ends --------^
 * </pre>
 *
 * <p>OPEN takes messages; CLOSED gives those it has and then null; ENDED has none and keeps a list
 * of those that nobody received.
 *
 * <p>Room is counted apart from the messages, because other threads take room as well (see {@link
 * ForeignInbox}): who has taken room has its message accepted. Room that is given back while senders wait
 * is never free: the longest waiting one enters at once.
 *
 * <p>Invariants: the actor waits only while there are no messages; senders wait only while there is
 * no room, and nobody does once it is not OPEN.
 */
final class Mailbox<M> {
  private enum State {
    OPEN,
    CLOSED,
    ENDED
  }

  private final Actor<M> actor;

  /** Messages it may have at once; {@link Integer#MAX_VALUE} for no limit. */
  private final int capacity;

  /** Counts the messages of all actors of a set; null if nobody asks. */
  private final @Nullable InFlightCounter inFlight;

  /** What was accepted and not received, oldest first: an M, or the Reply that carries one. */
  private final ArrayDeque<Object> messages = new ArrayDeque<>();

  /** How many more may be accepted; any thread. Not counted without a limit. */
  private final AtomicInteger room;

  /** Senders that wait for room, each with its {@link MailboxEvent}. */
  private final WaitQueue entering = new WaitQueue();

  /** Asks that were accepted and not answered, oldest first. */
  private final Set<Reply<?>> unanswered = new LinkedHashSet<>();

  /** The one event by which the actor waits. */
  private final MailboxReceive receive = new MailboxReceive();

  /** The actor's task while it waits for a message. */
  private @Nullable Waiter receiver;

  /** Whether the actor has received a message and not asked for the next. */
  private boolean handling;

  private State state = State.OPEN;

  /** Messages that nobody received; empty until ENDED. */
  private List<M> unhandled = List.of();

  Mailbox(Actor<M> actor, int capacity, @Nullable InFlightCounter inFlight) {
    this.actor = actor;
    this.capacity = capacity;
    this.inFlight = inFlight;
    this.room = new AtomicInteger(capacity);
  }

  YieldEvent<@Nullable M, RuntimeException> receive() {
    return receive;
  }

  int size() {
    return messages.size();
  }

  int capacity() {
    return capacity;
  }

  /** Whether the actor waits for a message. */
  boolean isWaitedFor() {
    return receiver != null;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  boolean isEnded() {
    return state == State.ENDED;
  }

  List<M> unhandled() {
    return unhandled;
  }

  // Transitions.

  /** Any thread: makes sure that one more message can be accepted; false if there is no room. */
  boolean takeRoom() {
    if (capacity == Integer.MAX_VALUE) {
      return true;
    }
    for (int free = room.get(); free > 0; free = room.get()) {
      if (room.compareAndSet(free, free - 1)) {
        return true;
      }
    }
    return false;
  }

  /** A message, for which room was taken, goes to the actor if it waits, or in. */
  void accept(Object item) {
    assert state == State.OPEN : actor + " accepts a message";
    if (inFlight != null) {
      inFlight.sent();
    }
    if (item instanceof Reply<?> reply) {
      unanswered.add(reply);
    }
    Waiter waiting = receiver;
    if (waiting == null) {
      messages.add(item);
    } else {
      assert messages.isEmpty() : actor + " waits beside messages";
      receiver = null;
      hand(waiting, item);
    }
  }

  /** A sender waits for room, if there is none now. */
  void enter(Waiter task, MailboxEvent<?, ?> entry) {
    if (state != State.OPEN) {
      entry.refuse(task, actor.closed());
    } else if (takeRoom()) {
      entry.accepted(task);
    } else {
      entering.add(task);
    }
  }

  /** A sender does not wait any more; false if it did not wait for room. */
  boolean leave(Waiter task) {
    return entering.remove(task);
  }

  /** An ask that was cancelled or is late: if its message was not received, it never will be. */
  void withdraw(Reply<?> reply) {
    unanswered.remove(reply);
    if (messages.removeFirstOccurrence(reply)) {
      handled(1);
      giveRoom();
    }
  }

  void answered(Reply<?> reply) {
    unanswered.remove(reply);
  }

  /** No message comes after those that are in. */
  void close() {
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSED;
    refuseAll();
    Waiter waiting = receiver;
    if (waiting != null) {
      receiver = null;
      receive.over(waiting);
    }
  }

  /**
   * The actor's task has ended.
   *
   * @param late messages that other threads have left and that nobody has collected
   */
  void end(Collection<Object> late) {
    assert receiver == null && state != State.ENDED : actor + " ends";
    state = State.ENDED;
    int open = messages.size() + (handling ? 1 : 0);
    handling = false;
    for (Object item : late) {
      messages.add(item);
      if (item instanceof Reply<?> reply) {
        unanswered.add(reply);
      }
    }
    unhandled = messages.stream().map(this::messageIn).toList();
    messages.clear();
    refuseAll();
    for (Reply<?> reply : List.copyOf(unanswered)) {
      boolean _ = reply.fail(actor.closed());
    }
    handled(open);
  }

  /** Takes all messages out; for those who can tell their senders. */
  List<M> drain() {
    List<M> drained = new ArrayList<>(messages.size());
    for (Object item = messages.poll(); item != null; item = messages.poll()) {
      drained.add(messageIn(item));
      handled(1);
    }
    return drained;
  }

  private void refuseAll() {
    for (Waiter task = entering.peek(); task != null; task = entering.peek()) {
      MailboxEvent<?, ?> entry = firstEntry();
      boolean _ = entering.remove(task);
      entry.refuse(task, actor.closed());
    }
  }

  private void hand(Waiter task, Object item) {
    handling = true;
    receive.deliver(task, messageIn(item));
    giveRoom();
  }

  /** Room for one message more: it is the longest waiting sender's, if one waits. */
  private void giveRoom() {
    Waiter first = entering.peek();
    if (first != null) {
      MailboxEvent<?, ?> entry = firstEntry();
      boolean _ = entering.remove(first);
      entry.accepted(first);
    } else if (capacity != Integer.MAX_VALUE) {
      room.incrementAndGet();
    }
  }

  private MailboxEvent<?, ?> firstEntry() {
    return (MailboxEvent<?, ?>) Objects.requireNonNull(entering.peekEvent());
  }

  private void handled(int count) {
    if (inFlight != null) {
      inFlight.handled(count);
    }
  }

  @SuppressWarnings("unchecked") // accept() was given an M, or a reply to one
  private M messageIn(Object item) {
    return (M) (item instanceof Reply<?> reply ? reply.message() : item);
  }

  /** An event by which a task waits for room. */
  abstract static sealed class MailboxEvent<T extends @Nullable Object, X extends Exception>
      extends YieldEvent<T, X> permits MailboxPut, MailboxAsk {

    /** There is room, and it was taken: the message goes in. */
    abstract void accepted(Waiter task);

    /** It never will. */
    abstract void refuse(Waiter task, ReceiverClosedException closed);
  }

  /** {@link Actor#receive}. */
  private final class MailboxReceive extends YieldEvent<@Nullable M, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      actor.checkIsReceiver(task.task());
      if (handling) {
        handling = false;
        handled(1);
      }
      if (messages.isEmpty()) {
        actor.collect();
      }
      Object first = messages.poll();
      if (first != null) {
        hand(task, first);
      } else if (state == State.OPEN) {
        receiver = task;
      } else {
        over(task);
      }
    }

    void deliver(Waiter task, M message) {
      wake(task, message);
    }

    void over(Waiter task) {
      wake(task, null);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      receiver = null;
      return true;
    }

    @Override
    public String describe() {
      return "a message to " + actor.describe();
    }
  }
}
