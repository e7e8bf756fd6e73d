package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A store of items that some tasks put and other tasks get. A {@link #rendezvous} is a queue that
 * stores nothing: each item goes from a putter directly to a getter.
 *
 * <pre>{@code
 * Queue<Job> jobs = Queue.fifo("jobs", 100);
 * // producer
 * co.await(jobs.put(job)); // waits while the queue has 100 jobs
 * jobs.shutdown();
 * // consumer
 * try {
 *   while (true) {
 *     handle(co.await(jobs.get()));
 *     jobs.taskDone();
 *   }
 * } catch (QueueShutdownException e) {
 *   // no more jobs
 * }
 * }</pre>
 *
 * <p>Fairness: getters are served first come, first served, and so are putters. When a getter waits
 * and an item is put, the getter has the item at once, before its turn; no other task can take it.
 * A task that selects between {@code get} and {@code put} does not meet itself.
 *
 * <p>Cancellation: a cancelled getter takes nothing, a cancelled putter puts nothing. If a getter
 * is cancelled when it has its item already but not its turn yet, its {@code get} returns the item;
 * if a putter is cancelled when its item is in already, its {@code put} returns. Both then meet
 * {@code Cancelled} at their next await.
 *
 * <p>Threads: a queue is used by the tasks of one scheduler; a call from elsewhere throws a {@link
 * WrongThreadException}. Before the run, the thread that made the queue may fill it.
 *
 * <p>Shutdown and the count of unfinished items are those of {@code asyncio.Queue} in Python 3.13.
 *
 * <p>This file is long because puts, gets and joins are one state: a get lets a putter in, and a
 * put serves a getter.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>getters wait only while nothing is stored;
 *   <li>putters wait only while the store is full;
 *   <li>if a getter and a putter wait, they are arms of the select of one task;
 *   <li>nobody waits to get or put after the shutdown;
 *   <li>nobody waits in {@link #join} while no item is unfinished.
 * </ul>
 *
 * @param <T> the type of the items; an item is never null, because {@link #tryGet} returns null if
 *     the queue is empty
 */
public final class Queue<T> {

  /**
   * The state of a queue at one moment. {@code maxSize} is {@link Integer#MAX_VALUE} if there is no
   * limit, and 0 for a rendezvous; each list has the longest waiter first.
   */
  public record Stats(
      String name,
      int size,
      int maxSize,
      long unfinished,
      boolean shutdown,
      List<Task<?>> getters,
      List<Task<?>> putters,
      List<Task<?>> joiners) {}

  private final Identity identity;
  private final int maxSize;
  private final QueueStore<T> store;
  private final WaitQueue getters = new WaitQueue();
  private final WaitQueue putters = new WaitQueue();
  private final WaitQueue joiners = new WaitQueue();

  /** The event of all getters; it knows nothing of a single one. */
  private final Get get = new Get();

  /** The event of all joiners; it knows nothing of a single one. */
  private final Join join = new Join();

  /** How many items were put, and neither reported done nor thrown away. */
  private long unfinished;

  private boolean shutdown;

  private Queue(String kind, @Nullable String name, int maxSize, QueueStore<T> store) {
    this.identity = new Identity(kind, name);
    this.maxSize = maxSize;
    this.store = store;
  }

  /** First in, first out, without a limit; messages name the queue by a number. */
  public static <T> Queue<T> fifo() {
    return new Queue<>("queue", null, Integer.MAX_VALUE, new QueueStore.Ordered<>(false));
  }

  /**
   * First in, first out.
   *
   * @param name for messages and dumps
   * @param maxSize the most items that the queue stores; 0 or less for no limit
   */
  public static <T> Queue<T> fifo(String name, int maxSize) {
    Objects.requireNonNull(name, "name");
    return new Queue<>("queue", name, limit(maxSize), new QueueStore.Ordered<>(false));
  }

  /**
   * Last in, first out.
   *
   * @param name for messages and dumps
   * @param maxSize the most items that the queue stores; 0 or less for no limit
   */
  public static <T> Queue<T> lifo(String name, int maxSize) {
    Objects.requireNonNull(name, "name");
    return new Queue<>("LIFO queue", name, limit(maxSize), new QueueStore.Ordered<>(true));
  }

  /**
   * The lowest item first; equal items leave in the order in which they came.
   *
   * <pre>{@code
   * Queue<Job> jobs = Queue.priority("jobs", 0, Comparator.comparingInt(Job::priority));
   * }</pre>
   *
   * <p>Items are compared when an item goes into the queue, and never when one comes out. If the
   * comparator throws, the put of that item fails with what it threw, the item is not in, and the
   * queue is as before.
   *
   * @param name for messages and dumps
   * @param maxSize the most items that the queue stores; 0 or less for no limit
   */
  public static <T> Queue<T> priority(String name, int maxSize, Comparator<? super T> order) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(order, "order");
    return new Queue<>("priority queue", name, limit(maxSize), new QueueStore.Priority<>(order));
  }

  private static int limit(int maxSize) {
    return maxSize <= 0 ? Integer.MAX_VALUE : maxSize;
  }

  /** A {@link #rendezvous(String)} that messages name by a number. */
  public static <T> Queue<T> rendezvous() {
    return new Queue<>("rendezvous", null, 0, new QueueStore.Ordered<>(false));
  }

  /**
   * A meeting place: a queue that stores nothing. When a {@code put} has returned, another task has
   * the item. The task that comes second keeps its turn; the task that waited becomes ready.
   *
   * <pre>{@code
   * Queue<Order> counter = Queue.rendezvous("counter");
   * // guest
   * co.await(counter.put(order)); // waits until a cook takes it
   * // cook
   * cook(co.await(counter.get()));
   * }</pre>
   *
   * <p>The idea is that of CSP, and of {@link java.util.concurrent.SynchronousQueue}.
   *
   * @param name for messages and dumps
   */
  public static <T> Queue<T> rendezvous(String name) {
    Objects.requireNonNull(name, "name");
    return new Queue<>("rendezvous", name, 0, new QueueStore.Ordered<>(false));
  }

  /**
   * Takes the next item, and waits while the queue is empty. Fails with a {@link
   * QueueShutdownException} if the queue is empty and shut down, or is shut down while the task
   * waits.
   */
  @CheckReturnValue
  public YieldEvent<T, RuntimeException> get() {
    return get.forCaller();
  }

  /**
   * Puts an item into the queue, and waits while the queue is full. Fails with a {@link
   * QueueShutdownException} if the queue is shut down, or is shut down while the task waits. The
   * event may be awaited again; each await puts the item once.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(T item) {
    return new Put(Objects.requireNonNull(item, "item"));
  }

  /**
   * Takes the next item if there is one, or that of the longest putter; does not yield.
   *
   * @return null if the queue is empty and nobody waits to put
   * @throws QueueShutdownException if the queue is empty and shut down
   */
  @CheckReturnValue
  public @Nullable T tryGet() {
    identity.check("tryGet");
    T item = store.poll();
    if (item != null) {
      admitPutter();
    } else if (shutdown) {
      throw shutDown("get from");
    } else {
      Waiter putter = putters.poll();
      item = putter == null ? null : take(putter);
    }
    assert valid() : this;
    return item;
  }

  /**
   * Puts an item into the queue if it has room or a getter waits; does not yield. A full queue may
   * only mean that its taker has had no turn: so on a bounded queue the caller's turn ends at its
   * next await, also if that completes at once. Whoever would lose something for a full queue, or
   * drop a slow taker, gives it some time by {@code put(item).within(limit)}.
   *
   * @return false if the queue is full
   * @throws QueueShutdownException if the queue is shut down
   */
  @CheckReturnValue
  public boolean tryPut(T item) {
    Objects.requireNonNull(item, "item");
    identity.check("tryPut");
    if (shutdown) {
      throw shutDown("put into");
    }
    if (maxSize > 0) {
      identity.endTurnAtNextAwait();
    }
    Waiter getter = getters.poll();
    if (getter != null) {
      getter.wake(item);
    } else if (isFull()) {
      return false;
    } else {
      store.add(item); // first: a comparator may throw
    }
    unfinished++;
    assert valid() : this;
    return true;
  }

  /**
   * Reports that an item which was taken has been dealt with; does not yield. The report that
   * leaves no item unfinished wakes the tasks that wait in {@link #join}.
   *
   * @throws IllegalStateException if it is called more often than items were put
   */
  public void taskDone() {
    identity.check("taskDone");
    if (unfinished == 0) {
      throw new IllegalStateException(
          "taskDone of " + identity.title() + " called more often than items were put");
    }
    finish(1);
  }

  /** Waits until every item that was put has been reported done by {@link #taskDone}. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> join() {
    return join.forCaller();
  }

  /**
   * Ends the putting; does not yield. The waiting putters fail with a {@link
   * QueueShutdownException}, and so does each later put. Items in the queue can still be got; a
   * getter fails once the queue is empty. A second shutdown does nothing.
   */
  public void shutdown() {
    identity.check("shutdown");
    shutdown = true;
    putters.failAll(() -> shutDown("put into"));
    getters.failAll(() -> shutDown("get from"));
    assert valid() : this;
  }

  /**
   * Does a {@link #shutdown} and throws away the items in the queue. Items that were thrown away
   * are no longer unfinished; for items that were taken and not reported done {@link #join} waits
   * as before.
   */
  public void shutdownNow() {
    shutdown();
    long drained = 0;
    while (store.poll() != null) {
      drained++;
    }
    finish(Math.min(drained, unfinished));
  }

  /** How many items the queue stores. */
  public int size() {
    return store.size();
  }

  /** Whether the queue stores nothing. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** Whether the queue stores as many items as it may. */
  public boolean isFull() {
    return store.size() >= maxSize;
  }

  /** Whether the queue was shut down. */
  public boolean isShutdown() {
    return shutdown;
  }

  /** The state at this moment, for dumps and tests. */
  public Stats stats() {
    return new Stats(
        identity.title(),
        size(),
        maxSize,
        unfinished,
        shutdown,
        getters.toList(),
        putters.toList(),
        joiners.toList());
  }

  @Override
  public String toString() {
    return title() + ", " + getters.size() + " getting, " + putters.size() + " putting";
  }

  /** {@code "queue 'jobs' (2 of 10 items)"}. */
  private String title() {
    if (maxSize == 0) {
      return identity.title() + (shutdown ? " (shut down)" : "");
    }
    String limit = maxSize == Integer.MAX_VALUE ? "" : " of " + maxSize;
    String end = shutdown ? " items, shut down)" : " items)";
    return identity.title() + " (" + store.size() + limit + end;
  }

  // Transitions.

  /** An item has left the store: the longest putter fills it up. */
  private void admitPutter() {
    Waiter putter = putters.isEmpty() || isFull() ? null : putters.poll();
    while (putter != null && !admits(putter)) {
      putter = putters.poll();
    }
  }

  /** Stores the item of a putter; false if the comparator throws, which fails that putter alone. */
  private boolean admits(Waiter putter) {
    try {
      store.add(putOf(putter).item);
    } catch (Throwable thrown) {
      putter.failWith(thrown);
      return false;
    }
    unfinished++;
    putter.wake(null);
    return true;
  }

  /** A getter waited; if waking the putter has undone its wait, the store takes the item. */
  private void give(T item) {
    Waiter getter = getters.poll();
    if (getter == null) {
      store.add(item);
    } else {
      getter.wake(item);
    }
    unfinished++;
  }

  /** The putter, which has left its queue, gets rid of its item. */
  private T take(Waiter putter) {
    Put put = putOf(putter);
    unfinished++;
    putter.wake(null);
    return put.item;
  }

  @SuppressWarnings("unchecked") // the puts of this queue only are in its queue
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

  private void finish(long count) {
    unfinished -= count;
    if (unfinished == 0) {
      joiners.wakeAll(null);
    }
    assert valid() : this;
  }

  private QueueShutdownException shutDown(String verb) {
    return new QueueShutdownException(
        "cannot " + verb + " " + identity.title() + ": it is shut down");
  }

  /**
   * The invariants above. An arm that has lost may still stand in a queue; it does not count.
   * Unfinished items may be fewer than stored ones: {@link #taskDone} does not ask for a get.
   */
  private boolean valid() {
    Waiter getter = getters.peek();
    Waiter putter = putters.peek();
    return (getter == null || (store.size() == 0 && !shutdown))
        && (putter == null || (isFull() && !shutdown))
        && (getter == null || putter == null || getter.task() == putter.task())
        && unfinished >= 0
        && (unfinished > 0 || joiners.peek() == null);
  }

  private final class Get extends YieldEvent<T, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      identity.enter(scheduler);
      T item = store.poll();
      if (item != null) {
        wake(waiter, item); // first: a put that is an arm of the same select must lose
        admitPutter();
      } else if (shutdown) {
        fail(waiter, shutDown("get from"));
      } else {
        meetPutter(waiter);
      }
      assert valid() : Queue.this;
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
    protected boolean mustBeAwaited() {
      return false;
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
        unfinished++;
        wake(waiter, null);
      }
      assert valid() : Queue.this;
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    public String describe() {
      return (maxSize == 0 ? "somebody who takes an item at " : "room in ") + title();
    }
  }

  private final class Join extends YieldEvent<@Nullable Void, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      identity.enter(scheduler);
      if (unfinished == 0) {
        wake(waiter, null);
      } else {
        joiners.add(waiter);
      }
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return unfinished + " unfinished items of " + identity.title();
    }
  }
}
