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
 * A store of items that some tasks put and other tasks get. A queue that stores nothing is a {@link
 * Rendezvous}.
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
 * <p>Invariants: getters wait only while the queue is empty, putters wait only while it is full,
 * and nobody waits to get or put after the shutdown. Nobody waits in {@link #join} while no item is
 * unfinished.
 *
 * @param <T> the type of the items; an item is never null, because {@link #tryGet} returns null if
 *     the queue is empty
 */
public final class Queue<T> {

  /**
   * The state of a queue at one moment. {@code maxSize} is {@link Integer#MAX_VALUE} if there is no
   * limit; each list has the longest waiter first.
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
  private final Transfer<T> transfer;
  private final WaitQueue joiners = new WaitQueue();

  /** The event of all joiners; it knows nothing of a single one. */
  private final Join join = new Join();

  /** How many of the accepted items were reported done or thrown away. Never falls. */
  private long finished;

  private Queue(String kind, @Nullable String name, int maxSize, QueueStore<T> store) {
    identity = new Identity(kind, name);
    transfer = new Transfer<>(identity, maxSize <= 0 ? Integer.MAX_VALUE : maxSize, store);
  }

  /** First in, first out, without a limit; messages name the queue by a number. */
  public static <T> Queue<T> fifo() {
    return new Queue<>("queue", null, 0, new QueueStore.Ordered<>(false));
  }

  /**
   * First in, first out.
   *
   * @param name for messages and dumps
   * @param maxSize the most items that the queue stores; 0 or less for no limit
   */
  public static <T> Queue<T> fifo(String name, int maxSize) {
    Objects.requireNonNull(name, "name");
    return new Queue<>("queue", name, maxSize, new QueueStore.Ordered<>(false));
  }

  /**
   * Last in, first out.
   *
   * @param name for messages and dumps
   * @param maxSize the most items that the queue stores; 0 or less for no limit
   */
  public static <T> Queue<T> lifo(String name, int maxSize) {
    Objects.requireNonNull(name, "name");
    return new Queue<>("LIFO queue", name, maxSize, new QueueStore.Ordered<>(true));
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
    return new Queue<>("priority queue", name, maxSize, new QueueStore.Priority<>(order));
  }

  /**
   * Takes the next item, and waits while the queue is empty. Fails with a {@link
   * QueueShutdownException} if the queue is empty and shut down, or is shut down while the task
   * waits.
   */
  @CheckReturnValue
  public YieldEvent<T, RuntimeException> get() {
    return transfer.get();
  }

  /**
   * Puts an item into the queue, and waits while the queue is full. Fails with a {@link
   * QueueShutdownException} if the queue is shut down, or is shut down while the task waits. The
   * event may be awaited again; each await puts the item once.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> put(T item) {
    return transfer.put(item);
  }

  /**
   * Takes the next item if there is one; does not yield.
   *
   * @return null if the queue is empty
   * @throws QueueShutdownException if the queue is empty and shut down
   */
  @CheckReturnValue
  public @Nullable T tryGet() {
    return transfer.tryGet();
  }

  /**
   * Puts an item into the queue if it has room; does not yield.
   *
   * @return false if the queue is full
   * @throws QueueShutdownException if the queue is shut down
   */
  @CheckReturnValue
  public boolean tryPut(T item) {
    return transfer.tryPut(item);
  }

  /**
   * Reports that an item which was taken has been dealt with; does not yield. The report that
   * leaves no item unfinished wakes the tasks that wait in {@link #join}.
   *
   * @throws IllegalStateException if it is called more often than items were put
   */
  public void taskDone() {
    identity.check("taskDone");
    if (unfinished() == 0) {
      throw new IllegalStateException(
          "taskDone of " + identity.title() + " called more often than items were put");
    }
    finish(1);
  }

  /** Waits until every item that was put has been reported done by {@link #taskDone}. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> join() {
    return join;
  }

  /**
   * Ends the putting; does not yield. The waiting putters fail with a {@link
   * QueueShutdownException}, and so does each later put. Items in the queue can still be got; a
   * getter fails once the queue is empty. A second shutdown does nothing.
   */
  public void shutdown() {
    transfer.shutdown();
  }

  /**
   * Does a {@link #shutdown} and throws away the items in the queue. Items that were thrown away
   * are no longer unfinished; for items that were taken and not reported done {@link #join} waits
   * as before.
   */
  public void shutdownNow() {
    shutdown();
    finish(Math.min(transfer.drain(), unfinished()));
  }

  /** How many items the queue stores. */
  public int size() {
    return transfer.size();
  }

  /** Whether the queue stores nothing. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** Whether a put would wait. */
  public boolean isFull() {
    return transfer.isFull();
  }

  /** Whether the queue was shut down. */
  public boolean isShutdown() {
    return transfer.isShutdown();
  }

  /** The state at this moment, for dumps and tests. */
  public Stats stats() {
    return new Stats(
        identity.title(),
        size(),
        transfer.capacity(),
        unfinished(),
        isShutdown(),
        transfer.getters(),
        transfer.putters(),
        joiners.toList());
  }

  @Override
  public String toString() {
    return transfer.toString();
  }

  /** How many items were put and not reported done. */
  private long unfinished() {
    return transfer.accepted() - finished;
  }

  private void finish(long count) {
    finished += count;
    if (unfinished() == 0) {
      joiners.wakeAll(null);
    }
    assert valid() : this;
  }

  /** Unfinished items may be fewer than stored ones: {@link #taskDone} does not ask for a get. */
  private boolean valid() {
    return unfinished() >= 0 && (unfinished() > 0 || joiners.peek() == null);
  }

  private final class Join extends YieldEvent<@Nullable Void, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      identity.enter(scheduler);
      if (unfinished() == 0) {
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
    public String describe() {
      return unfinished() + " unfinished items of " + identity.title();
    }
  }
}
