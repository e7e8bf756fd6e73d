package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.sync.Event;

/** What the reactor knows of waits, seen from outside. */
final class Waits {
  private Waits() {}

  /**
   * After a run: a wait of which the reactor had not heard the end would keep the next run polling
   * for ever, where nothing can happen any more and a deadlock is to be reported.
   */
  static void assertNoneIsLeft(Kind kind, Scheduler scheduler) {
    kind.spawn(scheduler, "waits for ever", co -> co.await(new Event("never").await()));
    assertThatThrownBy(scheduler::run).isInstanceOf(DeadlockException.class);
  }
}
