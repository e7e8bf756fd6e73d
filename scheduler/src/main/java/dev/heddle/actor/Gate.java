package dev.heddle.actor;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where other threads leave messages for one actor: the only place of it that two threads may touch
 * at once, beside the count of room.
 *
 * <p>The first message of a burst rings the bell, on which a daemon of the actor's scheduler waits
 * (the porter); it takes all there are. So a burst costs one way through the scheduler's inbox. A
 * task that sends to the actor, and the actor when it wants a message, take them in as well: that
 * way, messages come in the order in which they were sent, whichever way they came.
 *
 * <p>Whether a message was accepted is decided here, under the lock: what came before {@link #shut}
 * is collected, what comes after it throws.
 */
final class Gate<M> {
  private final Actor<M> actor;

  /** Left and not collected; guarded by this. */
  private List<Object> arrived = new ArrayList<>();

  /** Whether {@link #arrived} has something; written under the lock. */
  private volatile boolean busy;

  /** Why nothing can be left any more; null while it can. Written once, under the lock. */
  private volatile @Nullable ReceiverClosedException shut;

  /** Rung for the first that arrives; the porter makes the next one; guarded by this. */
  private Promise<@Nullable Void> bell = new Promise<>();

  Gate(Actor<M> actor) {
    this.actor = actor;
  }

  /**
   * Any thread.
   *
   * @return false if there is no room
   * @throws ReceiverClosedException if it is shut
   */
  boolean leave(Object item) {
    Promise<@Nullable Void> ring;
    synchronized (this) {
      ReceiverClosedException closed = shut;
      if (closed != null) {
        throw new ReceiverClosedException(closed.getMessage(), closed.getCause());
      }
      if (!actor.mailbox.takeRoom()) {
        return false;
      }
      arrived.add(item);
      ring = busy ? null : bell;
      busy = true;
    }
    if (ring != null) {
      boolean _ = ring.complete(null);
    }
    return true;
  }

  boolean isBusy() {
    return busy;
  }

  /** The loop: what has arrived, oldest first. */
  synchronized List<Object> take() {
    if (arrived.isEmpty()) {
      return List.of();
    }
    List<Object> taken = arrived;
    arrived = new ArrayList<>();
    busy = false;
    return taken;
  }

  /** The loop: from now on leaving throws. */
  void shut(ReceiverClosedException why) {
    Promise<@Nullable Void> ring;
    synchronized (this) {
      shut = why;
      ring = bell;
    }
    boolean _ = ring.complete(null); // the porter goes home
  }

  /** What the porter waits for next; null if it can go home. */
  private synchronized @Nullable Promise<@Nullable Void> nextBell() {
    if (shut != null) {
      return null;
    }
    if (bell.isDone()) {
      bell = new Promise<>();
      if (busy) {
        boolean _ = bell.complete(null);
      }
    }
    return bell;
  }

  /** As long as it waits, the scheduler knows that a message may come from outside. */
  final class Porter extends Step<@Nullable Void> {
    @Override
    protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
      actor.collect();
      return nextBell();
    }

    /** Cancelled, so the scheduler is about to end. */
    @Override
    protected @Nullable YieldEvent<?, ?> failed(Throwable failure) throws Throwable {
      shut(actor.refusal("belongs to a scheduler that ends", null));
      throw failure;
    }
  }
}
