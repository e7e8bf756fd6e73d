package dev.heddle.actor;

import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one actor, the senders that wait for room, and the events by which the actor and
 * its senders wait.
 *
 * <pre>
 *   OPEN --close--> CLOSED --the task ends--> ENDED
 *     '------------------ the task ends --------^
 * </pre>
 *
 * <p>An OPEN mailbox takes messages. A CLOSED one gives the messages that it has, and then null. An
 * ENDED one has no messages; it keeps a list of those that nobody received.
 *
 * <p>Room is counted apart from the messages, because other threads take room too (see {@link
 * ForeignInbox}). Whoever has taken room will have its message accepted. Freed room goes to the
 * longest-waiting sender; only if no sender waits does it become free room.
 *
 * <p>Invariants: the actor waits only while there are no messages and the mailbox is OPEN; senders
 * wait only while there is no room and the mailbox is OPEN; there are never more messages than the
 * capacity.
 *
 * <p>This file is long because the events of the actor and of its senders change one state.
 */
final class Mailbox<M> {
  private enum State {
    OPEN,
    CLOSED,
    ENDED
  }

  private final Actor<M> actor;

  /** How many messages may be in at once; {@link Integer#MAX_VALUE} for no limit. */
  private final int capacity;

  /** Counts the messages of all actors of an {@link ActorScheduler}; null outside of one. */
  private final @Nullable InFlightCounter inFlight;

  /**
   * Accepted and not received, oldest first: an M, or the Reply that carries an M. A question that
   * was withdrawn stays, as nobody could find it quickly: then it is not {@link Reply#isQueued}.
   */
  private ArrayDeque<Object> messages = new ArrayDeque<>();

  /** How many of the messages were withdrawn. */
  private int withdrawn;

  /** How many more messages may be accepted. Any thread; not counted without a limit. */
  private final AtomicInteger room;

  /** Senders that wait for room, each by its {@link MailboxEvent}. */
  private final WaitQueue senders = new WaitQueue();

  /** Replies of the questions that were accepted and not answered, oldest first. */
  private final Set<Reply<?>> unanswered = new LinkedHashSet<>();

  /** The event by which the actor waits for its next message. */
  final MailboxReceive receive = new MailboxReceive();

  /** Whether the actor has received a message and has not asked for the next one. */
  private boolean handling;

  private State state = State.OPEN;

  /** The messages that nobody received; empty until the mailbox is ENDED. */
  private List<M> unhandled = List.of();

  Mailbox(Actor<M> actor, int capacity, @Nullable InFlightCounter inFlight) {
    this.actor = actor;
    this.capacity = capacity;
    this.inFlight = inFlight;
    this.room = new AtomicInteger(capacity);
  }

  int size() {
    return messages.size() - withdrawn;
  }

