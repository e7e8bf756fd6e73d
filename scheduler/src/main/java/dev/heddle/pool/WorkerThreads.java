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
 * The threads of a {@link ThreadPool} and the work that waits for a thread.
 *
 * <pre>
 *   add --a thread is free--> runs
 *       --none is free------> accepted: as many as the queue holds
 *                             offered: the work behind; the tasks that brought it wait for room
 * </pre>
 *
 * <p>First come, first served. This is not an executor of the JDK, because loops add work and the
 * locks of the JDK could stop a loop ({@link SpinLock} tells how).
 *
 * <p>Invariants: work waits only while as many run as there are threads; work is offered only while
 * the queue is full; a thread is idle only while no work waits.
 */
final class WorkerThreads {
  /** How long an idle platform thread stays. A virtual one ends at once: it is cheap to make. */
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final SpinLock lock = new SpinLock();
  private final ThreadFactory threads;

  /** How much work may run at once. */
  private final int limit;

  /** How much work may be accepted beyond that. */
  private final int bound;

  private final long idleNanos;

  /** Work that was added and has not ended. */
  private final CompletionCounter unfinished;

  private final String title;

  // Guarded by the lock.

  /** Work that waits for a thread, first come first. */
  private final LinkedHashSet<WorkItem<?>> accepted = new LinkedHashSet<>();

  /** Work that waits to be accepted, first come first. */
  private final LinkedHashSet<WorkItem<?>> offered = new LinkedHashSet<>();

  /** Work that a thread has taken. */
  private final Set<WorkItem<?>> running = new LinkedHashSet<>();

  /** Threads that wait for work; the one that became idle last is used first. */
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

  String title() {
    return title;
  }

  CompletionCounter unfinished() {
    return unfinished;
  }

  /** How much work runs, is accepted, and is offered. */
  int[] counts() {
    return lock.in(() -> new int[] {running.size(), accepted.size(), offered.size()});
  }

  boolean isShutdown() {
    return lock.in(() -> shutdown);
  }

  /** What happened to work that was added. */
  enum Admission {
    ACCEPTED,
    OFFERED,
    REFUSED
  }

  /**
   * Adds work.
   *
   * @param offers whether work for which there is no room is offered; else it is refused
   * @throws PoolClosedException if the pool is closed
   */
  Admission add(WorkItem<?> work, boolean offers) {
    unfinished.begun();
    PoolThread[] worker = new PoolThread[1];
    @Nullable Admission admission =
        lock.in(
            () -> {
              if (shutdown) {
                return null;
              }
              if (running.size() < limit) {
                running.add(work);
                worker[0] = idle.isEmpty() ? new PoolThread() : idle.pop();
                worker[0].next = work;
                assert valid();
                return Admission.ACCEPTED;
              }
              return enqueue(work, offers);
            });
    if (admission == null || admission == Admission.REFUSED) {
      unfinished.finished(1);
      if (admission == null) {
        throw closed();
      }
    }
    if (worker[0] != null) {
      begin(worker[0], work);
    }
    return admission;
  }

  private Admission enqueue(WorkItem<?> work, boolean offers) {
    if (accepted.size() < bound) {
      accepted.add(work);
      assert valid();
      return Admission.ACCEPTED;
    }
    if (offers) {
      offered.add(work);
    }
    assert valid();
    return offers ? Admission.OFFERED : Admission.REFUSED;
  }

  /** Under the lock. */
  private boolean valid() {
    boolean isFull = running.size() == limit;
    return running.size() <= limit
        && accepted.size() <= bound
        && (accepted.isEmpty() || isFull)
        && (offered.isEmpty() || (isFull && accepted.size() == bound))
        && (idle.isEmpty() || (accepted.isEmpty() && offered.isEmpty()));
  }

