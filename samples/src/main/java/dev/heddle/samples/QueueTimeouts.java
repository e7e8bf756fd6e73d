package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Neither side of a queue waits for ever (Python Cookbook 12.3).
 *
 * <p>You will see a producer that gives an item up when there was no room for it in time, and a
 * consumer that does something else when nothing came in time. An item whose time was over is not
 * in the queue: nothing comes out twice or late.
 */
@Command(name = "queue-timeouts", description = "Puts and gets that give up after a while.")
@Recipe("R8")
final class QueueTimeouts implements Runnable {
  private static final Duration PATIENCE = Duration.ofMillis(100);

  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Queue<String> queue = Queue.fifo("letters", 1);
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "producer",
          co -> {
            for (String letter : new String[] {"a", "b", "c"}) {
              try {
                co.await(queue.put(letter).within(PATIENCE));
                terminal.say("put " + letter);
              } catch (TimeoutException e) {
                terminal.say("no room for " + letter);
              }
            }
          });
      scheduler.spawn(
          "consumer",
          co -> {
            co.await(Timers.sleep(PATIENCE.multipliedBy(3).dividedBy(2))); // late for b
            for (int n = 1; n <= 3; n++) {
              try {
                terminal.say("  got " + co.await(queue.get().within(PATIENCE)));
              } catch (TimeoutException e) {
                terminal.say("  nothing came, time for something else");
              }
            }
          });
      scheduler.run();
    }
  }
}
