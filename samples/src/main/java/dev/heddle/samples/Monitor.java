package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.RLock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A monitor: only one task at a time is in any of its methods, and they may call each other (Python
 * Cookbook 12.4).
 *
 * <p>You will see {@code decrement} hold the lock once, {@code increment}, which it calls, hold it
 * twice, and no other task come in between. A plain {@code Lock} would be an error here: its holder
 * would wait for itself.
 */
@Command(name = "monitor", description = "Methods that share an RLock may call each other.")
@Recipe("R9")
final class Monitor implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  private final RLock lock = new RLock("monitor");
  private int value;

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn("Ada", co -> increment(co, 5));
      scheduler.spawn("Bob", co -> decrement(co, 3));
      scheduler.spawn("Cleo", co -> increment(co, 1));
      scheduler.run();
    }
    terminal.say("0 + 5 - 3 + 1 = " + value);
  }

  private void increment(Awaiter co, int by) {
    try (var held = co.await(lock.acquire())) {
      say("increment by " + by);
      int read = value;
      co.await(Task.yield());
      value = read + by;
      say("writes " + value);
    }
  }

  private void decrement(Awaiter co, int by) {
    try (var held = co.await(lock.acquire())) {
      say("decrement by " + by);
      increment(co, -by);
    }
  }

  private void say(String what) {
    String times = lock.stats().levels() == 1 ? "once" : "twice";
    terminal.say(Task.current().name() + ", lock held " + times + ": " + what);
  }
}
