package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Semaphore;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A semaphore of no permits as a signal between tasks (the notes on threading): {@code release}
 * says that something is done, {@code acquire} waits until it is.
 *
 * <p>You will see the second step wait for the first, and a signal that was given before anybody
 * waited for it not be lost: an answer that is there already is taken at once.
 */
@Command(
    name = "signal",
    description = "A semaphore as a signal: done, says one, and another goes.")
@Recipe("R9")
final class SemaphoreSignal implements Runnable {
  private static final Duration WORK = Duration.ofMillis(100);
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Semaphore done = new Semaphore("done", 0);
    Semaphore seen = new Semaphore("seen", 0);
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "second step",
          co -> {
            terminal.say("second: waits for the first");
            co.await(done.acquire());
            terminal.say("second: works");
            seen.release(); // nobody waits yet
          });
      scheduler.spawn(
          "first step",
          co -> {
            terminal.say("first: works");
            co.await(Timers.sleep(WORK));
            terminal.say("first: done");
            done.release();
            co.await(Timers.sleep(WORK));
            terminal.say("first: " + seen.available() + " signal kept");
            co.await(seen.acquire());
            terminal.say("first: has seen that the second is done");
          });
      scheduler.run();
    }
  }
}
