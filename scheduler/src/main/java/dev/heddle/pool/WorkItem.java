package dev.heddle.pool;

import dev.heddle.scheduler.TaskLocal;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Something to be done in a thread of a pool, once, and who wants to know of its end.
 *
 * <pre>
 *   WAITING --a thread takes it--> RUNNING --it has ended--> SETTLED, told
 *      |                              |
 *      | dropped: SETTLED             | abandoned, or the pool was closed: SETTLED, the thread goes on
 * </pre>
 *
 * <p>Runs with the task-locals that its maker had.
 */
abstract class WorkItem<T extends @Nullable Object> {
  private static final System.Logger LOG = System.getLogger("dev.heddle");

  private enum State {
    WAITING,
    RUNNING,
    SETTLED
  }

  private final SpinLock lock = new SpinLock();
  private final Callable<T> body;
  private final TaskLocal.Snapshot locals = TaskLocal.snapshot();
  private State state = State.WAITING;

  /** The thread that runs it; while it does. */
  private @Nullable Thread thread;

  /** How many are about to interrupt the thread, which must not go on to other work meanwhile. */
  private final AtomicInteger interrupting = new AtomicInteger();

  /** How it ended. Written before {@link #settled} is called, read after. */
  private @Nullable T value;

  private @Nullable Throwable failure;

  WorkItem(Callable<T> body) {
    this.body = Objects.requireNonNull(body, "work");
  }

  /** It was accepted, if it had to wait for that. Any thread; neither waits nor throws. */
  void accepted() {}

  /** It has a value or a failure, which it keeps. Any thread; neither waits nor throws. */
  abstract void settled();

  final @Nullable Throwable failure() {
    return failure;
  }

  @SuppressWarnings("NullAway") // a T, which may be a null one
  final T value() {
    return value;
  }

  /** The thread of the pool: all of it. */
  final void run() {
    Thread me = Thread.currentThread();
    boolean begun =
        lock.in(
            () -> {
              if (state != State.WAITING) {
                return false;
              }
              state = State.RUNNING;
              thread = me;
              return true;
            });
    if (!begun) {
      return;
    }
    T result = null;
    Throwable thrown = null;
    try {
      result = locals.call(body);
    } catch (Throwable t) {
      thrown = t;
    }
    boolean told = settle(result, thrown);
    while (interrupting.get() > 0) {
      Thread.onSpinWait(); // an interrupt is for this work, and not for the next
    }
    boolean _ = Thread.interrupted();
    if (!told) {
      reportLost(thrown);
    }
  }

  /** Ends it, for all who wait: whether it was not at an end before. */
  final boolean settle(@Nullable T result, @Nullable Throwable thrown) {
    boolean first =
        lock.in(
            () -> {
              thread = null;
              if (state == State.SETTLED) {
                return false;
              }
              state = State.SETTLED;
              value = result;
              failure = thrown;
              return true;
            });
    if (first) {
      settled();
    }
    return first;
  }

  /** Nobody wants to know any more. It goes on if it runs, and never runs if it does not. */
  final void abandon() {
    State _ = lock.in(() -> state = State.SETTLED);
  }

  /** Sees to it that it never runs; false if it does, or did. */
  final boolean abandonUnlessBegun() {
    return lock.in(
        () -> {
          boolean waits = state == State.WAITING;
          state = waits ? State.SETTLED : state;
          return waits;
        });
  }

  /** Interrupts the thread if it runs. */
  final void interrupt() {
    interrupt(aim());
  }

  /** Fails it for all who wait, and interrupts the thread if it runs. */
  final void stop(Throwable why) {
    Thread running = aim(); // before it is settled: nobody knows the thread after
    boolean _ = settle(null, why);
    interrupt(running);
  }

  /** The thread that runs it, which cannot go on to other work until {@link #interrupt}. */
  private @Nullable Thread aim() {
    return lock.in(
        () -> {
          int _ = thread == null ? 0 : interrupting.incrementAndGet();
          return thread;
        });
  }

  private void interrupt(@Nullable Thread aimedAt) {
    if (aimedAt != null) {
      try {
        aimedAt.interrupt();
      } finally {
        int _ = interrupting.decrementAndGet();
      }
    }
  }

  /** What an interrupt makes of work is no news to those who asked for it. */
  private static void reportLost(@Nullable Throwable thrown) {
    if (thrown != null
        && !(thrown instanceof InterruptedException)
        && !(thrown instanceof ClosedByInterruptException)) {
      LOG.log(System.Logger.Level.WARNING, "abandoned work failed", thrown);
    }
  }
}
