package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * An event of your own: a latch, at which tasks wait until it was counted down to 0.
 *
 * <p>You will see three runners take their places, the starter count 3, 2, 1, and the runners leave
 * in the order in which they came. {@link Latch} is all that it takes.
 */
@Command(name = "own-event", description = "Tasks wait at a latch: how to write an own event.")
final class OwnEvent implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Latch latch = new Latch(3);
    try (Scheduler scheduler = Scheduler.create()) {
      for (String runner : new String[] {"Ada", "Bob", "Cleo"}) {
        scheduler.spawn(runner, co -> runFrom(co, latch));
      }
      scheduler.spawn("starter", co -> countDown(co, latch));
      scheduler.run();
    }
  }

  private void runFrom(Awaiter co, Latch latch) {
    terminal.say(co.task().name() + " waits for " + latch);
    co.await(latch);
    terminal.say(co.task().name() + " runs");
  }

  private void countDown(Awaiter co, Latch latch) {
    for (int n = 3; n > 0; n--) {
      terminal.say(n);
      latch.countDown();
      co.await(Task.yield());
    }
  }
}
