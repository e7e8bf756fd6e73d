package dev.heddle.pool;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.QueueShutdownException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A queue between threads and tasks, in any mix: both put, both take.
 *
 * <pre>{@code
 * PollableQueue<Job> jobs = new PollableQueue<>("jobs");
 * jobs.put(job); // any thread, any task; never waits
 * Job next = co.await(jobs.get()); // a task, of any scheduler
 * Job taken = jobs.take(); // a thread that no scheduler knows
 * var first = co.await(Select.any(jobs.get(), orders.get(), socket.recv(buffer)));
 * }</pre>
 *
 * <p>From {@code Python Cookbook}, third edition, 12.13, where a queue carries a socket so that
 * {@code select} can wait for it. Here {@link #get} is an event as those of a socket are, and waits
 * beside them.
 *
 * <h2>Who gets an item</h2>
 *
 * The longest-waiting getter, be it a task or a thread. The getter takes the item itself, <i>on its
 * own thread</i>; the caller of {@code put} only calls the getter:
 *
 * <pre>
 *   put:     adds the item; calls the longest-waiting getter, once
 *   getter:  called, and still the longest-waiting: takes the item, calls the next if there are more
 *            cancelled, interrupted, timed out: leaves, calls the next in its place
 * </pre>
 *
 * <p>If {@code put} handed the item over, that would be one step less. But the item would then be
 * on its way to a task that is cancelled, or wins another arm of its {@code Select}, before the
 * item arrives, and the item would be lost or overtaken. So an item belongs to nobody until its
 * getter has taken it.
 *
 * <p>An item in the queue may therefore be reserved for a getter that was called and has not come
 * yet. No caller passes the getters that wait: a new getter waits behind them, and {@link #tryGet}
 * takes nothing while there are any. A getter whose scheduler does not run keeps its place and
 * holds up those behind it.
 *
 * <p>Fairness: items and getters are served first come, first served. A cancelled getter has taken
 * nothing. The number of items has no limit, because a put that had to wait could not be called on
 * a loop's thread.
 *
 * <p>All methods may be called from any thread; methods that block say so. What happens before a
 * put is visible to the getter of that item.
 *
 * @param <T> the items; never null, since {@link #tryGet} returns null for an empty queue
 */
public final class PollableQueue<T> {
  private static final AtomicLong MADE = new AtomicLong();

  private final SharedQueue<T> queue;

  /** Items that were put and not reported done. */
  private final CompletionCounter unfinished;

  /** A queue without a name; messages and dumps give it a number. */
  public PollableQueue() {
    this(new SharedQueue<>("pollable queue " + MADE.incrementAndGet()));
  }

  /** A queue with a name for messages and dumps. */
  public PollableQueue(String name) {
    this(new SharedQueue<>("pollable queue '" + Objects.requireNonNull(name, "name") + "'"));
  }

  private PollableQueue(SharedQueue<T> queue) {
    this.queue = queue;
    unfinished = new CompletionCounter("items of " + queue.title);
  }

  /**
   * Puts an item in; never waits.
   *
   * @throws QueueShutdownException if the queue is shut down
   */
  public void put(T item) {
    Objects.requireNonNull(item, "item");
    unfinished.begun(); // before a getter can take it and report it done
    try {
      queue.call(queue.add(item));
    } catch (QueueShutdownException e) {
      unfinished.finished(1);
      throw e;
    }
  }

  /**
   * For tasks of any scheduler: waits for an item and takes it. Fails with a {@link
   * QueueShutdownException} if the queue is empty and shut down, before the event is awaited or
   * while it waits. A cancelled task has taken nothing.
   */
  @CheckReturnValue
  public YieldEvent<T, RuntimeException> get() {
    return new PollableGet();
  }

  /**
   * For threads: blocks the thread until there is an item, and takes it.
   *
   * @throws QueueShutdownException if the queue is empty and shut down, now or while the thread
   *     waits
   * @throws WrongThreadException on a thread that carries a loop; a task awaits {@link #get}
   */
  public T take() throws InterruptedException {
    try {
      return take(Long.MAX_VALUE);
    } catch (TimeoutException e) {
      throw new AssertionError("after 292 years", e);
    }
  }

  /**
   * Like {@link #take()}, with a time limit.
   *
   * @param longest 0 or less: does not wait
   * @throws TimeoutException if there was no item in that time; none was taken
   */
  public T take(Duration longest) throws InterruptedException, TimeoutException {
    return take(Math.max(0, Timers.saturatedNanos(longest)));
  }

  private T take(long nanos) throws InterruptedException, TimeoutException {
    Scheduler.checkMayBlock("take from " + queue.title);
    SharedQueue.QueueGetter me = SharedQueue.QueueGetter.ofThread();
    long start = System.nanoTime();
    try {
      T item = queue.arrive(me);
      while (item == null) {
        park(nanos, start);
        item = queue.tryTake(me);
      }
      return item;
    } finally {
      queue.call(queue.leave(me));
    }
  }

  /** Parks until the getter is called, the time is over, or for no reason. */
  private void park(long nanos, long start) throws InterruptedException, TimeoutException {
    long left = nanos - (System.nanoTime() - start);
    if (left <= 0) {
      throw new TimeoutException("no item of " + queue.title + " in " + Duration.ofNanos(nanos));
    }
    LockSupport.parkNanos(this, left);
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted while waiting for an item of " + queue.title);
    }
  }

  /**
   * Takes an item if there is one and no getter waits for it; never waits.
   *
   * @return null if there is none
   * @throws QueueShutdownException if the queue is empty and shut down
   */
  @CheckReturnValue
  public @Nullable T tryGet() {
    return queue.takeUnowed();
  }

  /**
   * Reports that an item which was taken has been dealt with. When all items that were put have
   * been reported, tasks and threads that {@link #join} go on.
   *
   * @throws IllegalStateException if it is called more often than items were put
   */
  public void taskDone() {
    unfinished.finished();
  }

  /** For tasks: waits until each item that was put has been reported done. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> join() {
    return unfinished.join();
  }

  /**
   * For threads: waits until each item that was put has been reported done.
   *
   * @throws WrongThreadException on a thread that carries a loop; a task awaits {@link #join}
   */
  public void awaitJoin() throws InterruptedException {
    Scheduler.checkMayBlock("awaitJoin of " + queue.title);
    unfinished.await();
  }

  /**
   * Ends the putting: a later {@link #put} throws a {@link QueueShutdownException}. Items that are
   * in can still be taken; once the queue is empty, getters get a {@link QueueShutdownException}
   * too. A second call does nothing.
   */
  public void shutdown() {
    queue.call(queue.shutdown()); // and each getter that leaves calls the next
  }

  /**
   * Like {@link #shutdown}, and removes all items. Removed items count as done; {@link #join} still
   * waits for items that were taken and not reported done.
   */
  public void shutdownNow() {
    SharedQueue.QueueGetter due = queue.shutdown();
    unfinished.finished(queue.clear());
    queue.call(due);
  }

  /** Whether it was shut down. */
  public boolean isShutdown() {
    return queue.isShutdown();
  }

  /** How many items are in, including those that are reserved for a getter. */
  public int size() {
    return queue.size();
  }

  @Override
  public String toString() {
    return queue.title + " (" + queue.state() + "), " + queue.waiting() + " getting";
  }

  /** {@link #get}. */
  private final class PollableGet extends SingleWaiterEvent<T, RuntimeException> {
    /** Stands for the task in the queue, a new one at each wait; null before the first. */
    private SharedQueue.@Nullable QueueGetter getter;

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      SharedQueue.QueueGetter me = SharedQueue.QueueGetter.ofTask(scheduler, this::come);
      getter = me; // before it stands in the queue: other threads may call it then
      T item = queue.arrive(me);
      if (item != null) {
        wake(item);
      }
    }

    private void come() {
      try {
        T item = queue.tryTake(Objects.requireNonNull(getter));
        if (item != null) {
          wake(item);
        }
      } catch (QueueShutdownException e) {
        fail(e);
      }
    }

    /**
     * Calls the next getter a little later if it is a task of this scheduler: in the middle of a
     * {@code Select} that has its winner, the item might go to the next loser, and be lost.
     */
    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      SharedQueue.QueueGetter next = queue.leave(Objects.requireNonNull(getter));
      if (next != null && next.isTaskOf(scheduler)) {
        scheduler.setDeadline(this, scheduler.nanoTime());
      } else {
        queue.call(next);
      }
      return true;
    }

    @Override
    protected void handleDeadline(Scheduler scheduler) {
      queue.serve(scheduler);
    }

    /** Any thread may put an item. */
    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    /** Nobody has said that there will be an item. */
    @Override
    protected boolean isWorkedOutside() {
      return false;
    }

    @Override
    public String describe() {
      return "an item of " + queue.title + " (" + queue.state() + ")";
    }
  }
}
