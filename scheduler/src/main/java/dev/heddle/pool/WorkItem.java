package dev.heddle.pool;

import dev.heddle.jfr.Flight;
import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.TaskLocal;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work for a thread of a pool. Runs at most once; its maker hears of the end.
 *
 * <pre>
 *   WAITING --a thread takes it--> RUNNING --it has ended--> SETTLED, its maker is told
 *      |                              |
 *      | dropped: SETTLED             | abandoned, or the pool was closed: SETTLED, the thread goes on
 * </pre>
 *
 * <p>The work runs with the task-locals that its maker had.
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

  /** Guarded by the lock. */
  private State state = State.WAITING;

  /** The thread that runs the work; null while none does. Guarded by the lock. */
  private @Nullable Thread thread;

  /** How many callers are about to interrupt the thread; it takes no other work before they did. */
  private final AtomicInteger interrupting = new AtomicInteger();

  /** The result. Written before {@link #settled} is called, read after that. */
  private @Nullable T value;

  /** What the work failed by; null if it has a result. Written and read like {@link #value}. */
  private @Nullable Throwable failure;

  WorkItem(Callable<T> body) {
    this.body = Objects.requireNonNull(body, "work");
  }

  /** Whether somebody wants the work done, so that it may begin. Any thread; must not wait. */
  boolean isWanted() {
    return true;
  }

  /** The work was accepted, after it had been offered. Any thread; must not wait or throw. */
  void accepted() {}

  /** The work has a value or a failure, which stays. Any thread; must not wait or throw. */
  abstract void settled();

  final @Nullable Throwable failure() {
    return failure;
  }

  @SuppressWarnings("NullAway") // a T, which may be a null one
  final T value() {
    return value;
  }

  /** A thread of this pool: does the work, unless it was dropped. */
  final void run(String pool) {
    if (!isWanted()) {
      abandon();
      return;
    }
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
      result = call(pool);
    } catch (Throwable t) {
      thrown = t;
    }
    boolean told = settle(result, thrown);
    assert lock.in(() -> thread == null && state == State.SETTLED) : "a thread that goes on";
    while (interrupting.get() > 0) {
      Thread.onSpinWait(); // so that the interrupt does not meet the next work
    }
    boolean _ = Thread.interrupted();
    if (!told && thrown != null && !isInterrupt(thrown)) {
      lost(thrown);
    }
  }

  private T call(String pool) throws Exception {
    if (!Flight.mayRecord()) {
      return locals.call(body);
    }
    try (Flight.Recorded _ = Flight.offload(pool)) { // before the maker hears of the end
      return locals.call(body);
    }
  }

  /** Sets the value or the failure and tells the maker; false if the work was SETTLED before. */
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

  /** Tells the maker nothing. Work that runs goes on; work that waits will never run. */
  final void abandon() {
    State _ = lock.in(() -> state = State.SETTLED);
  }

  /** Prevents the work from running; false if it runs or has run. */
  final boolean abandonUnlessBegun() {
    return lock.in(
        () -> {
          boolean waits = state == State.WAITING;
          state = waits ? State.SETTLED : state;
          return waits;
        });
  }

  /** Interrupts the thread, if the work runs. */
  final void interrupt() {
    interrupt(aim());
  }

  /** Fails the work, and interrupts the thread if the work runs. */
  final void stop(Throwable why) {
    Thread running = aim(); // before it is settled, which forgets the thread
    boolean _ = settle(null, why);
    interrupt(running);
  }

  /** The thread that runs the work. It takes no other work until {@link #interrupt}. */
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
        int left = interrupting.decrementAndGet();
        assert left >= 0 : "an interrupt without an aim";
      }
    }
  }

  /** The work has failed after it was abandoned. The pool's thread; must not wait or throw. */
  void lost(Throwable thrown) {
    LogPrinter.print(() -> logLost(thrown));
  }

  private static void logLost(Throwable thrown) {
    try {
      LOG.log(System.Logger.Level.WARNING, "abandoned work failed", thrown);
    } catch (Throwable broken) { // by the methods of the exception's class
      LOG.log(System.Logger.Level.WARNING, "abandoned work failed: " + thrown.getClass().getName());
    }
  }

  /** Whether that is what our own interrupt leads to, which is no news. */
  static boolean isInterrupt(Throwable thrown) {
    return thrown instanceof InterruptedException || thrown instanceof ClosedByInterruptException;
  }
}
