package dev.heddle.bench;

import dev.heddle.scheduler.Clock;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
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
 * machine, the sleep, and their places in the scheduler's tables. The clock is ours, so that all
 * sleep before the first wakes; each is due before the one that was spawned before it.
 */
@Command(
    name = "sleepers",
    description = {
      "Bytes for each sleeping woven task, and whether all wake in the order of their deadlines.",
      "For the memory of a given heap start the JVM with it: java -Xmx2g -jar ..."
    },
    sortOptions = false)
final class SleepersCommand implements Callable<Integer>, Clock {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      description = "How many, 1 to 100000000; default 1000000")
  private String number = "1000000";

  @Option(names = "--histogram", description = "Prints which classes the heap is full of")
  private boolean histogram;

  private long now;
  private int asleep;
  private int woken;
  private boolean inOrder = true;
  private boolean full;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Integer call() throws JMException {
    int tasks = terminal.number("--tasks", number, 1, 100_000_000);
    int spawned = 0;
    try (Scheduler scheduler = Scheduler.builder().clock(this).requireWoven().build()) {
      long before = liveBytes();
      long started = System.nanoTime();
      for (; spawned < tasks; spawned++) {
        spawnSleeper(scheduler, tasks - spawned);
      }
      scheduler.spawn(
          co -> {
            while (asleep < tasks) {
              co.await(Task.yield());
            }
            report("spawned and asleep", tasks, System.nanoTime() - started);
            reportMemory(tasks, liveBytes() - before);
            now = Long.MAX_VALUE / 4;
          });
      scheduler.run();
      report("spawned, slept, measured, ended", tasks, System.nanoTime() - started);
    } catch (OutOfMemoryError e) {
      full = true;
    }
    if (full) {
      terminal.out().printf("%d tasks do not fit into the heap%n", tasks);
      return 1;
    }
    boolean all = inOrder && woken == tasks;
    terminal.out().println(all ? "all woke in order" : "NOT all woke, or not in order");
    return all ? 0 : 1;
  }

  private void spawnSleeper(Scheduler scheduler, int due) {
    scheduler.spawn(
        co -> {
          asleep++;
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

  private void report(String what, int tasks, long nanos) {
    terminal.out().printf(Locale.ROOT, "%s: %.0f ns each%n", what, (double) nanos / tasks);
  }

  private void reportMemory(int tasks, long bytes) throws JMException {
    PrintWriter out = terminal.out();
    out.printf(Locale.ROOT, "alive while they sleep: %.1f bytes each%n", (double) bytes / tasks);
    if (histogram) {
      diagnose().lines().limit(16).forEach(out::println);
    }
  }

  private static long liveBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** As {@code jcmd <pid> GC.class_histogram}. */
  private static String diagnose() throws JMException {
    return (String)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
  }
}
