package dev.heddle.pool;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * How much was begun and not finished, and those who wait for the moment at which that is nothing.
 * Any thread; nobody is freed under the lock.
 */
final class CompletionCounter {
  private final String what;

  /** Guards all below. */
  private final SpinLock lock = new SpinLock();

  private long count;

  /** What frees each of those who wait; empty at 0. */
  private final LinkedHashSet<Runnable> waiting = new LinkedHashSet<>();

  CompletionCounter(String what) {
    this.what = what;
  }

  void begun() {
    long _ = lock.in(() -> ++count);
  }

  /**
   * One less.
   *
   * @throws IllegalStateException if more were finished than begun
   */
  void finished() {
    lock.in(
            () -> {
              if (count == 0) {
                throw new IllegalStateException(
                    "more " + what + " were reported done than were put");
              }
              return less(1);
            })
        .forEach(Runnable::run);
  }

  /** So many less, but not less than 0. */
  void finished(int most) {
    lock.in(() -> less(Math.min(most, count))).forEach(Runnable::run);
  }

  /** Under the lock. Gives those that are free by it, if it was the last. */
  private List<Runnable> less(long finished) {
    count -= finished;
    if (count > 0) {
      return List.of();
    }
    List<Runnable> free = List.copyOf(waiting);
    waiting.clear();
    return free;
  }

  /** Blocks the calling thread. */
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
    return lock.in(() -> count > 0 && waiting.add(me));
  }

  private void leave(Runnable me) {
    boolean _ = lock.in(() -> waiting.remove(me));
  }

  private String describe() {
    return lock.in(() -> count) + " unfinished " + what;
  }

  /** The event of tasks. */
  YieldEvent<@Nullable Void, RuntimeException> join() {
    return new JoinCounter(this);
  }

  private static final class JoinCounter extends YieldEvent<@Nullable Void, RuntimeException> {
    private final CompletionCounter unfinished;

    /** Another at each wait, as the one of an earlier wait may still be on its way to free us. */
    private @Nullable Runnable waiting;

    JoinCounter(CompletionCounter unfinished) {
      this.unfinished = unfinished;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter task) {
      if (waiting != null) {
        throw new IllegalStateException(this + " is in use; make one for each");
      }
      Runnable me =
          new Runnable() {
            @Override
            public void run() {
              boolean _ = scheduler.runInside(() -> freed(this, task));
            }
          };
      waiting = me; // before it can be freed
      if (!unfinished.mustWait(me)) {
        waiting = null;
        wake(task, null);
      }
    }

    private void freed(Runnable freed, Waiter task) {
      if (waiting == freed) {
        waiting = null;
        wake(task, null);
      }
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter task) {
      unfinished.leave(Objects.requireNonNull(waiting));
      waiting = null;
      return true;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return unfinished.describe();
    }
  }
}
