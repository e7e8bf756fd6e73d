package dev.heddle.process;

import dev.heddle.process.Backlog.PoolClosedException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link ProcessPool#map}: calls for the elements in their order, a few ahead of those
 * that are done. Arguments are asked for as they are needed, so that there may be many.
 */
final class MapAll<R extends @Nullable Object> extends YieldEvent<List<R>, IOException> {
  private final Backlog backlog;
  private final JobType type;
  private final Iterable<?> arguments;
  private final int lookAhead;

  /** The results so far, at the places of their arguments. */
  private final List<@Nullable Object> results = new ArrayList<>();

  /** By the places of their arguments: given to the backlog and not over. */
  private final Map<Integer, Call> running = new TreeMap<>();

  private Iterator<?> rest = Collections.emptyIterator();

  /** Null unless it is waited for. */
  private @Nullable Waiter waiter;

  MapAll(Backlog backlog, JobType type, Iterable<?> arguments, int lookAhead) {
    this.backlog = backlog;
    this.type = type;
    this.arguments = arguments;
    this.lookAhead = lookAhead;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (waiter != null) {
      throw new IllegalStateException(this + " is in use by " + waiter + "; make one for each");
    }
    results.clear();
    rest = arguments.iterator();
    waiter = task;
    goOn();
  }

  /** Gives further calls, or finds that all is done. */
  private void goOn() {
    try {
      while (running.size() < lookAhead && rest.hasNext()) {
        int place = results.size();
        Call call = new Call(type, rest.next(), new Place(place));
        results.add(null);
        running.put(place, call);
        backlog.add(call);
      }
      if (running.isEmpty()) {
        finish();
      }
    } catch (PoolClosedException | RuntimeException e) {
      end(e);
    }
  }

  @SuppressWarnings("unchecked") // each is the job's result
  private void finish() {
    wake(over(), (List<R>) Collections.unmodifiableList(new ArrayList<>(results)));
  }

  /** The first failure is the whole one's; what else is under way nobody wants. */
  private void end(Throwable failure) {
    Waiter task = over();
    abandonAll();
    failWith(task, failure);
  }

  private Waiter over() {
    Waiter task = waiter;
    assert task != null : "a result that nobody waits for";
    waiter = null;
    return task;
  }

  private void abandonAll() {
    rest = Collections.emptyIterator();
    running.values().forEach(Call::abandon);
    running.clear();
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    var _ = over();
    abandonAll();
    return true;
  }

  @Override
  public String describe() {
    return "the results of " + type + " (" + running.size() + " under way)";
  }

  /** Where a call's result goes. */
  private final class Place implements Call.Caller {
    private final int index;

    Place(int index) {
      this.index = index;
    }

    @Override
    public void done(@Nullable Object result) {
      running.remove(index);
      results.set(index, result);
      goOn();
    }

    @Override
    public void failed(Throwable failure) {
      running.remove(index);
      end(failure);
    }
  }
}
