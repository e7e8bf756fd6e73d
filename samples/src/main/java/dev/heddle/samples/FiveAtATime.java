package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Semaphore;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Twelve tasks fetch, but five at a time at the most (Python Cookbook 12.4).
 *
 * <p>You will see five begin, and from then on each end let the next one begin. No fetch leaves the
 * machine: each is a sleep, the later ones longer.
 */
@Command(name = "five-at-a-time", description = "Twelve fetches, five at a time: a semaphore.")
@Recipe("R9")
final class FiveAtATime implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  private final Semaphore connections = Semaphore.bounded("connections", 5);
  private int underWay;
  private int most;

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      for (int n = 1; n <= 12; n++) {
        int page = n;
        scheduler.spawn("fetch " + page, co -> fetch(co, page));
      }
      scheduler.run();
    }
    terminal.say("at most " + most + " at a time");
  }

  private void fetch(Awaiter co, int page) {
    try (var permit = co.await(connections.acquire())) {
      most = Math.max(most, ++underWay);
      terminal.say("page " + page + " begins, " + underWay + " under way");
      co.await(Timers.sleep(Duration.ofMillis(100 + 15L * page)));
      underWay--;
      terminal.say("page " + page + " is there");
    }
  }
}
