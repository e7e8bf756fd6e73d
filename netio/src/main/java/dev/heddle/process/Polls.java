package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The tasks that wait in {@link Channel#poll}: none while there is something to receive. The owner
 * calls {@link #answer} when there may be something.
 *
 * <p>Invariants: nobody waits while there is something to receive. A poll stands here exactly as
 * long as its task waits.
 */
final class Polls {
  private final Source source;
  private final Set<Poll> waiting = new LinkedHashSet<>();

  /** What is polled. */
  interface Source {
    /** Whether a receive would not wait. */
    boolean hasSome();

    /** Somebody waits for something to receive. */
    default void wanted(Scheduler scheduler) {}

    /** Whether what is waited for comes from outside of the scheduler. */
    default boolean isFedFromOutside() {
      return false;
    }
  }

  Polls(Source source) {
    this.source = source;
  }

  static Duration check(Duration longest) {
    if (longest.isNegative()) {
      throw new IllegalArgumentException("cannot poll for " + longest + ": must be 0 or more");
    }
    return longest;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Tells all if there is something to receive. */
  void answer() {
    if (!waiting.isEmpty() && source.hasSome()) {
      List.copyOf(waiting).forEach(poll -> poll.end(true));
    }
    assert waiting.isEmpty() || !source.hasSome() : "somebody polls " + source;
  }

  YieldEvent<Boolean, IOException> event(Duration longest) {
    return new Poll(Timers.saturatedNanos(check(longest)));
  }

  private final class Poll extends SingleWaiterEvent<Boolean, IOException> {
    private final long nanos;

    Poll(long nanos) {
      this.nanos = nanos;
    }

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      if (source.hasSome()) {
        wake(true);
        return;
      }
      waiting.add(this);
      source.wanted(scheduler);
      assert waiting.contains(this) : this + " was answered before it has begun";
      if (nanos == 0) {
        end(false);
      } else {
        scheduler.setDeadline(this, scheduler.nanoTime() + nanos);
      }
    }

    @Override
    protected void handleDeadline(Scheduler scheduler) {
      end(false);
    }

    void end(boolean hasSome) {
      assert waiting.contains(this) : this + " ends twice";
      leave();
      wake(hasSome);
    }

    private void leave() {
      waiting.remove(this);
      if (hasDeadline() && waiter() instanceof Waiter mine) {
        mine.task().scheduler().clearDeadline(this);
      }
      assert !hasDeadline() : this + " is over and has a deadline";
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      leave();
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return source.isFedFromOutside();
    }

    @Override
    public String describe() {
      return "something to receive, for " + Duration.ofNanos(nanos) + ", from " + source;
    }
  }
}
