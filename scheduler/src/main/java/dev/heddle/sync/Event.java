package dev.heddle.sync;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A flag that tasks wait for.
 *
 * <pre>{@code
 * Event started = new Event("started");
 * // one task
 * started.set();
 * // others
 * co.await(started.await());
 * }</pre>
 *
 * <p>Fairness: {@link #set} wakes all waiters, in the order in which they came. They return from
 * their await even if the event is cleared again before their turn.
 *
 * <p>Cancellation: a waiter that is cancelled leaves the queue, and nothing is lost.
 *
 * <p>Threads: an event is used by the tasks of one scheduler; a call from elsewhere throws a {@link
 * WrongThreadException}.
 *
 * <p>Invariant: nobody waits while the event is set.
 */
public final class Event {

  /** The state of an event at one moment; the longest waiter is the first. */
  public record Stats(String name, boolean isSet, List<Task<?>> waiters) {}

  private final Identity identity;
  private final WaitQueue waiters = new WaitQueue();

  /** The event of all waiters; it knows nothing of a single one. */
  private final Wait wait = new Wait();

  private boolean set;

  /** An event that is not set and that messages name by a number. */
  public Event() {
    identity = new Identity("event", null);
  }

  /** An event that is not set, with a name for messages and dumps. */
  public Event(String name) {
    identity = new Identity("event", Objects.requireNonNull(name, "name"));
  }

  /** Waits until the event is set; returns at once if it is. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> await() {
    return wait.forCaller();
  }

  /** Sets the event and wakes all waiters; does not yield. A second set does nothing. */
  public void set() {
    identity.check("set");
    set = true;
    waiters.wakeAll(null);
    assert valid() : this;
  }

  /** Clears the event, so that tasks wait for the next {@link #set}; does not yield. */
  public void clear() {
    identity.check("clear");
    set = false;
  }

  /** Whether the event is set. */
  public boolean isSet() {
    return set;
  }

  /** The state at this moment, for dumps and tests. */
  public Stats stats() {
    return new Stats(identity.title(), set, waiters.toList());
  }

  @Override
  public String toString() {
    return identity.title() + (set ? ", set" : ", not set, " + waiters.size() + " waiting");
  }

  /** The invariant above. An arm that has lost may still stand in the queue; it does not count. */
  private boolean valid() {
    return !set || waiters.peek() == null;
  }

  private final class Wait extends YieldEvent<@Nullable Void, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      identity.enter(scheduler);
      if (set) {
        wake(waiter, null);
      } else {
        waiters.add(waiter);
      }
      assert valid() : Event.this;
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
      return identity.title() + " to be set";
    }
  }
}
