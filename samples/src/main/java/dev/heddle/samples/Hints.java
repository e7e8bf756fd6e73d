package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Why {@code size}, {@code isEmpty} and {@code isFull} are hints (Python Cookbook 12.3): between
 * the look and the use another task may have its turn.
 *
 * <p>You will see two tasks find the one item there, and after an await one of them without it; and
 * {@code tryGet}, which looks and takes in one step.
 */
@Command(name = "hints", description = "Why a queue's size is a hint, and what to do instead.")
@Recipe("R8")
final class Hints implements Runnable {
  private static final Duration PATIENCE = Duration.ofMillis(100);
  @Mixin private final Terminal terminal = new Terminal();

  private final Queue<String> queue = Queue.fifo("letters", 1);

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "main",
          co -> {
            co.await(queue.put("the only letter"));
            terminal.say("isFull: " + queue.isFull() + ", size: " + queue.size());
            var ada = scheduler.spawn("Ada", reader -> lookThenTake(reader));
            var bob = scheduler.spawn("Bob", reader -> lookThenTake(reader));
            co.await(ada.join());
            co.await(bob.join());
            terminal.say("in one step: " + queue.tryGet());
          });
      scheduler.run();
    }
  }

  private void lookThenTake(Awaiter co) {
    String name = co.task().name();
    terminal.say(name + " looks, isEmpty: " + queue.isEmpty());
    co.await(Task.yield()); // any await will do
    try {
      terminal.say(name + " takes " + co.await(queue.get().within(PATIENCE)));
    } catch (TimeoutException e) {
      terminal.say(name + " finds nothing, isEmpty: " + queue.isEmpty());
    }
  }
}
