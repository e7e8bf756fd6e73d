package dev.heddle.pool;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.YieldEvent;
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
 * Job next = jobs.take(); // a thread that no scheduler knows
 * var first = co.await(Select.any(jobs.get(), orders.get(), socket.recv(buffer)));
 * }</pre>
 *
 * <p>From Python Cookbook, third edition, 12.13, where a queue carries a socket so that {@code
 * select} can wait for it. Here it needs none: {@link #get} is an event as a socket's are, and
 * waits beside them.
 *
 * <h2>Who gets an item</h2>
 *
 * The longest waiter, be it a task or a thread. It takes the item <i>itself, on its own thread</i>;
 * who puts only tells it to come:
 *
 * <pre>
 *   put:     add the item; the longest getter is due -> ring it, once
 *   getter:  rung, and still the longest -> takes the item, rings the next if there are more
 *            cancelled, interrupted, timed out -> leaves, rings the next in its place
 * </pre>
 *
 * <p>Handing the item over in {@code put} would be one step less. But then an item would be on its
 * way to a task which is cancelled, or wins another arm of its {@code Select}, before it arrives,
 * and would be lost or overtaken. As it is, nobody has an item until it has it.
 *
 * <p>So items in the queue may be owed to getters that are coming. Nobody barges: a new getter
 * stands behind them, and {@link #tryGet} takes nothing while one is in line. A getter whose
 * scheduler does not run, between two runs, keeps its place and holds back those behind it.
 *
 * <p>Fairness: first come, first served, items and getters. Cancellation: a cancelled getter took
 * nothing. There is no limit to what may be put: a put that had to wait could not be made from a
 * loop's own thread.
 *
 * <p>All methods may be called from any thread; those that block say so. What was done before a put
 * is seen by the one who got the item.
 *
 * @param <T> the items; never null, which is what {@link #tryGet} says of an empty queue
 */
public final class PollableQueue<T> {
  private static final AtomicLong MADE = new AtomicLong();

  private final SharedQueue<T> line;
  private final CompletionCounter unfinished;

  /** A queue that is known by a number. */
  public PollableQueue() {
    this(new SharedQueue<>("pollable queue " + MADE.incrementAndGet()));
  }

  /** A queue with a name, for messages and dumps. */
  public PollableQueue(String name) {
    this(new SharedQueue<>("pollable queue '" + Objects.requireNonNull(name, "name") + "'"));
  }

  private PollableQueue(SharedQueue<T> line) {
    this.line = line;
    unfinished = new CompletionCounter("items of " + line.title);
  }

  /**
   * Puts an item in; never waits.
   *
   * @throws ClosedException if the queue is shut down
   */
  public void put(T item) {
    Objects.requireNonNull(item, "item");
    unfinished.begun(); // before somebody can get it, and report it done
    try {
      line.ring(line.add(item));
    } catch (ClosedException e) {
      unfinished.finished(1);
      throw e;
    }
  }

  /**
   * For tasks: waits for an item and takes it. Fails with a {@link ClosedException} if the queue is
   * empty and shut down, now or meanwhile.
   */
  @CheckReturnValue
  public YieldEvent<T, RuntimeException> get() {
    return new PollableGet<>(line);
  }

  /**
   * For threads: waits for an item and takes it, and blocks the thread meanwhile.
   *
   * @throws ClosedException if the queue is empty and shut down, now or meanwhile
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
   * Like {@link #take()}, for so long at the most.
   *
   * @param longest 0 or less: only an item that is there now
   * @throws TimeoutException if there was none in that time; none was taken
   */
  public T take(Duration longest) throws InterruptedException, TimeoutException {
    boolean countable = longest.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0;
    return take(countable ? Math.max(0, longest.toNanos()) : Long.MAX_VALUE);
  }

  private T take(long nanos) throws InterruptedException, TimeoutException {
    Scheduler.checkMayBlock("take from " + line.title);
    SharedQueue.QueueGetter me = SharedQueue.QueueGetter.thread();
    long start = System.nanoTime();
    try {
      T item = line.arrive(me);
      while (item == null) {
        park(nanos, start);
        item = line.come(me);
      }
      return item;
    } finally {
      line.ring(line.leave(me));
    }
  }

  /** May return early without cause. */
  private void park(long nanos, long start) throws InterruptedException, TimeoutException {
    long left = nanos - (System.nanoTime() - start);
    if (left <= 0) {
      throw new TimeoutException("no item of " + line.title + " in " + Duration.ofNanos(nanos));
    }
    LockSupport.parkNanos(this, left);
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted while waiting for an item of " + line.title);
    }
  }

  /**
   * Takes an item if there is one and nobody waits for it; never waits itself.
   *
   * @return null if there is none
   * @throws ClosedException if the queue is empty and shut down
   */
  @CheckReturnValue
  public @Nullable T tryGet() {
    return line.takeUnowed();
  }

  /**
   * An item that was taken has been dealt with. At 0 unfinished ones, who joins goes on.
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
    Scheduler.checkMayBlock("awaitJoin of " + line.title);
    unfinished.await();
  }

  /**
   * Ends the putting: who puts from now on gets a {@link ClosedException}. What is in can still be
   * got; who waits once the queue is empty gets one too. A second time does nothing.
   */
  public void shutdown() {
    line.ring(line.shutdown()); // and each that leaves rings the next
  }

  /**
   * {@link #shutdown}, and throws away what is in. The unfinished count falls by what was thrown
   * away; what was taken and not reported done is waited for by {@link #join} as before.
   */
  public void shutdownNow() {
    SharedQueue.QueueGetter due = line.shutdown();
    unfinished.finished(line.clear());
    line.ring(due);
  }

  /** Whether it was shut down. */
  public boolean isShutdown() {
    return line.isShutdown();
  }

  /** How many items are in, those that are owed to a getter included. */
  public int size() {
    return line.size();
  }

  @Override
  public String toString() {
    return line.title + " (" + line.state() + "), " + line.waiting() + " getting";
  }
}
