package dev.heddle.pool;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The results of many works, one after the other, by {@link ThreadPool#map} in the order of the
 * inputs, by {@link ThreadPool#asCompleted} in the order in which they end.
 *
 * <pre>{@code
 * try (var sizes = pool.map(files, Files::size, 8)) {
 *   while (sizes.hasNext()) {
 *     total += co.await(sizes.next());
 *   }
 * }
 * }</pre>
 *
 * <p>Nothing begins before the first {@code next} is yielded. From then on so many works as the
 * look-ahead says are begun and not taken, so that a slow taker keeps no more than that in memory.
 *
 * <p>A failure is thrown by the {@code next} whose turn it is; the others go on. A cancelled taker
 * loses nothing: the result stays for the next {@code next}. Closing abandons what was begun and
 * not taken.
 *
 * <p>Belongs to the task that uses it; one {@code next} waits at a time.
 *
 * @param <R> the results
 */
public final class ResultIterator<R extends @Nullable Object> implements AutoCloseable {
  private final WorkerThreads workers;
  private final String title;
  private final Iterator<Callable<R>> inputs;
  private final int ahead;
  private final boolean inOrder;

  /** Begun and not taken, in the order of the inputs. */
  private final LinkedHashSet<PendingResult> begun = new LinkedHashSet<>();

  /** Those of them that have ended, in that order. */
  private final ArrayDeque<PendingResult> ended = new ArrayDeque<>();

  private final NextResult next = new NextResult();
  private boolean closed;

  ResultIterator(WorkerThreads workers, String title, Iterator<Callable<R>> inputs, int ahead, boolean inOrder) {
    if (ahead < 1) {
      throw new IllegalArgumentException("a look-ahead of " + ahead + ": must be 1 or more");
    }
    this.workers = workers;
    this.title = title;
    this.inputs = inputs;
    this.ahead = ahead;
    this.inOrder = inOrder;
  }

  private final class PendingResult extends WorkItem<R> {
    private final Scheduler scheduler;
    private boolean isEnded;

    PendingResult(Callable<R> body, Scheduler scheduler) {
      super(body);
      this.scheduler = scheduler;
    }

    @Override
    void settled() {
      boolean _ = scheduler.runInside(() -> itemEnded(this));
    }
  }

  /** Whether {@link #next} has something to wait for. */
  public boolean hasNext() {
    return !closed && (!begun.isEmpty() || inputs.hasNext());
  }

  /**
   * Waits for the next result; fails with what the work has thrown, as it was thrown, and with a
   * {@link NoSuchElementException} after the last.
   */
  @CheckReturnValue
  public YieldEvent<R, Exception> next() {
    return next;
  }

  /** Abandons what was begun and not taken; twice is no error. */
  @Override
  public void close() {
    closed = true;
    for (PendingResult item : begun) {
      boolean _ = workers.remove(item);
      item.abandon();
    }
    begun.clear();
    ended.clear();
  }

  private void begin(Scheduler scheduler) {
    while (begun.size() < ahead && inputs.hasNext()) {
      PendingResult item = new PendingResult(inputs.next(), scheduler);
      begun.add(item);
      try {
        WorkerThreads.Admission _ = workers.add(item, true);
      } catch (Throwable refused) {
        begun.remove(item);
        throw refused;
      }
    }
  }

  private void itemEnded(PendingResult item) {
    if (begun.contains(item)) {
      item.isEnded = true;
      ended.add(item);
      next.serve();
    }
  }

  /** Takes the one whose turn it is, if it has ended. */
  private @Nullable PendingResult take() {
    PendingResult first = inOrder ? begun.getFirst() : ended.peek();
    if (first == null || !first.isEnded) {
      return null;
    }
    begun.remove(first);
    ended.remove(first);
    return first;
  }

  private final class NextResult extends YieldEvent<R, Exception> {
    private @Nullable Waiter waiting;

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      if (waiting != null) {
        throw new IllegalStateException(this + " is awaited by " + waiting + "; one at a time");
      }
      begin(scheduler);
      if (begun.isEmpty()) {
        throw new NoSuchElementException("there are no more results of " + title);
      }
      waiting = task;
      serve();
    }

    void serve() {
      Waiter task = waiting;
      PendingResult item = task == null ? null : take();
      if (task == null || item == null) {
        return;
      }
      waiting = null;
      Throwable failure = item.failure();
      if (failure == null) {
        wake(task, item.value());
      } else {
        failWith(task, failure);
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      Objects.requireNonNull(waiting);
      waiting = null;
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return "the next result of " + title;
    }
  }
}
