package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Waiting, but not for ever. A thread that is to be stopped must wake up now and then to look at a
 * flag (Python Cookbook 12.1); a task need not, but it may have better things to do.
 *
 * <p>You will see a wait with a timeout that comes too early, and one in time; a task that goes on
 * after nobody waits for it any more; and one timeout around two waits, of which the first was in
 * time.
 */
@Command(name = "timeouts", description = "A timeout for one wait, and one for several.")
@Recipe("R6")
final class Timeouts implements Runnable {
  private static final Duration TICK = Duration.ofMillis(100);

  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "main",
          co -> {
            oneWait(co, scheduler);
            severalWaits(co);
          });
      scheduler.run();
    }
  }

  private void oneWait(Awaiter co, Scheduler scheduler) throws Exception {
    Task<String> slow =
        scheduler.submit(
            "slow",
            child -> {
              child.await(Timers.sleep(TICK.multipliedBy(3)));
              return "the answer";
            });
    try {
      terminal.say(co.await(slow.join().within(TICK)));
    } catch (TimeoutException e) {
      terminal.say("no answer in one tick, " + slow);
    }
    terminal.say(co.await(slow.join().within(TICK.multipliedBy(3))) + " in three more");
  }

  private void severalWaits(Awaiter co) {
    Queue<String> queue = Queue.fifo();
    try (var scope = CancelScope.withTimeout(TICK.multipliedBy(2))) {
      co.await(queue.put("an item"));
      terminal.say("got " + co.await(queue.get()));
      terminal.say("got " + co.await(queue.get()));
    } catch (TimeoutException e) {
      terminal.say("no second item within two ticks for both");
    }
  }
}
