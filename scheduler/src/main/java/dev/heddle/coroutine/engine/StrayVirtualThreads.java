package dev.heddle.coroutine.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Runs the virtual threads that a task starts by {@code Thread.startVirtualThread} and the like.
 * The JDK gives them the task's executor, but they are not tasks: they must run beside the loop and
 * may outlive it.
 */
final class StrayVirtualThreads {
  private StrayVirtualThreads() {}

  static void run(Runnable continuation) {
    Carriers.EXECUTOR.execute(continuation);
  }

  /** Initialised when the first such thread starts. */
  private static final class Carriers {
    static final Executor EXECUTOR =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().daemon().name("heddle-guest-", 0).factory());
  }
}
