package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * One task waits until another has come so far (Python Cookbook 12.2).
 *
 * <p>You will see {@code countdown is running} after {@code countdown starting}, never before,
 * although the countdown takes a while to start.
 */
@Command(name = "started", description = "A task waits for another to have started: an event.")
@Recipe("R7")
final class Started implements Runnable {
  private static final Duration TICK = Duration.ofMillis(100);

  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Event started = new Event("started");
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "main",
          co -> {
            terminal.say("launching countdown");
            co.await(started.await());
            terminal.say("countdown is running");
          });
      scheduler.spawn(
          "countdown",
          co -> {
            co.await(Timers.sleep(TICK)); // what it needs is far away
            terminal.say("countdown starting");
            started.set();
            for (int n = 3; n > 0; n--) {
              co.await(Timers.sleep(TICK));
              terminal.say("T-minus " + n);
            }
          });
      scheduler.run();
    }
  }
}
