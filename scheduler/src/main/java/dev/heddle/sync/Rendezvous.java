package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where two tasks meet, one with an item and one that takes it: a {@link Queue} with no room at
 * all. Who puts knows, when its {@code put} is over, that the item is in another task's hands.
 *
 * <pre>{@code
 * Rendezvous<Order> counter = new Rendezvous<>("counter");
 * // guest
 * co.await(counter.put(order)); // waits until a cook takes it
 * // cook
 * cook(co.await(counter.get()));
 * }</pre>
 *
 * <p>Fairness: getters and putters each are served first come, first served. Whoever comes second
 * goes on at once, the other becomes ready. A task that selects between the two ends does not meet
 * itself.
 *
 * <p>Cancellation: a cancelled getter took nothing, a cancelled putter put nothing. One that is
 * cancelled after the two have met, before its turn, has got or put the item all the same; {@code
 * Cancelled} meets it at its next await.
 *
 * <p>Used by the tasks of one scheduler; from elsewhere each call throws a {@link
 * WrongThreadException}. The idea is that of CSP, and of {@link
 * java.util.concurrent.SynchronousQueue}.
 *
 * <p>Invariants: if some wait to put and some to get, they are arms of one and the same task; and
 * nobody waits once it is shut down.
 *
 * @param <T> the items; never null, which is what {@link #tryGet} says when nobody waits to put
 */
public final class Rendezvous<T> {

  /** A look at a rendezvous: who waits to get, and who to put, the longest first. */
  public record Stats(
      String name, boolean shutdown, List<Task<?>> getters, List<Task<?>> putters) {}

  private final Identity identity;
  private final WaitQueue getters = new WaitQueue();
  private final WaitQueue putters = new WaitQueue();

  /** One for all who wait. */
  private final Get get = new Get();

  private boolean shutdown;

  /** One that is called by its number. */
  public Rendezvous() {
    identity = new Identity("rendezvous", null);
  }

  /** One with a name, for messages. */
  public Rendezvous(String name) {
    identity = new Identity("rendezvous", Objects.requireNonNull(name, "name"));
  }

  /**
   * Takes an item from who waits to put one, and waits until somebody does. Fails with a {@link
   * QueueShutdownException} if it is shut down, now or meanwhile.
   */
  @CheckReturnValue
  public YieldEvent<T, RuntimeException> get() {
    return get;
  }

  /**
   * Hands an item to who waits to get one, and waits until somebody does. Fails with a {@link
   * QueueShutdownException} if it is shut down, now or meanwhile.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(T item) {
    return new Put(Objects.requireNonNull(item, "item"));
  }

  /**
   * Takes the item of who waits to put one; does not yield.
   *
   * @return null if nobody does
   * @throws QueueShutdownException if it is shut down
   */
  @CheckReturnValue
  public @Nullable T tryGet() {
    identity.check("tryGet");
    if (shutdown) {
      throw shutDown("get from");
    }
    Waiter putter = putters.peek();
    return putter == null ? null : take(putter);
  }

  /**
   * Hands the item to who waits to get one; does not yield.
   *
   * @return false if nobody does
   * @throws QueueShutdownException if it is shut down
   */
  @CheckReturnValue
  public boolean tryPut(T item) {
    Objects.requireNonNull(item, "item");
    identity.check("tryPut");
    if (shutdown) {
      throw shutDown("put into");
    }
    Waiter getter = getters.poll();
    if (getter != null) {
      get.hand(getter, item);
    }
    return getter != null;
  }

  /**
   * Nobody meets here any more: who waits fails, and so does who comes from now on. Does not yield;
   * a second time does nothing.
   */
  public void shutdown() {
    identity.check("shutdown");
    shutdown = true;
    for (Waiter task = putters.peek(); task != null; task = putters.peek()) {
      Put put = firstPut();
      boolean _ = putters.remove(task);
      put.failShutdown(task);
    }
    for (Waiter task = getters.poll(); task != null; task = getters.poll()) {
      get.failShutdown(task);
    }
  }

  /** Whether it was shut down. */
  public boolean isShutdown() {
    return shutdown;
  }

  /** A look at it. */
  public Stats stats() {
    return new Stats(identity.title(), shutdown, getters.toList(), putters.toList());
  }

  @Override
  public String toString() {
    return identity.title()
        + (shutdown ? " (shut down), " : ", ")
        + getters.size()
        + " getting, "
        + putters.size()
        + " putting";
  }

  /** The longest putter has met somebody. */
  private T take(Waiter putter) {
    Put put = firstPut();
    boolean _ = putters.remove(putter);
    put.done(putter);
    return put.item;
  }

  @SuppressWarnings("unchecked") // only this rendezvous' puts are in it
  private Put firstPut() {
    return (Put) Objects.requireNonNull(putters.peekEvent());
  }

  /**
   * Who waits at the other end; null if nobody does. If it is the caller itself, by another arm of
   * its select, then nobody is behind it: who came before would stand before it, and whoever came
   * after would have met it.
   */
  private static @Nullable Waiter other(WaitQueue end, Waiter waiter) {
    Waiter first = end.peek();
    return first == null || first.task() == waiter.task() ? null : first;
  }

  private QueueShutdownException shutDown(String verb) {
    return new QueueShutdownException("cannot " + verb + " " + identity.title() + ": it is shut down");
  }

  private final class Get extends YieldEvent<T, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      identity.enter(scheduler);
      if (shutdown) {
        failShutdown(task);
        return;
      }
      Waiter putter = other(putters, task);
      if (putter == null) {
        getters.add(task);
      } else {
        hand(task, take(putter));
      }
    }

    void hand(Waiter task, T item) {
      wake(task, item);
    }

    void failShutdown(Waiter task) {
      fail(task, shutDown("get from"));
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return getters.remove(task);
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    public String describe() {
      return "an item at " + identity.title();
    }
  }

  /** Keeps the item, nothing of the task: to be yielded again, it puts the item again. */
  private final class Put extends YieldEvent<@Nullable Void, RuntimeException> {
    private final T item;

    Put(T item) {
      this.item = item;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      identity.enter(scheduler);
      if (shutdown) {
        failShutdown(task);
        return;
      }
      Waiter getter = other(getters, task);
      if (getter == null) {
        putters.add(task);
      } else {
        boolean _ = getters.remove(getter);
        done(task);
        get.hand(getter, item);
      }
    }

    void done(Waiter task) {
      wake(task, null);
    }

    void failShutdown(Waiter task) {
      fail(task, shutDown("put into"));
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return putters.remove(task);
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    public String describe() {
      return "somebody who takes an item at " + identity.title();
    }
  }
}
