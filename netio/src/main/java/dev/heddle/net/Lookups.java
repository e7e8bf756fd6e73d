package dev.heddle.net;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that look names up. A look-up blocks, for many seconds if a name server is silent,
 * and cannot be told to stop. So its number of threads is bounded, and who waits behind others has
 * a deadline of its own. The threads are those of the platform: a virtual one would be pinned by a
 * look-up. They are daemons, and end when there is nothing to do.
 */
final class Lookups {
  private static final int MOST_THREADS = 32;
  private static final int IDLE_SECONDS = 10;

  private static final ThreadPoolExecutor THREADS =
      new ThreadPoolExecutor(
          MOST_THREADS,
          MOST_THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("heddle-lookup-", 1).factory());

  static {
    THREADS.allowCoreThreadTimeOut(true);
  }

  private Lookups() {}

  static void submit(Runnable lookup) {
    THREADS.execute(lookup);
  }

  /** Nobody waits for the look-up any more: it need not begin. */
  static void forget(Runnable lookup) {
    boolean _ = THREADS.remove(lookup);
  }
}
