package dev.heddle.actor;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import org.jspecify.annotations.Nullable;

/**
 * Counts the messages of a set of actors that are in flight: sent and not yet handled. A message is
 * handled when its actor asks for the next one, or has ended. The counter is also the event by
 * which tasks wait for a count of 0.
 *
 * <p>Invariants: the count is never below 0; tasks wait only while it is above 0.
 */
final class InFlightCounter extends YieldEvent<@Nullable Void, RuntimeException> {
  private final WaitQueue waiters = new WaitQueue();
  private long count;

  void sent() {
    count++;
  }

  /** This many messages were handled, or never will be. */
  void handled(int messages) {
    assert count >= messages : count + " messages in flight, " + messages + " handled";
    count -= messages;
    if (count == 0) {
      waiters.wakeAll(null);
    }
    assert valid();
  }

  private boolean valid() {
    return count >= 0 && (count > 0 || waiters.peek() == null);
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter waiter) {
    if (count == 0) {
      wake(waiter, null);
    } else {
      waiters.add(waiter);
    }
    assert valid();
  }

  @Override
  protected boolean mustBeAwaited() {
    return false;
  }

  @Override
  public String describe() {
    return "the actors to handle " + count + (count == 1 ? " message" : " messages");
  }
}
