package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueShutdownException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * One task makes what another uses, and is held back when it makes too much (Python Cookbook 12.3).
 *
 * <p>You will see a producer run ahead by the two that the queue holds, and the one that the
 * consumer has at hand; from then on it waits for the consumer. When it has made six it shuts the
 * queue down, which the consumer learns after the sixth.
 */
@Command(name = "producer-consumer", description = "A bounded queue holds a fast producer back.")
@Recipe("R8")
final class ProducerConsumer implements Runnable {
  private static final Duration WORK = Duration.ofMillis(100);

  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Queue<Integer> queue = Queue.fifo("items", 2);
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "producer",
          co -> {
            for (int n = 1; n <= 6; n++) {
              co.await(queue.put(n));
              terminal.say("put " + n);
            }
            queue.shutdown();
          });
      scheduler.spawn(
          "consumer",
          co -> {
            try {
              while (true) {
                terminal.say("  got " + co.await(queue.get()));
                co.await(Timers.sleep(WORK));
              }
            } catch (QueueShutdownException e) {
              terminal.say("  " + e.getMessage());
            }
          });
      scheduler.run();
    }
  }
}
