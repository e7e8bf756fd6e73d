package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.sync.Semaphore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A release too many: a plain semaphore takes it for a permit more, a bounded one refuses it (the
 * notes on threading: {@code Semaphore} and {@code BoundedSemaphore}).
 *
 * <p>You will see five permits become six, so that six would be let in where five may be; and the
 * bounded one say what is wrong and stay as it was.
 */
@Command(name = "over-release", description = "A release too many, of a plain and a bounded one.")
@Recipe("R9")
final class OverRelease implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Semaphore plain = new Semaphore("plain", 5);
    Semaphore bounded = Semaphore.bounded("bounded", 5);
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "main",
          co -> {
            try (var permit = co.await(plain.acquire())) {
              terminal.say("plain, one taken: " + plain.available());
            }
            plain.release();
            terminal.say("plain, given back twice: " + plain.available());
            try (var permit = co.await(bounded.acquire())) {
              terminal.say("bounded, one taken: " + bounded.available());
            }
            try {
              bounded.release();
            } catch (IllegalStateException e) {
              terminal.say(e.getMessage());
            }
            terminal.say("bounded, given back twice: " + bounded.available());
          });
      scheduler.run();
    }
  }
}
