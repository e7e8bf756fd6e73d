package dev.heddle.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Virtual threads of the JDK, for what the benchmarks do with tasks. */
public final class VirtualThreads {
  /** For {@code @Fork}: all virtual threads on one carrier, as all tasks are on one thread. */
  public static final String ONE_CARRIER = "-Djdk.virtualThreadScheduler.parallelism=1";

  /** For {@code @Fork}: nor another one in the place of one that blocks. */
  public static final String NO_OTHER = "-Djdk.virtualThreadScheduler.maxPoolSize=1";

  /** What a thread does. */
  @FunctionalInterface
  public interface Work {
    /** Does it. */
    void run() throws InterruptedException;
  }

  private VirtualThreads() {}

  /**
   * Runs each in a virtual thread of its own and waits for their ends.
   *
   * @throws IllegalStateException if one failed
   */
  public static void run(Work... works) {
    run(Thread.ofVirtual(), works);
  }

  /** The same, in threads of this kind. */
  public static void run(Thread.Builder builder, Work... works) {
    AtomicInteger finished = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (Work work : works) {
      threads.add(
          builder.unstarted(
              () -> {
                uninterrupted(work);
                finished.incrementAndGet();
              }));
    }
    threads.forEach(Thread::start);
    threads.forEach(thread -> uninterrupted(thread::join));
    if (finished.get() != works.length) {
      throw new IllegalStateException(
          "nothing was measured: " + finished + " of " + works.length + " threads did their work");
    }
  }

  private static void uninterrupted(Work work) {
    try {
      work.run();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
