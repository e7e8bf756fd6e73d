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
 * QueueStore that tasks hand to tasks. One without any room is a {@link Rendezvous}.
 *
 * <pre>{@code
 * Queue<Job> jobs = Queue.fifo("jobs", 100);
 * // producer
 * co.await(jobs.put(job)); // waits while 100 are in
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
 * <p>Fairness: getters and putters each are served first come, first served. An item put while a
 * getter waits is handed to that getter; it never is in the queue, so that nobody can take it away.
 *
 * <p>Cancellation: a cancelled getter took nothing, a cancelled putter put nothing. A getter that
 * is cancelled after an item was handed to it, before its turn, gets the item; a putter whose item
 * went in by then has put it; {@code Cancelled} meets both at their next await. So nobody else was
 * passed over, and the next item goes to the next getter.
 *
 * <p>Shutdown and the count of unfinished items are those of {@code asyncio.Queue} in Python 3.13.
 *
 * <p>Invariants: getters wait only while the queue is empty, putters only while it is full, and
 * nobody once it is shut down.
 *
 * @param <T> the items; never null, which is what {@link #tryGet} says of an empty queue
 */
public final class Queue<T> {

  /** A look at a queue. {@code maxSize} is {@link Integer#MAX_VALUE} if there is no limit. */
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
  private final QueueStore<T> items;
  private final int maxSize;
  private final WaitQueue getters = new WaitQueue();
  private final WaitQueue putters = new WaitQueue();
  private final WaitQueue joiners = new WaitQueue();

  /** One each for all who wait. */
  private final Get get = new Get();

  private final Join join = new Join();

  /** QueueStore that were put, and not reported done. */
  private long unfinished;

  private boolean shutdown;

  private Queue(String kind, @Nullable String name, int maxSize, QueueStore<T> items) {
    this.identity = new Identity(kind, name);
    this.maxSize = maxSize <= 0 ? Integer.MAX_VALUE : maxSize;
    this.items = items;
  }

  /** First in, first out, without a limit. */
  public static <T> Queue<T> fifo() {
    return new Queue<>("queue", null, 0, new QueueStore.Fifo<>());
  }

  /** First in, first out; {@code maxSize} of 0 or less is no limit. */
  public static <T> Queue<T> fifo(String name, int maxSize) {
    return new Queue<>("queue", Objects.requireNonNull(name, "name"), maxSize, new QueueStore.Fifo<>());
  }

  /** Last in, first out; {@code maxSize} of 0 or less is no limit. */
  public static <T> Queue<T> lifo(String name, int maxSize) {
    return new Queue<>(
        "LIFO queue", Objects.requireNonNull(name, "name"), maxSize, new QueueStore.Lifo<>());
  }

  /**
   * The lowest first, equal ones first in, first out; {@code maxSize} of 0 or less is no limit.
   * Nothing of an item is compared but what the comparator looks at.
   *
   * <pre>{@code
   * Queue<Job> jobs = Queue.priority("jobs", 0, Comparator.comparingInt(Job::priority));
   * }</pre>
   */
  public static <T> Queue<T> priority(String name, int maxSize, Comparator<? super T> order) {
    return new Queue<>(
        "priority queue",
        Objects.requireNonNull(name, "name"),
        maxSize,
        new QueueStore.Priority<>(Objects.requireNonNull(order, "order")));
  }

  /**
   * Takes an item, and waits while there is none. Fails with a {@link QueueShutdownException} if
   * the queue is empty and shut down, now or meanwhile.
   */
  @CheckReturnValue
  public YieldEvent<T, RuntimeException> get() {
    return get;
  }

  /**
   * Puts an item in, and waits while the queue is full. Fails with a {@link QueueShutdownException}
   * if it is shut down, now or meanwhile.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(T item) {
    return new Put(Objects.requireNonNull(item, "item"));
  }

  /**
   * Takes an item if there is one; does not yield.
   *
   * @return null if the queue is empty
   * @throws QueueShutdownException if it is empty and shut down
   */
  @CheckReturnValue
  public @Nullable T tryGet() {
    identity.check("tryGet");
    T item = items.poll();
    if (item != null) {
      fillUp();
    } else if (shutdown) {
      throw shutDown("get from");
    }
    return item;
  }

  /**
   * Puts an item in if there is room; does not yield.
   *
   * @return false if the queue is full
   * @throws QueueShutdownException if it is shut down
   */
  @CheckReturnValue
  public boolean tryPut(T item) {
    Objects.requireNonNull(item, "item");
    identity.check("tryPut");
    if (shutdown) {
      throw shutDown("put into");
    }
    if (isFull()) {
      return false;
    }
    accept(item);
    return true;
  }

  /**
   * An item that was taken has been dealt with; does not yield. At 0 unfinished ones, who joins
   * wakes.
   *
   * @throws IllegalStateException if it is called more often than items were put
   */
  public void taskDone() {
    identity.check("taskDone");
    if (unfinished == 0) {
      throw new IllegalStateException(
          "taskDone of " + identity.title() + " called more often than items were put");
    }
    finished(1);
  }

  /**
   * Waits until each item that was put has been reported done; not at all if none is unfinished.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> join() {
    return join;
  }

  /**
   * Ends the putting; does not yield. Who waits to put fails, and so does who puts from now on.
   * What is in can still be got; who waits to get, and who gets once the queue is empty, fails. A
   * second time does nothing.
   */
  public void shutdown() {
    identity.check("shutdown");
    shutdown = true;
    assert getters.isEmpty() || items.size() == 0 : "getters wait beside items";
    for (Waiter task = putters.peek(); task != null; task = putters.peek()) {
      Put put = firstPut();
      boolean _ = putters.remove(task);
      put.failShutdown(task);
    }
    for (Waiter task = getters.poll(); task != null; task = getters.poll()) {
      get.failShutdown(task);
    }
  }

  /**
   * {@link #shutdown}, and throws away what is in. The unfinished count falls by what was thrown
   * away; what was taken and not reported done is waited for by {@link #join} as before.
   */
  public void shutdownNow() {
    shutdown();
    int drained = 0;
    while (items.poll() != null) {
      drained++;
    }
    finished(Math.min(drained, unfinished));
  }

  /** How many items are in. */
  public int size() {
    return items.size();
  }

  /** Whether nothing is in. */
  public boolean isEmpty() {
    return items.size() == 0;
  }

  /** Whether a put would wait. */
  public boolean isFull() {
    return items.size() >= maxSize;
  }

  /** Whether it was shut down. */
  public boolean isShutdown() {
    return shutdown;
  }

  /** A look at it. */
  public Stats stats() {
    return new Stats(
        identity.title(),
        items.size(),
        maxSize,
        unfinished,
        shutdown,
        getters.toList(),
        putters.toList(),
        joiners.toList());
  }

  @Override
  public String toString() {
    return identity.title()
        + " ("
        + describeState()
        + "), "
        + getters.size()
        + " getting, "
        + putters.size()
        + " putting";
  }

  private String describeState() {
    String limit = maxSize == Integer.MAX_VALUE ? "" : " of " + maxSize;
    return items.size() + limit + (shutdown ? " items, shut down" : " items");
  }

  // Transitions.

  /** There is room: for the longest putter. */
  private void fillUp() {
    Waiter putter = putters.peek();
    if (putter != null) {
      Put put = firstPut();
      boolean _ = putters.remove(putter);
      put.done(putter); // before the item goes to a getter, who may be the same task by a Select
      accept(put.item);
    }
  }

  /** There is room: the item goes to the longest getter, or in. */
  private void accept(T item) {
    assert !isFull() && !shutdown : identity.title() + " has no room";
    unfinished++;
    Waiter getter = getters.poll();
    if (getter == null) {
      items.add(item);
    } else {
      get.hand(getter, item);
    }
  }

  private void finished(long count) {
    unfinished -= count;
    if (unfinished == 0) {
      for (Waiter task = joiners.poll(); task != null; task = joiners.poll()) {
        join.done(task);
      }
    }
  }

  @SuppressWarnings("unchecked") // only this queue's puts are in it
  private Put firstPut() {
    return (Put) Objects.requireNonNull(putters.peekEvent());
  }

  private QueueShutdownException shutDown(String verb) {
    return new QueueShutdownException("cannot " + verb + " " + identity.title() + ": it is shut down");
  }

  private final class Get extends YieldEvent<T, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      identity.enter(scheduler);
      T item = items.poll();
      if (item != null) {
        hand(task, item); // first: the putter may be an arm of the same task's Select, which loses
        fillUp();
      } else if (shutdown) {
        failShutdown(task);
      } else {
        getters.add(task);
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
      return "an item of " + identity.title() + " (" + describeState() + ")";
    }
  }

  /** Keeps the item, nothing of the task: to be yielded again, it puts the item in again. */
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
      } else if (isFull()) {
        putters.add(task);
      } else {
        done(task); // first: the getter may be an arm of the same task's Select, which loses
        accept(item);
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
      return "room in " + identity.title() + " (" + describeState() + ")";
    }
  }

  private final class Join extends YieldEvent<@Nullable Void, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      identity.enter(scheduler);
      if (unfinished == 0) {
        done(task);
      } else {
        joiners.add(task);
      }
    }

    void done(Waiter task) {
      wake(task, null);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return joiners.remove(task);
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    public String describe() {
      return unfinished + " unfinished items of " + identity.title();
    }
  }
}
