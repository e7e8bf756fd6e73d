package dev.heddle.actor;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import org.jspecify.annotations.Nullable;

/**
 * How many messages of a set of actors are under way: sent, and not yet handled. A message is
 * handled when its actor asks for the next one, or has ended. Itself the event that none is.
 */
final class InFlightCounter extends YieldEvent<@Nullable Void, RuntimeException> {
  private final WaitQueue waiters = new WaitQueue();
  private long underWay;

  /** A message was sent. */
  void sent() {
    underWay++;
  }

  /** So many will not be handled again. */
  void handled(int messages) {
    assert underWay >= messages : underWay + " messages under way, " + messages + " handled";
    underWay -= messages;
    if (underWay == 0) {
      for (Waiter task = waiters.poll(); task != null; task = waiters.poll()) {
        wake(task, null);
      }
    }
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (underWay == 0) {
      wake(task, null);
    } else {
      waiters.add(task);
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    return waiters.remove(task);
  }

  @Override
  public String describe() {
    return "the actors to handle " + underWay + (underWay == 1 ? " message" : " messages");
  }
}
