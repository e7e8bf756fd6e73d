package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Event;
import dev.heddle.sync.Queue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * An item and an event together: who put the item learns when it has been dealt with (Python
 * Cookbook 12.3).
 *
 * <p>You will see the producer go on, for each item, only after the consumer is through with it:
 * {@code send}, {@code received}, {@code done with}, {@code acknowledged}.
 */
@Command(name = "receipts", description = "Each item brings an event that says it is dealt with.")
@Recipe("R8")
final class Receipts implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  private record Parcel(String data, Event done) {}

  @Override
  public void run() {
    Queue<Parcel> queue = Queue.fifo();
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "producer",
          co -> {
            for (String data : new String[] {"foo", "bar", "spam"}) {
              Parcel parcel = new Parcel(data, new Event(data + " done"));
              terminal.say("send " + data);
              co.await(queue.put(parcel));
              co.await(parcel.done.await());
              terminal.say("acknowledged " + data);
            }
          });
      scheduler
          .daemons()
          .spawn(
              "consumer",
              co -> {
                while (true) {
                  Parcel parcel = co.await(queue.get());
                  terminal.say("  received " + parcel.data);
                  co.await(Task.yield()); // some work that takes turns
                  terminal.say("  done with " + parcel.data);
                  parcel.done.set();
                }
              });
      scheduler.run();
    }
  }
}
