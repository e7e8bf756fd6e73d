package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A meeting place of two tasks: one hands an item to the other. It is a {@link Queue} that stores
 * nothing. When a {@code put} has returned, another task has the item.
 *
 * <pre>{@code
 * Rendezvous<Order> counter = new Rendezvous<>("counter");
 * // guest
 * co.await(counter.put(order)); // waits until a cook takes it
 * // cook
 * cook(co.await(counter.get()));
 * }</pre>
 *
 * <p>Fairness: getters are served first come, first served, and so are putters. The task that comes
 * second keeps its turn; the task that waited becomes ready. A task that selects between {@code
 * get} and {@code put} does not meet itself.
 *
 * <p>Cancellation: a cancelled getter takes nothing, a cancelled putter puts nothing. A task that
 * is cancelled after the two have met, before its turn, has got or put the item all the same; it
 * meets {@code Cancelled} at its next await.
 *
 * <p>Threads: a rendezvous is used by the tasks of one scheduler; a call from elsewhere throws a
 * {@link WrongThreadException}. The idea is that of CSP, and of {@link
 * java.util.concurrent.SynchronousQueue}.
 *
 * <p>Invariants: getters and putters never wait at the same time, unless they are arms of the
 * select of one task. Nobody waits after the shutdown.
 *
 * @param <T> the type of the items; an item is never null, because {@link #tryGet} returns null if
 *     no task waits to put
 */
public final class Rendezvous<T> {

  /** The state of a rendezvous at one moment; each list has the longest waiter first. */
  public record Stats(
      String name, boolean shutdown, List<Task<?>> getters, List<Task<?>> putters) {}

  private final Identity identity;
  private final Transfer<T> transfer;

  /** A rendezvous that messages name by a number. */
  public Rendezvous() {
    this(new Identity("rendezvous", null));
  }

  /** A rendezvous with a name for messages and dumps. */
  public Rendezvous(String name) {
    this(new Identity("rendezvous", Objects.requireNonNull(name, "name")));
  }

  private Rendezvous(Identity identity) {
    this.identity = identity;
    transfer = new Transfer<>(identity, 0, new QueueStore.Ordered<>(false));
  }

  /**
   * Takes an item from a task that puts one, and waits until a task does. Fails with a {@link
   * QueueShutdownException} if the rendezvous is shut down, or is shut down while the task waits.
   */
  @CheckReturnValue
  public YieldEvent<T, RuntimeException> get() {
    return transfer.get();
  }

  /**
   * Hands an item to a task that gets one, and waits until a task does. Fails with a {@link
   * QueueShutdownException} if the rendezvous is shut down, or is shut down while the task waits.
   * The event may be awaited again; each await hands the item over once.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(T item) {
    return transfer.put(item);
  }

  /**
   * Takes the item of the longest waiting putter; does not yield.
   *
   * @return null if no task waits to put
   * @throws QueueShutdownException if the rendezvous is shut down
   */
  @CheckReturnValue
  public @Nullable T tryGet() {
    return transfer.tryGet();
  }

  /**
   * Hands the item to the longest waiting getter; does not yield.
   *
   * @return false if no task waits to get
   * @throws QueueShutdownException if the rendezvous is shut down
   */
  @CheckReturnValue
  public boolean tryPut(T item) {
    return transfer.tryPut(item);
  }

  /**
   * Ends the meetings; does not yield. All waiting tasks fail with a {@link
   * QueueShutdownException}, and so does each later get and put. A second shutdown does nothing.
   */
  public void shutdown() {
    transfer.shutdown();
  }

  /** Whether the rendezvous was shut down. */
  public boolean isShutdown() {
    return transfer.isShutdown();
  }

  /** The state at this moment, for dumps and tests. */
  public Stats stats() {
    return new Stats(identity.title(), isShutdown(), transfer.getters(), transfer.putters());
  }

  @Override
  public String toString() {
    return transfer.toString();
  }
}
