package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Semaphore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Many tasks wait, and each release lets one of them go (Python Cookbook 12.2).
 *
 * <p>You will see five workers wait at a semaphore of no permits, and each {@code release} start
 * the one that has waited longest. An event would let them all go.
 */
@Command(name = "one-at-a-time", description = "Each release of a semaphore lets one worker go.")
@Recipe("R7")
final class OneAtATime implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Semaphore go = new Semaphore("go", 0);
    try (Scheduler scheduler = terminal.scheduler()) {
      for (int n = 1; n <= 5; n++) {
        String name = "worker " + n;
        scheduler.spawn(
            name,
            co -> {
              terminal.say(name + " waits");
              co.await(go.acquire());
              terminal.say(name + " works");
            });
      }
      scheduler.spawn(
          "main",
          co -> {
            for (int n = 1; n <= 5; n++) {
              terminal.say("release, " + go.stats().waiters().size() + " waiting");
              go.release();
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
  }
}
