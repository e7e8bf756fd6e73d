package dev.heddle.samples;

import dev.heddle.actor.Exchange;
import dev.heddle.actor.Exchanges;
import dev.heddle.actor.OverflowPolicy;
import dev.heddle.actor.Receiver;
import dev.heddle.actor.Subscription;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * One sends, many receive, and nobody knows the others: an exchange (Python Cookbook 12.11).
 *
 * <p>You will see all four numbers counted by a receiver that displays messages. A slow subscriber,
 * for which three may wait, reads them at its own pace: the oldest has made room for the latest.
 */
@Command(name = "subscribers", description = "Publish and subscribe; a slow subscriber drops some.")
@Recipe("R16")
final class Subscribers implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  /** Anything with a {@code send} can be attached. */
  static final class DisplayMessages implements Receiver<Integer> {
    private final PrintWriter out;
    private int count;

    DisplayMessages(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void send(Integer message) {
      out.println("msg[" + ++count + "]: " + message);
    }
  }

  @Override
  public void run() {
    run(terminal.out());
  }

  static void run(PrintWriter out) {
    try (Scheduler scheduler = Scheduler.create()) {
      Exchanges exchanges = new Exchanges(scheduler);
      Exchange<Integer> numbers = exchanges.named("numbers", Integer.class);
      Subscription<Integer> feed = numbers.subscribe(3, OverflowPolicy.DROP_OLDEST);
      scheduler.spawn(
          "slow",
          co -> {
            co.await(Task.yield());
            while (co.await(feed.receive()) instanceof Integer n) { // null: closed
              out.println("slow: " + n);
            }
            out.println("slow: dropped " + feed.dropped());
          });
      scheduler.spawn(
          "sender",
          co -> {
            Exchange<Integer> same = exchanges.named("numbers", Integer.class);
            try (var _ = same.subscribe(new DisplayMessages(out))) {
              for (int n = 1; n <= 4; n++) {
                co.await(same.put(n)); // waits if a subscriber asks for it; none does
              }
            } // detached, however the block is left
            out.println("receivers left: " + same.receivers());
            same.close();
          });
      scheduler.run();
    }
  }
}