  int capacity() {
    return capacity;
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

  /** Any thread: reserves room for one message; false if there is none. */
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

  /** Takes a message for which room was taken: gives it to the actor if it waits, else keeps it. */
  void accept(Object item) {
    assert state == State.OPEN : actor + " accepts a message";
    if (inFlight != null) {
      inFlight.sent();
    }
    if (item instanceof Reply<?> reply) {
      unanswered.add(reply);
      reply.setQueued(!receive.isWaiting());
    }
    if (receive.isWaiting()) {
      receive.give(item);
    } else {
      messages.add(item);
    }
    assert valid();
  }

  /** Takes the oldest message that was not withdrawn; null if there is none. */
  private @Nullable Object poll() {
    Object first = messages.poll();
    while (first instanceof Reply<?> reply && !reply.isQueued()) {
      withdrawn--;
      first = messages.poll();
    }
    if (first instanceof Reply<?> reply) {
      reply.setQueued(false);
    }
    return first;
  }

  /** An asker was cancelled: if the actor has not received the question, it never will. */
  void withdraw(Reply<?> reply) {
    unanswered.remove(reply);
    if (reply.isQueued()) {
      reply.setQueued(false);
      withdrawn++;
      if (withdrawn > messages.size() / 2) {
        messages = new ArrayDeque<>(remaining());
        withdrawn = 0;
      }
      handled(1);
      giveRoom();
    }
    assert valid();
  }

  void answered(Reply<?> reply) {
    unanswered.remove(reply);
  }

  /** Takes no more messages. The actor still receives those that are in. */
  void close() {
    if (state == State.OPEN) {
      state = State.CLOSED;
      refuseSenders();
      receive.end();
    }
    assert valid();
  }

  /**
   * The actor's task has ended.
   *
   * @param late messages that other threads have sent and that were not collected
   */
  void end(Collection<Object> late) {
    assert !receive.isWaiting() && state != State.ENDED : actor + " ends";
    state = State.ENDED;
    int lost = size() + (handling ? 1 : 0);
    handling = false;
    for (Object item : late) {
      messages.add(item);
      if (item instanceof Reply<?> reply) {
        unanswered.add(reply);
        reply.setQueued(true);
      }
    }
    unhandled = takeAll();
    refuseSenders();
    for (Reply<?> reply : List.copyOf(unanswered)) {
      boolean _ = reply.fail(actor.closed());
    }
    handled(lost);
    assert valid() && unanswered.isEmpty() : actor + " has ended and owes " + unanswered;
  }

  /**
   * The actor has crashed and begins anew. What it has received is over: who waits for an answer to
   * that is told. What it has not received stays.
   */
  void restarted(Throwable crash) {
    assert !receive.isWaiting() && state != State.ENDED : actor + " restarts";
    if (handling) {
      handling = false;
      handled(1);
    }
    for (Reply<?> reply : List.copyOf(unanswered)) {
      if (!messages.contains(reply)) {
        boolean _ = reply.fail(actor.refusal("has crashed and restarts", crash));
      }
    }
    assert valid();
  }

  /** Takes all messages out, for a caller that tells their senders. */
  List<M> drain() {
    List<M> drained = takeAll();
    handled(drained.size());
    return drained;
  }

  private List<M> takeAll() {
    List<M> all = remaining().stream().map(this::messageIn).toList();
    messages.clear();
    withdrawn = 0;
    return all;
  }

  /** The messages that were not withdrawn, oldest first. */
  private List<Object> remaining() {
    return messages.stream()
        .filter(item -> !(item instanceof Reply<?> reply) || reply.isQueued())
        .toList();
  }

  private void refuseSenders() {
    for (var first = pollSender(); first != null; first = pollSender()) {
      first.refuse();
    }
  }

  /** There is room for one more message: it goes to the longest-waiting sender, if one waits. */
  private void giveRoom() {
    MailboxEvent<?, ?> first = pollSender();
    if (first != null) {
      first.enter();
    } else if (capacity != Integer.MAX_VALUE) {
      room.incrementAndGet();
    }
  }

  @SuppressWarnings("unchecked") // only events of this mailbox are in the queue
  private @Nullable MailboxEvent<?, ?> pollSender() {
    Waiter first = senders.poll();
    return first == null ? null : (MailboxEvent<?, ?>) first.event();
  }

  private void handled(int count) {
    if (inFlight != null) {
      inFlight.handled(count);
    }
  }

  @SuppressWarnings("unchecked") // accept() was given an M, or a reply that carries one
  private M messageIn(Object item) {
    return (M) (item instanceof Reply<?> reply ? reply.message() : item);
  }

  private boolean valid() {
    return size() <= capacity
        && withdrawn <= messages.size()
        && (!receive.isWaiting() || (size() == 0 && state == State.OPEN))
        && (senders.peek() == null || (room.get() == 0 && state == State.OPEN))
        && (state != State.ENDED || messages.isEmpty());
  }

  // Events.

  /** {@link Actor#receive}. */
  final class MailboxReceive extends YieldEvent<@Nullable M, RuntimeException> {
    /** The actor's task, or its arm of a select, while it waits; else null. */
    private @Nullable Waiter receiver;

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      if (!actor.isRunBy(waiter.task()) || receiver != null) {
        throw new IllegalStateException(
            "task '"
                + waiter.task().name()
                + "' cannot receive: only the task of "
                + actor.describe()
                + " may, by one await at a time");
      }
      receiver = waiter;
      if (handling) {
        handling = false;
        handled(1);
      }
      Object first = poll();
      if (first != null) {
        give(first);
      } else {
        actor.collect(); // accepts messages of other threads, and so may give the first
        if (state != State.OPEN) {
          end();
        }
      }
      assert valid();
    }

    boolean isWaiting() {
      return receiver != null;
    }

    private void give(Object item) {
      handling = true;
      wakeReceiver(messageIn(item));
      giveRoom();
    }

    private void end() {
      if (isWaiting()) {
        wakeReceiver(null);
      }
    }

    private void wakeReceiver(@Nullable M message) {
      Waiter woken = Objects.requireNonNull(receiver);
      receiver = null;
      wake(woken, message);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      receiver = null;
      return true;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "a message to " + actor.describe();
    }
  }

  /** An event whose task sends a message, and waits for room if there is none. */
  abstract sealed class MailboxEvent<T extends @Nullable Object, X extends Exception>
      extends SingleWaiterEvent<T, X> {

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      actor.checkIsOf(scheduler);
      actor.collect();
      if (state != State.OPEN) {
        refuse();
      } else if (takeRoom()) {
        enter();
      } else {
        senders.add(waiter);
        assert valid();
      }
    }

    /** Room was taken: the message goes in. */
    abstract void enter();

    @SuppressWarnings("unchecked") // X is RuntimeException or Exception
    final void refuse() {
      fail((X) actor.closed());
    }

    @Override
    public final Resource resource() {
      return actor;
    }
  }

  /** {@link Actor#put}. */
  final class MailboxPut extends MailboxEvent<@Nullable Void, RuntimeException> {
    private final M message;

    MailboxPut(M message) {
      this.message = message;
    }

    @Override
    void enter() {
      accept(message);
      wake(null);
    }

    @Override
    public String describe() {
      return "room in the mailbox of " + actor;
    }
  }

  /** {@link Actor#ask}: waits for room, then for the answer. */
  final class MailboxAsk<R extends @Nullable Object> extends MailboxEvent<R, Exception> {
    private final Function<? super Reply<R>, ? extends M> question;

    /** A new one for each wait, so that a late answer does not end the next wait. */
    private @Nullable Reply<R> reply;

    MailboxAsk(Function<? super Reply<R>, ? extends M> question) {
      this.question = question;
    }

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      if (actor.isRunBy(waiter.task())) {
        throw new IllegalStateException(actor.describe() + " would wait for its own answer");
      }
      Reply<R> fresh = new Reply<>(actor, this::answered);
      fresh.carry(question.apply(fresh));
      reply = fresh;
      super.start(scheduler, waiter);
    }

    @Override
    void enter() {
      accept(Objects.requireNonNull(reply));
    }

    /** Called at most once for each wait, and never after its reply was abandoned. */
    @SuppressWarnings("NullAway") // complete() was given an R, which may be a null one
    private void answered(@Nullable R answer, @Nullable Throwable failure) {
      if (failure == null) {
        wake(answer);
      } else {
        failWith(failure);
      }
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      if (!senders.remove(waiter)) {
        Objects.requireNonNull(reply).abandon();
      }
      return true;
    }

    @Override
    public String describe() {
      return "an answer of " + actor;
    }
  }
}
