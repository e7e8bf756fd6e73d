package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * What one does with a thread, done with a task: start it, look at it, wait for its end, stop it,
 * leave it behind (Python Cookbook 12.1).
 *
 * <p>You will see a countdown that is looked at before, during and after; one without an end that
 * is stopped from outside, which no flag needs to be looked at for; and a heartbeat that is a
 * daemon: the run ends without it.
 */
@Command(name = "tasks", description = "Spawn, state, join, cancel, daemon: what threads have.")
@Recipe("R6")
final class Tasks implements Runnable {
  private static final Duration TICK = Duration.ofMillis(100);

  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      Task<?> heartbeat = scheduler.daemons().spawn("heartbeat", co -> beat(co));
      scheduler.spawn(
          "main",
          co -> {
            waitForOne(co, scheduler);
            stopOne(co, scheduler);
          });
      scheduler.run();
      terminal.say("the run is over without " + heartbeat);
    }
  }

  private void waitForOne(Awaiter co, Scheduler scheduler) throws Exception {
    Task<String> countdown = scheduler.submit("countdown", child -> countdown(child, 3));
    terminal.say("spawned: " + countdown);
    co.await(Task.yield());
    terminal.say("a turn later: " + countdown);
    terminal.say("its result: " + co.await(countdown.join()));
    terminal.say("at the end: " + countdown);
  }

  private void stopOne(Awaiter co, Scheduler scheduler) throws Exception {
    Task<String> endless = scheduler.submit("endless", child -> countdown(child, 1000));
    co.await(Timers.sleep(TICK.multipliedBy(5).dividedBy(2)));
    endless.cancel("we have seen enough");
    try {
      terminal.say("its result: " + co.await(endless.join()));
    } catch (CancellationException e) {
      terminal.say(e.getMessage());
    }
  }

  private String countdown(Awaiter co, int from) {
    try {
      for (int n = from; n > 0; n--) {
        terminal.say("  T-minus " + n);
        co.await(Timers.sleep(TICK));
      }
      return "Blastoff!";
    } finally {
      terminal.say("  the countdown is over"); // stopped, too
    }
  }

  private static void beat(Awaiter co) {
    while (true) {
      co.await(Timers.sleep(TICK));
    }
  }
}
