package dev.heddle.samples;

import dev.heddle.actor.Exchange;
import dev.heddle.actor.Exchanges;
import dev.heddle.actor.Receiver;
import dev.heddle.scheduler.Scheduler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Several receivers at once, receivers by the pattern of a name, and one for diagnosis, which sees
 * all messages (Python Cookbook 12.11, where these are what an exchange makes possible).
 *
 * <p>You will see two receivers of paid orders come and go together; {@code orders.*} get the
 * messages of two exchanges, of which one is made later; and {@code diagnosis} see and count all.
 */
@Command(name = "patterns", description = "Exchanges by pattern, several receivers, a diagnosis.")
@Recipe("R16")
final class NamePatterns implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  private int seen;

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn("shop", () -> sell(new Exchanges(scheduler)));
      scheduler.run();
    }
  }

  private void sell(Exchanges exchanges) {
    Exchange<String> paid = exchanges.named("orders.paid", String.class);
    try (var _ = exchanges.subscribe("*", Object.class, this::diagnose);
        var _ = exchanges.subscribe("orders.*", String.class, this::log)) {
      Receiver<String> packer = order -> terminal.say("packer: packs " + order);
      Receiver<String> clerk = order -> terminal.say("clerk: books " + order);
      try (var _ = paid.subscribe(packer, clerk)) {
        paid.send("order 1");
      } // both are detached
      exchanges.named("orders.returned", String.class).send("order 2"); // made later
      exchanges.named("visitors", Integer.class).send(42);
    }
    paid.send("order 3"); // to nobody
    terminal.say("diagnosis: " + seen + " messages");
  }

  private void log(String exchange, String order) {
    terminal.say("orders.*: " + order + " by " + exchange);
  }

  private void diagnose(String exchange, Object message) {
    terminal.say("diagnosis: " + exchange + " <- " + message);
    seen++;
  }
}
