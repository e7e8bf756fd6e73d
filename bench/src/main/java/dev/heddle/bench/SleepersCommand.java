package dev.heddle.bench;

import dev.heddle.scheduler.Clock;
import dev.heddle.scheduler.Poller;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.management.JMException;
import javax.management.ObjectName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a task costs that sleeps, by what is alive in the heap when all of them do: the task, its
 * machine, the sleep, and their places in the scheduler's tables. The time is ours, so that all
 * sleep before the first wakes, and that is when we look; each is due before the one that was
 * spawned before it.
 */
@Command(
    name = "sleepers",
    description = {
      "Bytes for each sleeping woven task, and whether all wake in the order of their deadlines.",
      "For the memory of a given heap start the JVM with it: java -Xmx2g -jar ..."
    },
    sortOptions = false)
final class SleepersCommand implements Callable<Integer>, Clock, Poller {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      description = "How many, 1 to 100000000; default 1000000")
  private String number = "1000000";

  @Option(
      names = "--bare",
      description =
          "Bodies that keep no variable over their sleep, so that their order is not seen")
  private boolean bare;

  @Option(names = "--histogram", description = "Prints which classes the heap is full of")
  private boolean histogram;

  private int tasks;
  private long started;
  private long liveBefore;
  private long now;
  private int woken;
  private boolean inOrder = true;
  private boolean full;

  @Override
  public Integer call() {
    tasks = terminal.number("--tasks", number, 1, 100_000_000);
    try (Scheduler scheduler = scheduler()) {
      liveBefore = Heap.liveBytes();
      started = System.nanoTime();
      for (int due = tasks; due > 0; due--) {
        if (bare) {
          spawnBare(scheduler);
        } else {
          spawnSleeper(scheduler, due);
        }
      }
      scheduler.run();
      report("spawned, slept, measured, ended", System.nanoTime() - started);
    } catch (OutOfMemoryError e) {
      full = true;
    }
    if (full) {
      terminal.out().printf("%d tasks do not fit into the heap%n", tasks);
      return 1;
    }
    if (bare) {
      terminal.out().println("all woke");
      return 0;
    }
    boolean all = inOrder && woken == tasks;
    terminal.out().println(all ? "all woke in order" : "NOT all woke, or not in order");
    return all ? 0 : 1;
  }

  private Scheduler scheduler() {
    return Scheduler.builder()
        .clock(this)
        .poller(this)
        .requireWoven()
        .failureReporter((what, failure) -> full = true) // nothing else can fail
        .build();
  }

  private void spawnSleeper(Scheduler scheduler, int due) {
    scheduler.spawn(
        co -> {
          if (full) {
            return;
          }
          try {
            co.await(Timers.sleep(Duration.ofNanos(due)));
            inOrder &= due == ++woken;
          } catch (OutOfMemoryError e) {
            full = true; // the others need not try
          }
        });
  }

  private static void spawnBare(Scheduler scheduler) {
    scheduler.spawn(co -> co.await(Timers.sleep(Duration.ofSeconds(1))));
  }

  // The time, and where the loop idles.

  @Override
  public long nanoTime() {
    return now;
  }

  /**
   * The loop has nothing to do: all are asleep, when it comes with a timeout for the first time.
   */
  @Override
  public void poll(long timeoutNanos) {
    if (timeoutNanos == 0) {
      return;
    }
    if (now == 0) {
      report("spawned and asleep", System.nanoTime() - started);
      reportMemory(Heap.liveBytes() - liveBefore);
    }
    now = Long.MAX_VALUE / 4;
  }

  @Override
  public void wakeup() {}

  @Override
  public boolean hasWaiters() {
    return false;
  }

  @Override
  public void close() {}

  private void report(String what, long nanos) {
    terminal.out().printf(Locale.ROOT, "%s: %.0f ns each%n", what, (double) nanos / tasks);
  }

  private void reportMemory(long bytes) {
    PrintWriter out = terminal.out();
    out.printf(Locale.ROOT, "alive while they sleep: %.1f bytes each%n", (double) bytes / tasks);
    if (histogram) {
      diagnose().lines().limit(16).forEach(out::println);
    }
  }

  /** As {@code jcmd <pid> GC.class_histogram}. */
  private static String diagnose() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      return "this JVM gives no histogram: " + e;
    }
  }
}
