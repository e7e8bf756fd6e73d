package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Queue;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Waiting until everything that was put has been dealt with, not only taken (Python Cookbook 12.3).
 *
 * <p>You will see two workers take six items at different speeds, and {@code all done} after the
 * last of them is done, though the queue has been empty for a while. The workers are daemons:
 * nobody has to tell them to end.
 */
@Command(name = "task-done", description = "A queue counts what is unfinished, and can be joined.")
@Recipe("R8")
final class AllDone implements Runnable {
  private static final Duration WORK = Duration.ofMillis(100);

  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Queue<Integer> queue = Queue.fifo();
    try (Scheduler scheduler = terminal.scheduler()) {
      for (int speed = 1; speed <= 2; speed++) {
        String name = "worker " + speed;
        Duration work = WORK.multipliedBy(speed * 2L + 1);
        scheduler
            .daemons()
            .spawn(
                name,
                co -> {
                  while (true) {
                    int n = co.await(queue.get());
                    terminal.say(name + " takes " + n);
                    co.await(Timers.sleep(work));
                    terminal.say(name + " is done with " + n);
                    queue.taskDone();
                  }
                });
      }
      scheduler.spawn(
          "main",
          co -> {
            for (int n = 1; n <= 6; n++) {
              co.await(queue.put(n));
            }
            terminal.say(queue.stats().unfinished() + " to do");
            co.await(queue.join());
            terminal.say("all done");
          });
      scheduler.run();
    }
  }
}
