package dev.heddle.coroutine.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Where virtual threads run that a task has started with {@code Thread.startVirtualThread} and the
 * like. The JDK passes our executor on to them, but they are not tasks: they expect threads that
 * run beside the loop and outlive it.
 */
final class StrayVirtualThreads {
  private StrayVirtualThreads() {}

  static void run(Runnable continuation) {
    Carriers.EXECUTOR.execute(continuation);
  }

  /** Made when the first such thread starts. */
  private static final class Carriers {
    static final Executor EXECUTOR =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().daemon().name("heddle-guest-", 0).factory());
  }
}
