package dev.heddle.pool;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The results of many pieces of work, one after the other: of {@link ThreadPool#map} in the order
 * of the inputs, of {@link ThreadPool#asCompleted} in the order in which the work ends.
 *
 * <pre>{@code
 * try (var sizes = pool.map(files, Files::size, 8)) {
 *   while (sizes.hasNext()) {
 *     total += co.await(sizes.next());
 *   }
 * }
 * }</pre>
 *
 * <p>No work begins before the first {@code next} is awaited. From then on as many pieces of work
 * as the look-ahead says are begun before their results are taken. So a task that takes results
 * slowly keeps no more than that in memory.
 *
 * <p>A failure is thrown by the {@code next} whose turn it is; the other work goes on. A cancelled
 * {@code next} loses nothing: the result stays for the following {@code next}. Closing abandons the
 * work that was begun and whose result was not taken.
 *
 * <p>For the one task that uses it; one {@code next} waits at a time.
 *
 * @param <R> the results
 */
public final class ResultIterator<R extends @Nullable Object> implements AutoCloseable {
  private final WorkerThreads threads;
  private final Iterator<?> inputs;

  /** Takes the next input and makes a piece of work of it. */
  private final Supplier<Callable<R>> nextWork;

  /** How many pieces of work may be begun before their results are taken. */
  private final int ahead;

  /** Whether results come in the order of the inputs; else in the order in which work ends. */
  private final boolean inOrder;

  /** Work that was begun and whose result was not taken, in the order of the inputs. */
  private final LinkedHashSet<PendingResult> begun = new LinkedHashSet<>();

  /** The part of {@link #begun} that has ended, in that order; not used if {@link #inOrder}. */
  private final ArrayDeque<PendingResult> ended = new ArrayDeque<>();

  private final NextResult next = new NextResult();
  private boolean closed;

  <A extends @Nullable Object> ResultIterator(
      WorkerThreads threads,
      Iterator<A> inputs,
      WorkFunction<? super A, ? extends R> function,
      int ahead,
      boolean inOrder) {
    if (ahead < 1) {
      throw new IllegalArgumentException("a look-ahead of " + ahead + ": must be 1 or more");
    }
    this.threads = threads;
    this.inputs = inputs;
    this.nextWork =
        () -> {
          A input = inputs.next();
          return () -> function.apply(input);
        };
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
      boolean _ = scheduler.runInside(() -> resultEnded(this));
    }
  }

  /** Whether there is another result for {@link #next} to wait for. */
  public boolean hasNext() {
    return !closed && (!begun.isEmpty() || inputs.hasNext());
  }

  /**
   * Waits for the next result. Fails with what the work has thrown, with its own stack trace; with
   * a {@link NoSuchElementException} after the last result; and with a {@link PoolClosedException}
   * if this or the pool is closed.
   */
  @CheckReturnValue
  public YieldEvent<R, Exception> next() {
    return next.forCaller();
  }

  /**
   * Abandons the work that was begun and whose result was not taken. A second call does nothing.
   */
  @Override
  public void close() {
    closed = true;
    for (PendingResult work : begun) {
      boolean _ = threads.remove(work);
      work.abandon();
    }
    begun.clear();
    ended.clear();
    next.end();
  }

  private void begin(Scheduler scheduler) {
    while (begun.size() < ahead && inputs.hasNext()) {
      PendingResult work = new PendingResult(nextWork.get(), scheduler);
      begun.add(work);
      try {
        WorkerThreads.Admission _ = threads.add(work, true);
      } catch (Throwable refused) {
        begun.remove(work);
        throw refused;
      }
    }
  }

  private void resultEnded(PendingResult work) {
    if (begun.contains(work)) { // else abandoned
      work.isEnded = true;
      if (!inOrder) {
        ended.add(work);
      }
      assert ended.size() <= begun.size() && begun.size() <= ahead : this;
      next.serve();
    }
  }

  /** Takes the result whose turn it is; null if that work has not ended. */
  private @Nullable PendingResult take() {
    PendingResult first = inOrder ? begun.getFirst() : ended.peek();
    if (first == null || !first.isEnded) {
      return null;
    }
    begun.remove(first);
    if (!inOrder) {
      ended.remove();
    }
    return first;
  }

  private final class NextResult extends SingleWaiterEvent<R, Exception> {
    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      if (closed) {
        end();
        return;
      }
      begin(scheduler);
      if (begun.isEmpty()) {
        throw new NoSuchElementException("there are no more results of " + threads.title());
      }
      serve();
    }

    void serve() {
      PendingResult work = waiter() == null ? null : take();
      if (work == null) {
        return;
      }
      Throwable failure = work.failure();
      if (failure == null) {
        wake(work.value());
      } else {
        failWith(failure);
      }
    }

    void end() {
      if (waiter() != null) {
        fail(new PoolClosedException("the results of " + threads.title() + " are closed"));
      }
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "the next result of " + threads.title();
    }
  }
}
