package dev.heddle.net;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what would hold up the loop and cannot be told to stop. Their number is bounded, and
 * who waits behind others has a deadline of its own. The threads are those of the platform: a
 * virtual one would be pinned by a look-up. They are daemons, and end when there is nothing to do.
 */
final class BlockingCalls {
  /** Looks names up, which takes many seconds if a name server is silent. */
  static final BlockingCalls LOOKUPS = new BlockingCalls("heddle-lookup-", 32);

  /**
   * Computes for TLS handshakes: a signature takes a millisecond, and checking a certificate may
   * ask another machine. So a storm of handshakes does not hold up the loop.
   */
  static final BlockingCalls HANDSHAKES =
      new BlockingCalls("heddle-tls-", Math.max(2, Runtime.getRuntime().availableProcessors()));

  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  private BlockingCalls(String name, int mostThreads) {
    threads =
        new ThreadPoolExecutor(
            mostThreads,
            mostThreads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name(name, 1).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  void submit(Runnable call) {
    threads.execute(call);
  }

  /** Nobody waits for the call any more: it need not begin. */
  void forget(Runnable call) {
    boolean _ = threads.remove(call);
  }
}
