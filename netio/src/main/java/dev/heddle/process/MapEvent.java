package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link ProcessPool#map}: one call for each argument, in order. A limited number of
 * calls is under way at a time, and an argument is asked for only when its call begins, so there
 * may be very many arguments.
 *
 * <p>Invariants: no more calls are under way than may be; when the wait is over, none is.
 */
final class MapEvent<R extends @Nullable Object> extends SingleWaiterEvent<List<R>, IOException> {
  private final CallQueue queue;
  private final JobType<?, @Nullable Object> job;
  private final Iterable<?> arguments;

  /** How many calls may be under way at a time. */
  private final int lookAhead;

  /** The results so far, at the indexes of their arguments; null where the call is not over. */
  private final List<@Nullable Object> results = new ArrayList<>();

  /** The calls under way, by the indexes of their arguments. */
  private final Map<Integer, Call<?>> running = new TreeMap<>();

  /** The arguments whose calls have not begun. */
  private Iterator<?> rest = Collections.emptyIterator();

  @SuppressWarnings("unchecked") // a result of any job is an object
  MapEvent(CallQueue queue, JobType<?, ?> job, Iterable<?> arguments, int lookAhead) {
    this.queue = queue;
    this.job = (JobType<?, @Nullable Object>) job;
    this.arguments = arguments;
    this.lookAhead = lookAhead;
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) {
    assert running.isEmpty() : this + ", of an earlier wait";
    results.clear();
    rest = arguments.iterator();
    proceed();
  }

  /** Begins further calls, or ends the wait if all calls are over. */
  private void proceed() {
    try {
      while (running.size() < lookAhead && rest.hasNext()) {
        int index = results.size();
        Call<@Nullable Object> call = new Call<>(job, rest.next(), new Element(index));
        results.add(null);
        running.put(index, call);
        queue.add(call);
      }
    } catch (Throwable thrown) { // also by the iterator, in the turn of a worker
      end(thrown);
      return;
    }
    assert running.size() <= lookAhead : this;
    if (running.isEmpty()) {
      wake(copyOfResults());
    }
  }

  @SuppressWarnings("unchecked") // each element is a result of the job
  private List<R> copyOfResults() {
    if (job instanceof JobChunk) {
      List<@Nullable Object> all = new ArrayList<>();
      results.forEach(chunk -> all.addAll((List<?>) Objects.requireNonNull(chunk)));
      return (List<R>) Collections.unmodifiableList(all);
    }
    return (List<R>) Collections.unmodifiableList(new ArrayList<>(results));
  }

  /** The first failure is the failure of the whole, so nobody wants the other calls any more. */
  private void end(Throwable failure) {
    abandonAll();
    failWith(failure);
  }

  private void abandonAll() {
    rest = Collections.emptyIterator();
    running.values().forEach(Call::abandon);
    running.clear();
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    abandonAll();
    return true;
  }

  @Override
  public String describe() {
    return "the results of " + job + " (" + running.size() + " under way)";
  }

  /** Puts the result of one call at its index. */
  private final class Element implements Call.Caller<@Nullable Object> {
    private final int index;

    Element(int index) {
      this.index = index;
    }

    @Override
    public void done(@Nullable Object result) {
      assert running.containsKey(index) : "call " + index + " is over twice";
      running.remove(index);
      results.set(index, result);
      proceed();
    }

    @Override
    public void failed(Throwable failure) {
      running.remove(index);
      end(failure);
    }
  }
}
