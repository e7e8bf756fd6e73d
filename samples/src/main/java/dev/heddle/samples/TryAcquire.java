package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Lock;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * To take a lock if it is free, and do something else if not: good code and bad (Python Cookbook
 * 12.4 says why {@code with} is safer than {@code acquire} and {@code release}).
 *
 * <p>You will see Bob turn to something else while Ada holds the lock; Cleo, who does not look at
 * the answer and releases all the same, be told what she did; and the lock unharmed by it.
 */
@Command(name = "try-acquire", description = "To take a lock only if it is free; good and bad.")
@Recipe("R9")
final class TryAcquire implements Runnable {
  private static final Duration WORK = Duration.ofMillis(100);
  @Mixin private final Terminal terminal = new Terminal();
  private final Lock lock = new Lock("printer");

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "Ada",
          co -> {
            try (var held = co.await(lock.acquire())) {
              terminal.say("Ada prints, isLocked: " + lock.isLocked());
              co.await(Timers.sleep(WORK.multipliedBy(2)));
            }
            terminal.say("Ada has printed, isLocked: " + lock.isLocked());
          });
      scheduler.spawn("Bob", co -> good(co));
      scheduler.spawn("Cleo", co -> bad());
      scheduler.run();
    }
    terminal.say("at the end, isLocked: " + lock.isLocked());
  }

  private void good(Awaiter co) {
    while (!lock.tryAcquire()) {
      terminal.say("Bob: not free, something else first");
      co.await(Timers.sleep(WORK.multipliedBy(3)));
    }
    try {
      terminal.say("Bob prints");
    } finally {
      lock.release();
    }
  }

  private void bad() {
    boolean ignored = lock.tryAcquire();
    try {
      lock.release(); // has she got it?
    } catch (IllegalMonitorStateException e) {
      terminal.say("Cleo, " + ignored + ": " + e.getMessage());
    }
  }
}
