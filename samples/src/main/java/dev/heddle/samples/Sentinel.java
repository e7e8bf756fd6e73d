package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Queue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The end told by a last item, which who gets it puts back for the others (Python Cookbook 12.3).
 *
 * <p>You will see three consumers share seven items, and leave one after the other when they meet
 * the end; the end is what stays in the queue. ({@code producer-consumer} does it by shutdown.)
 */
@Command(
    name = "sentinel",
    description = "The last item is put back, so that all consumers see it.")
@Recipe("R8")
final class Sentinel implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  private sealed interface Item {}

  private record Data(int n) implements Item {}

  private record End() implements Item {}

  @Override
  public void run() {
    Queue<Item> queue = Queue.fifo();
    try (Scheduler scheduler = terminal.scheduler()) {
      for (int n = 1; n <= 3; n++) {
        scheduler.spawn("consumer " + n, co -> consume(co, queue));
      }
      scheduler.spawn(
          "producer",
          co -> {
            for (int n = 1; n <= 7; n++) {
              co.await(queue.put(new Data(n)));
            }
            co.await(queue.put(new End()));
          });
      scheduler.run();
    }
    terminal.say("left in the queue: " + queue.size());
  }

  private void consume(Awaiter co, Queue<Item> queue) {
    String name = co.task().name();
    Item item = co.await(queue.get());
    while (item instanceof Data(int n)) {
      terminal.say(name + " got " + n);
      co.await(Task.yield()); // one each in turn, so that it can be seen
      item = co.await(queue.get());
    }
    terminal.say(name + " puts the end back");
    co.await(queue.put(item));
  }
}
