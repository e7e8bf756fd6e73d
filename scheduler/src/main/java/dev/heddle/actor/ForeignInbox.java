package dev.heddle.actor;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Where other threads leave messages for one actor: the only place of it that two threads may touch
 * at once, beside the count of room.
 *
 * <p>A stack, as one word then decides everything: who pushes onto an empty one is the first of a
 * burst; the loop takes all there are by one exchange, and turns them round; and the same exchange
 * shuts it, so that each message was pushed before, and is found, or is refused. There is no lock:
 * threads that send in a tight loop would keep the loop from it (a monitor is not fair; tried).
 *
 * <p>The first of a burst rings the bell, on which a daemon of the actor's scheduler waits (the
 * porter). It takes the messages in if the actor waits for one; else the actor does so, when it has
 * received those it has. So a burst costs one way through the scheduler's inbox, and as long as the
 * actor is behind, nothing. A task that sends to the actor takes them in as well: that way,
 * messages come in the order in which they were sent, whichever way they came.
 */
final class ForeignInbox<M> {
  /** What was left, and what was before it. */
  private record StackNode(Object item, @Nullable StackNode before) {}

  /** Lies in the place of the last message once it is shut. */
  private static final StackNode SHUT = new StackNode("shut", null);

  /** Lies on what was left before another thread closed the actor, until the loop has seen it. */
  private static final Object CLOSING = new Object();

  private final Actor<M> actor;

  /** The last message that was left; null if all were taken. */
  private final AtomicReference<@Nullable StackNode> last = new AtomicReference<>();

  /** Rung for the first of a burst; written by the loop, before it takes what is there. */
  private volatile Promise<@Nullable Void> bell = new Promise<>();

  /** Why it is shut; written by the loop, before it is. */
  private volatile @Nullable ReceiverClosedException why;

  ForeignInbox(Actor<M> actor) {
    this.actor = actor;
  }

  /**
   * Any thread.
   *
   * @return false if there is no room
   * @throws ReceiverClosedException if it is shut
   */
  boolean leave(Object item) {
    checkNotShut(last.get());
    if (!actor.mailbox.takeRoom()) {
      return false;
    }
    StackNode before;
    do {
      before = last.get();
      checkNotShut(before);
    } while (!last.compareAndSet(before, new StackNode(item, before)));
    if (before == null) {
      boolean _ = bell.complete(null);
    }
    return true;
  }

  /**
   * Any thread: nothing is left behind what was left before. The bell is rung although messages may
   * lie there: the porter sees to it even if the actor is busy.
   */
  void close() {
    StackNode before;
    do {
      before = last.get();
      if (before == SHUT || isClosing(before)) {
        return;
      }
    } while (!last.compareAndSet(before, new StackNode(CLOSING, before)));
    boolean _ = bell.complete(null);
  }

  private static boolean isClosing(@Nullable StackNode seen) {
    return seen != null && seen.item == CLOSING;
  }

  private void checkNotShut(@Nullable StackNode seen) {
    if (isClosing(seen)) {
      throw actor.refusal("is closed", null);
    }
    if (seen == SHUT) {
      ReceiverClosedException closed = Objects.requireNonNull(why);
      throw new ReceiverClosedException(closed.getMessage(), closed.getCause());
    }
  }

  /** The loop: what was left since the last time, oldest first; nothing if it is closing. */
  Deque<Object> take() {
    StackNode left;
    do {
      left = last.get();
      if (left == null || left == SHUT || isClosing(left)) {
        return new ArrayDeque<>();
      }
    } while (!last.compareAndSet(left, null));
    return inOrder(left);
  }

  /** The loop: from now on leaving throws. Gives what was left before, oldest first. */
  Deque<Object> shut(ReceiverClosedException reason) {
    why = reason;
    StackNode left = last.getAndSet(SHUT);
    boolean _ = bell.complete(null); // the porter goes home
    return left == SHUT ? new ArrayDeque<>() : inOrder(left);
  }

  /** Whether another thread has closed the actor, and the loop has not. */
  boolean isClosing() {
    return isClosing(last.get());
  }

  boolean isBusy() {
    StackNode left = last.get();
    return left != null && left != SHUT;
  }

  private static Deque<Object> inOrder(@Nullable StackNode newest) {
    Deque<Object> items = new ArrayDeque<>();
    for (StackNode left = newest; left != null; left = left.before) {
      if (left.item != CLOSING) {
        items.addFirst(left.item);
      }
    }
    return items;
  }

  /** As long as it waits, the scheduler knows that a message may come from outside. */
  final class CollectorStep extends Step<@Nullable Void> {
    /**
     * The next bell is there before the messages are taken: who is the first after that rings it;
     * who was before and rings late wakes the porter for nothing, once. Where they are not taken,
     * the actor is not waiting, and takes them before it does.
     */
    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      if (bell.isDone()) {
        bell = new Promise<>();
      }
      if (actor.mailbox.isWaitedFor() || isClosing()) {
        actor.collect();
      }
      return last.get() == SHUT ? null : bell;
    }

    /** Cancelled, so the scheduler is about to end. */
    @Override
    protected @Nullable YieldEvent<?, ?> failed(Throwable failure) throws Throwable {
      actor.shutGate("belongs to a scheduler that ends");
      throw failure;
    }
  }
}
