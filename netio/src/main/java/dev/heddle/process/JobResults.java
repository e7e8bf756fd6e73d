package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link ProcessPool#asCompleted}, one after the other, in the order in which the
 * jobs end.
 *
 * <pre>{@code
 * int total = 0;
 * try (JobResults<Integer> primes = pool.asCompleted(Primes::count, ranges, 4)) {
 *   while (primes.hasNext()) {
 *     total += co.await(primes.next());
 *   }
 * }
 * }</pre>
 *
 * <p>No job is queued before the first {@code next} is awaited. From then on as many jobs as the
 * look-ahead says are queued before their results are taken. So a task that takes results slowly
 * keeps no more than that in memory.
 *
 * <p>The failure of a job is thrown by the {@code next} whose turn it is; the other jobs go on. A
 * cancelled {@code next} loses nothing: the result stays for the following {@code next}. Closing
 * ends the jobs whose results were not taken: a job that has not begun never begins, and the child
 * of a running one is killed and replaced.
 *
 * <p>For the one task that uses it; one {@code next} waits at a time.
 *
 * @param <R> the results
 */
public final class JobResults<R extends @Nullable Object> implements AutoCloseable {
  private final CallQueue queue;
  private final JobType<?, R> job;
  private final Iterator<?> arguments;

  /** How many jobs may be queued before their results are taken. */
  private final int ahead;

  /** The jobs that were queued and have not ended. */
  private final Set<Started> running = new LinkedHashSet<>();

  /** The jobs that have ended and whose results were not taken, in the order of their ends. */
  private final ArrayDeque<Started> ended = new ArrayDeque<>();

  private final Next next = new Next();
  private boolean closed;

  JobResults(CallQueue queue, JobType<?, R> job, Iterable<?> arguments, int ahead) {
    if (ahead < 1) {
      throw new IllegalArgumentException("a look-ahead of " + ahead + ": must be 1 or more");
    }
    this.queue = queue;
    this.job = job;
    this.arguments = arguments.iterator();
    this.ahead = ahead;
  }

  /** Whether there is another result for {@link #next} to wait for. */
  public boolean hasNext() {
    return !closed && (!running.isEmpty() || !ended.isEmpty() || arguments.hasNext());
  }

  /**
   * Waits for the next result. Fails as {@link ProcessPool#apply} does if the job fails, with a
   * {@link NoSuchElementException} after the last result, and with an {@code IOException} if this
   * or the pool is closed.
   */
  @CheckReturnValue
  public YieldEvent<R, IOException> next() {
    return next.forCaller();
  }

  /** Ends the jobs whose results were not taken. A second call does nothing. */
  @Override
  public void close() {
    closed = true;
    running.forEach(started -> started.call.abandon());
    running.clear();
    ended.clear();
    next.end();
  }

  /** Queues jobs up to the look-ahead. A job that the closed pool refuses has ended by that. */
  private void begin() {
    while (running.size() + ended.size() < ahead && arguments.hasNext()) {
      Started started = new Started(arguments.next());
      running.add(started);
      try {
        queue.add(started.call);
      } catch (ProcessPoolClosedException refused) {
        started.call.failed(refused);
      }
    }
    assert running.size() + ended.size() <= ahead : this;
  }

  @Override
  public String toString() {
    return "the results of " + job + " (" + running.size() + " under way)";
  }

  /** A job that was queued, and then how it has ended. */
  private final class Started implements Call.Caller<R> {
    private final Call<R> call;
    private @Nullable R result;
    private @Nullable Throwable failure;

    Started(@Nullable Object argument) {
      call = new Call<>(job, argument, this);
    }

    @Override
    public void done(R value) {
      result = value;
      end();
    }

    @Override
    public void failed(Throwable thrown) {
      failure = thrown;
      end();
    }

    private void end() {
      boolean was = running.remove(this);
      assert was : job + " has ended twice";
      ended.add(this);
      next.serve();
    }
  }

  private final class Next extends SingleWaiterEvent<R, IOException> {
    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      if (closed) {
        end();
        return;
      }
      begin();
      if (waiter() != null && running.isEmpty() && ended.isEmpty()) {
        throw new NoSuchElementException("there are no more results of " + job);
      }
      serve();
    }

    @SuppressWarnings("NullAway") // an R, which may be a null one
    private void serve() {
      if (waiter() == null || ended.isEmpty()) {
        return;
      }
      Started first = ended.removeFirst();
      if (first.failure == null) {
        wake(first.result);
      } else {
        failWith(first.failure);
      }
    }

    private void end() {
      if (waiter() != null) {
        fail(new IOException(JobResults.this + " are closed"));
      }
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      return true;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return JobResults.this.toString();
    }
  }
}
