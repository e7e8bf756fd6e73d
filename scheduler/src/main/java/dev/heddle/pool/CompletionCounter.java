package dev.heddle.pool;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Counts what was begun and not finished; tasks and threads wait for a count of 0. Any thread;
 * waiters are called without the lock.
 *
 * <p>Invariants: the count is never below 0; there are waiters only while it is above 0.
 */
final class CompletionCounter {
  /** What is counted, in the plural. */
  private final String what;

  /** Guards all below. */
  private final SpinLock lock = new SpinLock();

  private long count;

  /** One callback for each waiter, called when the count is 0. */
  private final LinkedHashSet<Runnable> waiters = new LinkedHashSet<>();

  CompletionCounter(String what) {
    this.what = what;
  }

  void begun() {
    long _ = lock.in(() -> ++count);
  }

  /**
   * Counts one less.
   *
   * @throws IllegalStateException if more were finished than begun
   */
  void finished() {
    var free =
        lock.in(
            () -> {
              if (count == 0) {
                throw new IllegalStateException(
                    "more " + what + " were reported done than were put");
              }
              return less(1);
            });
    free.forEach(Runnable::run);
  }

  /** Counts this many less, or down to 0. */
  void finished(int most) {
    lock.in(() -> less(Math.min(most, count))).forEach(Runnable::run);
  }

  /** Under the lock: gives the waiters to call. */
  private List<Runnable> less(long finished) {
    count -= finished;
    List<Runnable> free = List.of();
    if (count == 0) {
      free = List.copyOf(waiters);
      waiters.clear(); // not removeAll, which looks each one up in the list
    }
    assert valid();
    return free;
  }

  private boolean valid() {
    return count >= 0 && (count > 0 || waiters.isEmpty());
  }

  /** Blocks the calling thread until the count is 0. */
  void await() throws InterruptedException {
    CountDownLatch latch = new CountDownLatch(1);
    Runnable me = latch::countDown;
    if (mustWait(me)) {
      try {
        latch.await();
      } finally {
        leave(me);
      }
    }
  }

  private boolean mustWait(Runnable me) {
    return lock.in(() -> count > 0 && waiters.add(me));
  }

  private void leave(Runnable me) {
    boolean _ = lock.in(() -> waiters.remove(me));
  }

  /** For tasks: waits until the count is 0. */
  YieldEvent<@Nullable Void, RuntimeException> join() {
    return new CounterJoin();
  }

  private final class CounterJoin extends SingleWaiterEvent<@Nullable Void, RuntimeException> {
    /** A new one for each wait: that of an undone wait may still be called, and is ignored. */
    private @Nullable Runnable callback;

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      Runnable me =
          new Runnable() {
            @Override
            public void run() {
              boolean _ = scheduler.runInside(() -> freed(this));
            }
          };
      callback = me; // before it can be called
      if (!mustWait(me)) {
        wake(null);
      }
    }

    private void freed(Runnable called) {
      if (callback == called && waiter() != null) {
        wake(null);
      }
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      leave(Objects.requireNonNull(callback));
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return lock.in(() -> count) + " unfinished " + what;
    }
  }
}
