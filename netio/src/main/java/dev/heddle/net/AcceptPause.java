package dev.heddle.net;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Holds a listener back after an accept that failed, mostly because no descriptors are left: for 5
 * ms, and for twice as long after each further failure, up to a second. Without a pause the
 * selector would report the same connection again and again.
 *
 * <p>Who waits in {@code accept} waits on. So each accept loop survives, however it is written.
 */
final class AcceptPause extends Timed {
  private static final FailureLog LOG = new FailureLog(System.getLogger("dev.heddle.net"));
  private static final long FIRST_MILLIS = 5;
  private static final long LONGEST_MILLIS = 1000;

  private final Endpoint endpoint;

  /** How long the next pause is. */
  private long millis = FIRST_MILLIS;

  private boolean on;

  /** Failures so far. */
  private final AtomicInteger failures = new AtomicInteger();

  AcceptPause(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  boolean isOn() {
    return on;
  }

  int failures() {
    return failures.get();
  }

  void accepted() {
    millis = FIRST_MILLIS;
  }

  /**
   * No more is accepted for a while.
   *
   * @param why for the log
   */
  void begin(Scheduler scheduler, @Nullable Object why) {
    on = true;
    scheduler.setDeadline(this, scheduler.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    LOG.warning(endpoint + " pauses accepting for " + millis + " ms: " + why);
    millis = Math.min(2 * millis, LONGEST_MILLIS);
    failures.incrementAndGet();
  }

  @Override
  protected void handleDeadline(Scheduler scheduler) {
    assert on : endpoint + " has not paused";
    on = false;
    endpoint.resumeAccepting();
  }
}
