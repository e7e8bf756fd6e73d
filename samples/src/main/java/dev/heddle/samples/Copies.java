package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Queue;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A queue hands over the very object, and no copy of it (Python Cookbook 12.3, which warns of it).
 *
 * <p>You will see what the consumer gets when the producer goes on changing what it has put: first
 * the object itself, then a copy, then one that cannot be changed.
 */
@Command(name = "copies", description = "What is put is shared: put copies, or what is immutable.")
@Recipe("R8")
final class Copies implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  private record Reading(int value) {}

  @Override
  public void run() {
    Queue<List<Integer>> lists = Queue.fifo();
    Queue<Reading> readings = Queue.fifo();
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "producer",
          co -> {
            List<Integer> shared = new ArrayList<>(List.of(1, 2));
            co.await(lists.put(shared)); // the object itself
            shared.add(3);
            co.await(Task.yield());
            co.await(lists.put(List.copyOf(shared))); // a copy
            shared.add(4);
            co.await(Task.yield());
            Reading reading = new Reading(5);
            co.await(readings.put(reading)); // a record: to change it is to make another
            reading = new Reading(reading.value() + 1);
            terminal.say("the producer goes on with " + reading);
          });
      scheduler.spawn(
          "consumer",
          co -> {
            co.await(Task.yield()); // the producer is faster
            terminal.say("put [1, 2], got " + co.await(lists.get()) + ": shared");
            terminal.say("put [1, 2, 3], got " + co.await(lists.get()) + ": a copy");
            terminal.say("put 5, got " + co.await(readings.get()).value() + ": immutable");
          });
      scheduler.run();
    }
  }
}
