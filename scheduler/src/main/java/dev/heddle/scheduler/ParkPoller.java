package dev.heddle.scheduler;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The poller of a scheduler without I/O: parks the loop's thread. */
final class ParkPoller implements Poller {
  /** The thread that parks, for those who wake it. */
  private volatile @Nullable Thread sleeper;

  /** Set by a wakeup: the next park is not needed. Checked after {@code sleeper} was written. */
  private volatile boolean woken;

  @Override
  public void poll(long timeoutNanos) {
    if (timeoutNanos == 0) {
      return;
    }
    sleeper = Thread.currentThread();
    if (!woken) {
      if (timeoutNanos == FOREVER) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, timeoutNanos);
      }
    }
    woken = false;
  }

  @Override
  public void wakeup() {
    woken = true;
    LockSupport.unpark(sleeper);
  }

  @Override
  public boolean hasWaiters() {
    return false;
  }

  @Override
  public void close() {}
}
