package dev.heddle.net.blocking;

import dev.heddle.scheduler.YieldEvent;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Threads for what would hold up the loop and cannot be told to stop. Their number is bounded, and
 * who waits behind others has a deadline of its own. The threads are those of the platform: a
 * virtual one would be pinned by a look-up. They are daemons, and end when there is nothing to do.
 *
 * <p>Hooks of events ({@link YieldEvent}) hand calls over, so nothing here takes a lock of the JDK:
 * a thread of the JDK's pools that holds one could hold up the loop. The queue is one without a
 * lock; {@code docs/decisions/hooks.md} tells why.
 *
 * <p>Invariant: a call waits only while a thread is alive that will look for one. A thread gives
 * itself up first and looks after that; who hands a call over puts it first and counts after that.
 * So one of the two sees the other.
 */
public final class BlockingCalls {
  /** Looks names up, which takes many seconds if a name server is silent. */
  public static final BlockingCalls LOOKUPS = new BlockingCalls("heddle-lookup-", 32);

  /**
   * Computes for TLS handshakes: a signature takes a millisecond, and checking a certificate may
   * ask another machine. So a storm of handshakes does not hold up the loop.
   */
  public static final BlockingCalls HANDSHAKES =
      new BlockingCalls("heddle-tls-", Math.max(2, Runtime.getRuntime().availableProcessors()));

  private static final int IDLE_SECONDS = 10;

  private final LinkedTransferQueue<Runnable> waiting = new LinkedTransferQueue<>();

  /** The threads that were started and have not given themselves up. */
  private final AtomicInteger alive = new AtomicInteger();

  private final ThreadFactory threads;
  private final int mostThreads;
  private final long idleNanos;

  /** Whether no call comes any more: then nobody waits for one. */
  private volatile boolean ending;

  private BlockingCalls(String name, int mostThreads) {
    this(Thread.ofPlatform().daemon().name(name, 1).factory(), mostThreads, IDLE_SECONDS);
  }

  BlockingCalls(ThreadFactory threads, int mostThreads, int idleSeconds) {
    this.threads = threads;
    this.mostThreads = mostThreads;
    this.idleNanos = TimeUnit.SECONDS.toNanos(idleSeconds);
  }

  /** One thread of this name, which makes one call after the other in the order of submission. */
  public static BlockingCalls inTurn(String name) {
    return new BlockingCalls(Thread.ofPlatform().daemon().name(name).factory(), 1, 1);
  }

  /**
   * Makes the call on one of the threads, as soon as one is free. What it throws goes to the
   * thread's handler of uncaught exceptions.
   *
   * @throws OutOfMemoryError if there is no thread, and the system has none to give
   */
  public void submit(Runnable call) {
    assert !ending : "a call after the last one";
    handOver(call);
  }

  /** Like {@link #submit}; no call will follow, and the threads end at once after it. */
  public void submitLast(Runnable call) {
    assert !ending : "a call after the last one";
    ending = true;
    handOver(call);
  }

  /** Nobody waits for the call any more: it need not begin. */
  public void forget(Runnable call) {
    boolean _ = waiting.remove(call);
  }

  /** Whether a call waits for a thread. */
  public boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  private void handOver(Runnable call) {
    if (waiting.tryTransfer(call)) {
      return; // a thread has waited for it
    }
    waiting.put(call);
    if (!join()) {
      return; // all are alive, and each looks once more when it has given itself up
    }
    try {
      threads.newThread(this::work).start();
    } catch (Throwable noThread) {
      if (alive.decrementAndGet() == 0 && waiting.remove(call)) {
        throw noThread;
      }
    }
  }

  /** Counts one thread more; false if there are as many as there may be. */
  private boolean join() {
    int now = alive.get();
    while (now < mostThreads) {
      if (alive.compareAndSet(now, now + 1)) {
        return true;
      }
      now = alive.get();
    }
    return false;
  }

  private void work() {
    do {
      for (Runnable call = next(); call != null; call = next()) {
        make(call);
      }
      int left = alive.decrementAndGet();
      assert 0 <= left && left < mostThreads : left + " threads are left of " + mostThreads;
    } while (!waiting.isEmpty() && join());
  }

  private @Nullable Runnable next() {
    while (true) {
      try {
        return ending ? waiting.poll() : waiting.poll(idleNanos, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        // meant for the call before
      }
    }
  }

  private static void make(Runnable call) {
    try {
      call.run();
    } catch (Throwable thrown) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }
  }
}