  private void begin(PoolThread worker, WorkItem<?> work) {
    Thread thread = worker.thread;
    if (thread != null) {
      LockSupport.unpark(thread);
      return;
    }
    try {
      make(worker);
    } catch (Throwable noThread) { // the machine has no more
      WorkItem<?> stranded = leave(work);
      while (stranded != null) { // what came meanwhile would wait for a thread that is not there
        WorkItem<?> following;
        try {
          PoolThread other = new PoolThread();
          other.next = stranded;
          make(other);
          following = null;
        } catch (Throwable again) {
          boolean _ = stranded.settle(null, again);
          following = leave(stranded);
        }
        stranded = following;
      }
      throw noThread;
    }
  }

  private void make(PoolThread worker) {
    Thread thread = threads.newThread(worker);
    worker.thread = thread;
    thread.start();
  }

  /** Work does not run any more; gives the work that takes its place, if some waits. */
  private @Nullable WorkItem<?> leave(WorkItem<?> done) {
    List<WorkItem<?>> promoted = new ArrayList<>(0);
    WorkItem<?> first =
        lock.in(
            () -> {
              running.remove(done);
              WorkItem<?> next = pollFirst(promoted);
              if (next != null) {
                running.add(next);
              }
              assert valid();
              return next;
            });
    promoted.forEach(WorkItem::accepted);
    unfinished.finished(1);
    return first;
  }

  /** Takes work out that waits, so that it never runs; false if it does not wait. */
  boolean remove(WorkItem<?> work) {
    List<WorkItem<?>> promoted = new ArrayList<>(0);
    boolean removed =
        lock.in(
            () -> {
              boolean waited = accepted.remove(work) || offered.remove(work);
              promote(promoted);
              assert valid();
              return waited;
            });
    promoted.forEach(WorkItem::accepted);
    if (removed) {
      unfinished.finished(1);
    }
    return removed;
  }

  /** Under the lock: accepts offered work while there is room for it. */
  private void promote(List<WorkItem<?>> promoted) {
    while (accepted.size() < bound && !offered.isEmpty()) {
      WorkItem<?> first = offered.removeFirst();
      accepted.add(first);
      promoted.add(first);
    }
  }

  /** Under the lock: takes out the work that a free thread does next. */
  private @Nullable WorkItem<?> pollFirst(List<WorkItem<?>> promoted) {
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

  /** Refuses further work; work that was accepted or offered will still run. */
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
      LockSupport.unpark(worker.thread); // so that it ends
    }
  }

  /**
   * Like {@link #shutdown}; drops the work that waits and interrupts the work that runs. All of it
   * fails with a {@link PoolClosedException}.
   */
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

  private PoolClosedException closed() {
    return new PoolClosedException(title + " is closed");
  }

  /** A thread of the pool, made when its first work is given to it. */
  private final class PoolThread implements Runnable {
    /** Null until the thread is made. */
    private volatile @Nullable Thread thread;

    /** The work to do next. Guarded by the lock while the thread is idle; else the thread's own. */
    private @Nullable WorkItem<?> next;

    @Override
    public void run() {
      WorkItem<?> work = next;
      while (work != null) {
        next = null;
        try {
          work.run(title);
        } catch (Throwable thrown) { // no memory, no stack: the thread is kept for other work
          boolean _ = work.settle(null, thrown);
        }
        work = after(work);
      }
    }

    /** The work to do next, for which it waits a while; null if the thread shall end. */
    private @Nullable WorkItem<?> after(WorkItem<?> done) {
      List<WorkItem<?>> promoted = new ArrayList<>(0);
      WorkItem<?> following =
          lock.in(
              () -> {
                running.remove(done);
                WorkItem<?> first = pollFirst(promoted);
                if (first != null) {
                  running.add(first);
                } else if (idleNanos > 0 && !shutdown) {
                  idle.push(this);
                }
                assert valid();
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
        boolean _ = Thread.interrupted(); // not meant for the work that comes
      }
      return lock.in(() -> next);
    }
  }
}
