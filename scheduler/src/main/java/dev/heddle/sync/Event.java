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
 * <p>Those who wait wake in the order in which they came, all at once: also if the flag is cleared
 * again before their turn. A waiter that is cancelled loses nothing.
 */
public final class Event {

  /** A look at an event: its flag, and who waits, longest first. */
  public record Stats(String name, boolean isSet, List<Task<?>> waiters) {}

  private final Identity identity;
  private final WaitQueue waiters = new WaitQueue();

  /** One for all who wait. */
  private final Wait wait = new Wait();

  private boolean set;

  /** An event that is not set, known by a number. */
  public Event() {
    identity = new Identity("event", null);
  }

  /** An event that is not set, with a name for messages and dumps. */
  public Event(String name) {
    identity = new Identity("event", Objects.requireNonNull(name, "name"));
  }

  /** Waits until it is set; not at all if it is. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, RuntimeException> await() {
    return wait;
  }

  /** Sets it and wakes all who wait; does not yield. If it is set, does nothing. */
  public void set() {
    identity.check("set");
    set = true;
    for (Waiter task = waiters.poll(); task != null; task = waiters.poll()) {
      wait.over(task);
    }
  }

  /** Who awaits it from now on waits for the next {@link #set}. */
  public void clear() {
    identity.check("clear");
    set = false;
  }

  /** Whether it is set. */
  public boolean isSet() {
    return set;
  }

  /** A look at it. */
  public Stats stats() {
    return new Stats(identity.title(), set, waiters.toList());
  }

  @Override
  public String toString() {
    return identity.title() + (set ? ", set" : ", not set, " + waiters.size() + " waiting");
  }

  private final class Wait extends YieldEvent<@Nullable Void, RuntimeException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      identity.enter(scheduler);
      if (set) {
        over(task);
      } else {
        waiters.add(task);
      }
    }

    void over(Waiter task) {
      wake(task, null);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      return waiters.remove(task);
    }

    @Override
    public Resource resource() {
      return identity;
    }

    @Override
    public String describe() {
      return identity.title() + " to be set";
    }
  }
}
