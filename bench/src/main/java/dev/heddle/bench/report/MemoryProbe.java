package dev.heddle.bench.report;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.bench.peers.Coroutines;
import dev.heddle.coroutine.Engine;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a sleeping task costs: bytes that are alive in the heap while all sleep, for each of them.
 * Stacks of platform threads lie outside of the heap, so for them it is what the process has in
 * memory. The process ends with the answer; nobody wakes.
 */
final class MemoryProbe {
  /** What precedes the figure. */
  static final String ANSWER = "bytes each: ";

  private static final Duration LONG = Duration.ofHours(1);
  private static final int PAGE_FACTOR = 1024;

  private final int tasks;
  private final long before;

  private MemoryProbe(int tasks, long before) {
    this.tasks = tasks;
    this.before = before;
  }

  /** Kind of task, and how many. */
  static void main(String[] args) throws IOException, InterruptedException {
    int tasks = Integer.parseInt(args[1]);
    switch (args[0]) {
      case "woven", "thread" -> {
        heddle(args[0], 1, () -> {}); // loads classes, and weaves
        MemoryProbe probe = new MemoryProbe(tasks, liveBytes());
        heddle(args[0], tasks, () -> probe.answer(liveBytes()));
      }
      case "kotlin" -> {
        MemoryProbe probe = new MemoryProbe(tasks, liveBytes());
        int[] asleep = new int[1];
        Runnable counts =
            () -> {
              if (++asleep[0] == tasks) {
                probe.answer(liveBytes());
              }
            };
        Coroutines.sleepers(tasks, LONG.toMillis(), counts, () -> {});
      }
      case "virtual" -> threads(Thread.ofVirtual(), tasks);
      case "platform" -> platformThreads(tasks);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private void answer(long now) {
    System.out.println(ANSWER + (double) (now - before) / tasks);
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  /** All sleep, and one looks when they do; then the scheduler is closed. */
  private static void heddle(String style, int tasks, Runnable looks) {
    var builder = Scheduler.builder().requireWoven();
    try (Scheduler scheduler =
        style.equals("woven") ? builder.build() : builder.engine(Engine.VIRTUAL_THREAD).build()) {
      for (int i = 0; i < tasks; i++) {
        if (style.equals("woven")) {
          scheduler.daemons().spawn(co -> co.await(Timers.sleep(LONG)));
        } else {
          scheduler.daemons().spawn(() -> await(Timers.sleep(LONG)));
        }
      }
      scheduler.spawn(
          co -> {
            co.await(Task.yield());
            looks.run();
          });
      scheduler.run();
    }
  }

  private static void threads(Thread.Builder builder, int count) throws InterruptedException {
    long before = liveBytes();
    List<Thread> threads = sleeping(builder, count);
    new MemoryProbe(threads.size(), before).answer(liveBytes());
  }

  private static void platformThreads(int count) throws IOException, InterruptedException {
    long before = residentBytes();
    List<Thread> threads = sleeping(Thread.ofPlatform().daemon(), count);
    new MemoryProbe(threads.size(), before).answer(residentBytes());
  }

  private static List<Thread> sleeping(Thread.Builder builder, int count)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      threads.add(builder.start(MemoryProbe::sleep));
    }
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
    return threads;
  }

  private static void sleep() {
    try {
      TimeUnit.NANOSECONDS.sleep(LONG.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long liveBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** From Linux: {@code VmRSS: 43200 kB}. */
  private static long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * PAGE_FACTOR;
      }
    }
    throw new IOException("this system does not say what a process has in memory");
  }
}
