package dev.heddle.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a {@link ThreadPool} and the work that waits for one.
 *
 * <pre>
 *   add --a thread is free--> runs
 *       --none--> accepted: the first {@code bound} of those that wait
 *                 offered:  those behind; the tasks that brought them wait
 * </pre>
 *
 * <p>First come, first served. Not the executor of the JDK: loops add work, and its locks could
 * stop them ({@link SpinLock} tells how).
 *
 * <p>Invariants: work waits only while all threads are busy; work is offered only while as many as
 * the bound are accepted.
 */
final class WorkerThreads {
  /** So long an idle platform thread stays; a virtual one costs nothing to make again. */
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final SpinLock lock = new SpinLock();
  private final ThreadFactory threads;
  private final int limit;
  private final int bound;
  private final long idleNanos;
  private final CompletionCounter unfinished;
  private final String title;

  // Guarded by the lock.
  private final LinkedHashSet<WorkItem<?>> accepted = new LinkedHashSet<>();
  private final LinkedHashSet<WorkItem<?>> offered = new LinkedHashSet<>();
  private final Set<WorkItem<?>> running = new LinkedHashSet<>();
  private final ArrayDeque<PoolThread> idle = new ArrayDeque<>();
  private boolean shutdown;

  WorkerThreads(ThreadFactory threads, boolean stay, int limit, int bound, String title) {
    this.threads = threads;
    this.limit = limit;
    this.bound = bound;
    idleNanos = stay ? IDLE_NANOS : 0;
    unfinished = new CompletionCounter("works of " + title);
    this.title = title;
  }

  CompletionCounter unfinished() {
    return unfinished;
  }

  /** How much runs, is accepted and is offered. */
  int[] counts() {
    return lock.in(() -> new int[] {running.size(), accepted.size(), offered.size()});
  }

  boolean isShutdown() {
    return lock.in(() -> shutdown);
  }

  /** What became of work that was added. */
  enum Admission {
    ACCEPTED,
    OFFERED,
    REFUSED
  }

  /**
   * Adds work.
   *
   * @param offers whether it may be offered, and is not refused if there is no room
   * @throws ClosedException if the pool is closed
   */
  Admission add(WorkItem<?> work, boolean offers) {
    unfinished.begun();
    PoolThread[] worker = new PoolThread[1];
    @Nullable Admission added =
        lock.in(
            () -> {
              if (shutdown) {
                return null;
              }
              if (running.size() < limit) {
                running.add(work);
                worker[0] = idle.isEmpty() ? new PoolThread() : idle.pop();
                worker[0].next = work;
                return Admission.ACCEPTED;
              }
              return stand(work, offers);
            });
    if (added == null || added == Admission.REFUSED) {
      unfinished.finished(1);
      if (added == null) {
        throw closed();
      }
    }
    if (worker[0] != null) {
      begin(worker[0], work);
    }
    return added;
  }

  private Admission stand(WorkItem<?> work, boolean offers) {
    assert running.size() == limit : "work waits beside a thread that is free";
    if (accepted.size() < bound) {
      assert offered.isEmpty() : "work was offered while there was room";
      accepted.add(work);
      return Admission.ACCEPTED;
    }
    if (offers) {
      offered.add(work);
    }
    return offers ? Admission.OFFERED : Admission.REFUSED;
  }

  private void begin(PoolThread worker, WorkItem<?> work) {
    Thread thread = worker.thread;
    if (thread != null) {
      LockSupport.unpark(thread);
      return;
    }
    try {
      thread = threads.newThread(worker);
      worker.thread = thread;
      thread.start();
    } catch (Throwable noThread) { // the machine has no more
      boolean _ = lock.in(() -> running.remove(work));
      unfinished.finished(1);
      throw noThread;
    }
  }

  /** Takes waiting work out: whether it was there, and will not run. */
  boolean remove(WorkItem<?> work) {
    List<WorkItem<?>> promoted = new ArrayList<>(0);
    boolean removed =
        lock.in(
            () -> {
              boolean waited = accepted.remove(work) || offered.remove(work);
              promote(promoted);
              return waited;
            });
    promoted.forEach(WorkItem::accepted);
    if (removed) {
      unfinished.finished(1);
    }
    return removed;
  }

  /** Under the lock: room has become free. */
  private void promote(List<WorkItem<?>> promoted) {
    while (accepted.size() < bound && !offered.isEmpty()) {
      WorkItem<?> first = offered.removeFirst();
      accepted.add(first);
      promoted.add(first);
    }
  }

  /** Under the lock. */
  private @Nullable WorkItem<?> first(List<WorkItem<?>> promoted) {
    WorkItem<?> first = null;
    if (!accepted.isEmpty()) {
      first = accepted.removeFirst();
    } else if (!offered.isEmpty()) {
      first = offered.removeFirst();
      promoted.add(first);
    }
    promote(promoted);
    return first;
  }

  /** Adds nothing any more; what was accepted or offered goes on. */
  void shutdown() {
    List<PoolThread> free =
        lock.in(
            () -> {
              shutdown = true;
              List<PoolThread> all = List.copyOf(idle);
              idle.clear();
              return all;
            });
    for (PoolThread worker : free) {
      LockSupport.unpark(worker.thread); // to its end
    }
  }

  /** {@link #shutdown}; what waits is dropped, what runs is interrupted; all fail as closed. */
  void close() {
    shutdown();
    List<WorkItem<?>> waiting = new ArrayList<>();
    List<WorkItem<?>> busy =
        lock.in(
            () -> {
              waiting.addAll(accepted);
              waiting.addAll(offered);
              accepted.clear();
              offered.clear();
              return List.copyOf(running);
            });
    for (WorkItem<?> work : waiting) {
      unfinished.finished(1);
      work.stop(closed());
    }
    for (WorkItem<?> work : busy) {
      work.stop(closed());
    }
  }

  private ClosedException closed() {
    return new ClosedException(title + " is closed");
  }

  /** A thread of the pool, or one that is to be. */
  private final class PoolThread implements Runnable {
    /** Null until it is made. */
    private volatile @Nullable Thread thread;

    /** What it is to do; guarded by the lock, but while it is not idle. */
    private @Nullable WorkItem<?> next;

    @Override
    public void run() {
      WorkItem<?> work = next;
      while (work != null) {
        next = null;
        work.run();
        work = after(work);
      }
    }

    /** The work to do next; waits for it, some time. Null: the thread is not needed any more. */
    private @Nullable WorkItem<?> after(WorkItem<?> done) {
      List<WorkItem<?>> promoted = new ArrayList<>(0);
      WorkItem<?> following =
          lock.in(
              () -> {
                running.remove(done);
                WorkItem<?> first = first(promoted);
                if (first != null) {
                  running.add(first);
                } else if (idleNanos > 0 && !shutdown) {
                  idle.push(this);
                }
                return first;
              });
      promoted.forEach(WorkItem::accepted);
      unfinished.finished(1);
      return following != null ? following : whenIdle();
    }

    private @Nullable WorkItem<?> whenIdle() {
      long start = System.nanoTime();
      while (lock.in(() -> idle.contains(this))) {
        long left = idleNanos - (System.nanoTime() - start);
        if (left <= 0 && lock.in(() -> idle.remove(this))) {
          return null;
        }
        LockSupport.parkNanos(WorkerThreads.this, left);
        boolean _ = Thread.interrupted(); // by nobody who meant work of ours
      }
      return lock.in(() -> next);
    }
  }
}
