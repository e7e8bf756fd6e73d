package dev.heddle.actor;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The messages that other threads have sent to one actor and that the loop has not taken in. Beside
 * the count of room, this is the only part of an actor that several threads use at once.
 *
 * <p>It is a stack, because then one atomic reference decides everything. A thread that pushes onto
 * an empty stack knows that its message is the first of a burst. The loop takes all messages by one
 * exchange and reverses them. The same exchange shuts the inbox, so each message was either pushed
 * before and is found, or is refused. There is no lock: threads that send in a tight loop would
 * keep the loop from a lock (a monitor is not fair; tried).
 *
 * <p>The first message of a burst completes the {@link #signal}, for which a daemon task of the
 * actor's scheduler waits: the collector. If the actor waits for a message, the collector takes the
 * messages in; if the actor is busy, it does so itself when it has received the messages that it
 * has. So a burst costs one passage through the scheduler's inbox, and no passage as long as the
 * actor is behind. A task that sends to the actor also takes them in first, so that messages of
 * threads and of tasks keep the order in which they were sent.
 */
final class ForeignInbox<M> {
  /** A message and the one that was sent before it. */
  private record StackNode(Object item, @Nullable StackNode before) {}

  /** The top of the stack once the inbox is shut. */
  private static final StackNode SHUT = new StackNode("shut", null);

  /** Pushed by a thread that closes the actor; on top until the loop has seen it. */
  private static final Object CLOSING = new Object();

  private final Actor<M> actor;

  /** The message that was sent last; null if the loop has taken all. */
  private final AtomicReference<@Nullable StackNode> top = new AtomicReference<>();

  /** Completed for the first message of a burst; replaced by the loop, before it takes them. */
  private volatile Promise<@Nullable Void> signal = new Promise<>();

  /** Why the inbox is shut; written by the loop before it shuts it. */
  private volatile @Nullable ReceiverClosedException reason;

  /** For the collector, once the inbox is shut. */
  private final ActorStart start = new ActorStart();

  ForeignInbox(Actor<M> actor) {
    this.actor = actor;
  }

  /**
   * Any thread: sends a message.
   *
   * @return false if there is no room
   * @throws ReceiverClosedException if the inbox is shut
   */
  boolean leave(Object item) {
    checkNotShut(top.get());
    if (!actor.mailbox.takeRoom()) {
      return false;
    }
    StackNode before;
    do {
      before = top.get();
      checkNotShut(before);
    } while (!top.compareAndSet(before, new StackNode(item, before)));
    if (before == null) {
      boolean _ = signal.complete(null);
    }
    return true;
  }

  /**
   * Any thread: closes the actor behind the messages that were sent. Signals even if messages lie
   * there, so that the collector closes the actor even while that is busy.
   */
  void close() {
    StackNode before;
    do {
      before = top.get();
      if (before == SHUT || isClosing(before)) {
        return;
      }
    } while (!top.compareAndSet(before, new StackNode(CLOSING, before)));
    boolean _ = signal.complete(null);
  }

  private static boolean isClosing(@Nullable StackNode seen) {
    return seen != null && seen.item == CLOSING;
  }

  private void checkNotShut(@Nullable StackNode seen) {
    if (isClosing(seen)) {
      throw actor.refusal("is closed", null);
    }
    if (seen == SHUT) {
      ReceiverClosedException closed = Objects.requireNonNull(reason);
      throw new ReceiverClosedException(closed.getMessage(), closed.getCause());
    }
  }

  /** The loop: takes the messages out, oldest first; none if a thread has closed the actor. */
  Deque<Object> take() {
    StackNode newest;
    do {
      newest = top.get();
      if (newest == null || newest == SHUT || isClosing(newest)) {
        return new ArrayDeque<>();
      }
    } while (!top.compareAndSet(newest, null));
    return inOrder(newest);
  }

  /** The loop: refuses further messages, and takes out those that were sent, oldest first. */
  Deque<Object> shut(ReceiverClosedException why) {
    reason = why;
    StackNode newest = top.getAndSet(SHUT);
    boolean _ = signal.complete(null); // the collector ends
    return newest == SHUT ? new ArrayDeque<>() : inOrder(newest);
  }

  /** Whether another thread has closed the actor and the loop has not seen it. */
  boolean isClosing() {
    return isClosing(top.get());
  }

  /** Whether there is something for the loop to take in. */
  boolean isBusy() {
    StackNode newest = top.get();
    return newest != null && newest != SHUT;
  }

  private static Deque<Object> inOrder(@Nullable StackNode newest) {
    Deque<Object> items = new ArrayDeque<>();
    for (StackNode node = newest; node != null; node = node.before) {
      assert node != SHUT && (node.item != CLOSING || node == newest) : "CLOSING is the last";
      if (node.item != CLOSING) {
        items.addFirst(node.item);
      }
    }
    return items;
  }

  /** The loop: the actor has a task now, whose end tells those who ask. */
  void actorStarted() {
    start.happen();
  }

  /** The start of the actor. Until then the collector stays, to tell those who ask in vain. */
  private final class ActorStart extends SingleWaiterEvent<@Nullable Void, RuntimeException> {
    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {}

    void happen() {
      if (waiter() != null) {
        wake(null);
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
      return "the start of " + actor.describe();
    }
  }

  /** While this daemon waits, the scheduler knows that a message may come from outside. */
  final class CollectorStep extends Step<@Nullable Void> {
    /**
     * Replaces the signal before it takes messages. So the first thread that sends after that
     * completes the new signal. A thread that has sent before, and signals late, wakes the
     * collector once without need. If the actor is not waiting, the messages stay: the actor takes
     * them in before it waits.
     */
    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      if (signal.isDone()) {
        signal = new Promise<>();
      }
      if (actor.mailbox.receive.isWaiting() || isClosing()) {
        actor.collect();
      }
      if (top.get() != SHUT) {
        return signal;
      }
      return actor.isStarted() ? null : start;
    }

    /** The collector is cancelled only when the scheduler ends. */
    @Override
    protected @Nullable YieldEvent<?, ?> failed(Throwable failure) throws Throwable {
      actor.schedulerEnds();
      throw failure;
    }
  }
}
