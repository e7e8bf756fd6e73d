package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Lock;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A timer that any number of tasks listen to, made of a daemon, a flag and a condition (Python
 * Cookbook 12.2). It teaches conditions; to use, there is {@link dev.heddle.sync.PeriodicTimer}.
 *
 * <p>You will see two listeners, one of which counts down and the other up, both moved on by each
 * tick, until both have had enough.
 */
@Command(name = "periodic-timer", description = "Two tasks listen to a timer made on a condition.")
@Recipe("R7")
final class Ticks implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      Timer timer = new Timer();
      scheduler.daemons().spawn("timer", co -> timer.tickEvery(co, Duration.ofMillis(100)));
      scheduler.spawn(
          "countdown",
          co -> {
            for (int n = 5; n > 0; n--) {
              timer.awaitTick(co);
              terminal.say("T-minus " + n);
            }
          });
      scheduler.spawn(
          "countup",
          co -> {
            for (int n = 1; n <= 3; n++) {
              timer.awaitTick(co);
              terminal.say("Counting " + n);
            }
          });
      scheduler.run();
    }
  }

  private static final class Timer {
    private final Lock lock = new Lock("timer");
    private final Condition ticked = new Condition(lock, "ticked");

    /** Turned over at each tick, so that a listener sees that there was one. */
    private boolean flag;

    void tickEvery(Awaiter co, Duration interval) {
      while (true) {
        co.await(Timers.sleep(interval));
        try (var held = co.await(lock.acquire())) {
          flag = !flag;
          ticked.signalAll();
        }
      }
    }

    void awaitTick(Awaiter co) {
      try (var held = co.await(lock.acquire())) {
        boolean before = flag;
        co.await(ticked.waitFor(() -> flag != before));
      }
    }
  }
}
