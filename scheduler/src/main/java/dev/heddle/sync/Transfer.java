package dev.heddle.sync;

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
 * The way of items from the tasks that put them to the tasks that get them: what {@link Queue} and
 * {@link Rendezvous} have in common. A rendezvous has a capacity of 0: it stores nothing, so that
 * each item goes from a putter directly to a getter.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>getters wait only while nothing is stored;
 *   <li>putters wait only while the store is full;
 *   <li>if a getter and a putter wait, they are arms of the select of one task;
 *   <li>nobody waits after the shutdown.
 * </ul>
 */
final class Transfer<T> {
  private final Identity identity;
  private final int capacity;
  private final QueueStore<T> store;
  private final WaitQueue getters = new WaitQueue();
  private final WaitQueue putters = new WaitQueue();

  /** The event of all getters; it knows nothing of a single one. */
  private final Get get = new Get();

  /** How many items putters have got rid of, into the store or to a getter. Never falls. */
  private long accepted;

  private boolean shutdown;

  Transfer(Identity identity, int capacity, QueueStore<T> store) {
    this.identity = identity;
    this.capacity = capacity;
    this.store = store;
  }

  YieldEvent<T, RuntimeException> get() {
    return get;
  }

  YieldEvent<@Nullable Void, RuntimeException> put(T item) {
    return new Put(Objects.requireNonNull(item, "item"));
  }

  /** Takes an item if one is stored or a putter waits; null if not. */
  @Nullable T tryGet() {
    identity.check("tryGet");
    T item = store.poll();
    if (item != null) {
      admitPutters();
    } else if (shutdown) {
      throw shutDown("get from");
    } else {
      Waiter putter = putters.poll();
      item = putter == null ? null : take(putter);
    }
    assert valid() : this;
    return item;
  }

  /** Gives the item away if a getter waits or the store has room; false if not. */
  boolean tryPut(T item) {
    Objects.requireNonNull(item, "item");
    identity.check("tryPut");
    if (shutdown) {
      throw shutDown("put into");
    }
    Waiter getter = getters.poll();
    if (getter != null) {
      getter.wake(item);
    } else if (isFull()) {
      return false;
    } else {
      store.add(item); // first: a comparator may throw
    }
    accepted++;
    assert valid() : this;
    return true;
  }

  void shutdown() {
    identity.check("shutdown");
    shutdown = true;
    putters.failAll(() -> shutDown("put into"));
    getters.failAll(() -> shutDown("get from"));
    assert valid() : this;
  }

  /** Throws the stored items away, after the shutdown; returns their number. */
  int drain() {
    assert shutdown : identity.title() + " is drained and takes items";
    int drained = 0;
    while (store.poll() != null) {
      drained++;
    }
    return drained;
  }

  int size() {
    return store.size();
  }

  int capacity() {
    return capacity;
  }

  boolean isFull() {
    return store.size() >= capacity;
  }

  boolean isShutdown() {
    return shutdown;
  }

  long accepted() {
    return accepted;
  }

  List<Task<?>> getters() {
    return getters.toList();
  }

  List<Task<?>> putters() {
    return putters.toList();
  }

  @Override
  public String toString() {
    return title() + ", " + getters.size() + " getting, " + putters.size() + " putting";
  }

  /** {@code "queue 'jobs' (2 of 10 items)"}. */
  private String title() {
    if (capacity == 0) {
      return identity.title() + (shutdown ? " (shut down)" : "");
    }
    String limit = capacity == Integer.MAX_VALUE ? "" : " of " + capacity;
    String end = shutdown ? " items, shut down)" : " items)";
    return identity.title() + " (" + store.size() + limit + end;
  }

  // Transitions.

  /** An item has left the store: the longest putters fill it up. */
  private void admitPutters() {
    while (!isFull()) {
      Waiter putter = putters.poll();
      if (putter == null) {
        return;
      }
      Put put = putOf(putter);
      try {
        store.add(put.item);
      } catch (Throwable thrown) { // by the comparator: this putter's failure, not the getter's
        putter.failWith(thrown);
        continue;
      }
      accepted++;
      putter.wake(null);
    }
  }

  /** A getter waited; if waking the putter has undone its wait, the store takes the item. */
  private void give(T item) {
    Waiter getter = getters.poll();
    if (getter == null) {
      store.add(item);
    } else {
      getter.wake(item);
    }
    accepted++;
  }

  /** The putter, which has left its queue, gets rid of its item. */
  private T take(Waiter putter) {
    Put put = putOf(putter);
    accepted++;
    putter.wake(null);
    return put.item;
  }

  @SuppressWarnings("unchecked") // the puts of this transfer only are in its queue
  private Put putOf(Waiter putter) {
    return (Put) Objects.requireNonNull(putter.event());
  }

  /**
   * The longest waiter of another task; null if there is none. If the longest waiter is another arm
   * of the caller's own select, no other task stands behind it: tasks that came earlier stand
   * before it, and tasks that came later would have met it.
   */
  private static @Nullable Waiter other(WaitQueue queue, Waiter caller) {
    Waiter first = queue.peek();
    return first == null || first.task() == caller.task() ? null : first;
  }

  private QueueShutdownException shutDown(String verb) {
    return new QueueShutdownException(
        "cannot " + verb + " " + identity.title() + ": it is shut down");
  }

  /** The invariants above. An arm that has lost may still stand in a queue; it does not count. */
  private boolean valid() {
    Waiter getter = getters.peek();
    Waiter putter = putters.peek();
    return (getter == null || (store.size() == 0 && !shutdown))
        && (putter == null || (isFull() && !shutdown))
        && (getter == null || putter == null || getter.task() == putter.task());
  }

  private final class Get extends YieldEvent<T, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      identity.enter(scheduler);
      T item = store.poll();
      if (item != null) {
        wake(waiter, item); // first: a put that is an arm of the same select must lose
        admitPutters();
      } else if (shutdown) {
        fail(waiter, shutDown("get from"));
      } else {
        meetPutter(waiter);
      }
      assert valid() : Transfer.this;
    }

    private void meetPutter(Waiter waiter) {
      Waiter putter = other(putters, waiter);
      if (putter == null) {
        getters.add(waiter);
      } else {
        boolean _ = putters.remove(putter);
        wake(waiter, take(putter));
      }
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    public String describe() {
      return "an item of " + title();
    }
  }

  /** Has the item and no state of a wait: awaited again, it puts the item once more. */
  private final class Put extends YieldEvent<@Nullable Void, RuntimeException> {
    private final T item;

    Put(T item) {
      this.item = item;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      identity.enter(scheduler);
      if (shutdown) {
        fail(waiter, shutDown("put into"));
      } else if (other(getters, waiter) != null) {
        wake(waiter, null); // first: a get that is an arm of the same select must lose
        give(item);
      } else if (isFull()) {
        putters.add(waiter);
      } else {
        store.add(item); // first: a comparator may throw
        accepted++;
        wake(waiter, null);
      }
      assert valid() : Transfer.this;
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    public String describe() {
      return (capacity == 0 ? "somebody who takes an item at " : "room in ") + title();
    }
  }
}
