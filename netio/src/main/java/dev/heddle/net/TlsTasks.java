package dev.heddle.net;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that compute for TLS handshakes: a signature takes a millisecond, and checking a
 * certificate may ask another machine. So a storm of handshakes does not hold up the loop. Who
 * waits behind others has the deadline of the handshake. The threads are daemons, and end when
 * there is nothing to do.
 */
final class TlsTasks {
  private static final int MOST_THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
  private static final int IDLE_SECONDS = 10;

  private static final ThreadPoolExecutor THREADS =
      new ThreadPoolExecutor(
          MOST_THREADS,
          MOST_THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("heddle-tls-", 1).factory());

  static {
    THREADS.allowCoreThreadTimeOut(true);
  }

  private TlsTasks() {}

  static void submit(Runnable computation) {
    THREADS.execute(computation);
  }
}
