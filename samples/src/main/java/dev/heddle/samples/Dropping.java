package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A producer that must not wait: what the full queue does not take is dropped, and said to be
 * (Python Cookbook 12.3).
 *
 * <p>You will see readings taken every 100 ms, a consumer that needs 230 ms for each, and the
 * readings for which there was no room.
 */
@Command(name = "dropping", description = "A producer that cannot wait drops what is too much.")
@Recipe("R8")
final class Dropping implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Queue<Integer> queue = Queue.fifo("readings", 2);
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "sensor",
          co -> {
            for (int reading = 1; reading <= 9; reading++) {
              if (!queue.tryPut(reading)) {
                terminal.say("no room for reading " + reading + ": dropped");
              }
              co.await(Timers.sleep(Duration.ofMillis(100)));
            }
            queue.shutdown();
          });
      scheduler.spawn(
          "consumer",
          co -> {
            try {
              while (true) {
                terminal.say("  reading " + co.await(queue.get()));
                co.await(Timers.sleep(Duration.ofMillis(230)));
              }
            } catch (QueueShutdownException e) {
              terminal.say("  no more readings");
            }
          });
      scheduler.run();
    }
  }
}
