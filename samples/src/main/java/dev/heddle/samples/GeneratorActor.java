package dev.heddle.samples;

import dev.heddle.actor.Actor;
import dev.heddle.coroutine.Coroutine;
import dev.heddle.scheduler.Scheduler;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The simplest actor is a generator: it yields to get a message, and its close is what {@code
 * GeneratorExit} is in Python (Python Cookbook 12.10).
 *
 * <p>You will see it get two messages by {@code send}, and clean up when it is closed; then the
 * same generator behind the mailbox of an {@link Actor}, so that several senders need not wait for
 * it.
 */
@Command(
    name = "generator-actor",
    description = "A generator as an actor; it cleans up at its end.")
@Recipe("R15")
final class GeneratorActor implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  private Coroutine<@Nullable Object, String, @Nullable Void> printActor() {
    return Coroutine.of(
        y -> {
          try {
            while (true) {
              terminal.out().println("Got: " + y.yield(null)); // a message
            }
          } finally {
            terminal.out().println("Actor terminating");
          }
        });
  }

  @Override
  public void run() {
    var printer = printActor();
    boolean _ = printer.next(); // goes on to the yield: ready to receive
    boolean _ = printer.send("Hello");
    boolean _ = printer.send("World");
    printer.close();
    runBehindAMailbox();
  }

  private void runBehindAMailbox() {
    try (Scheduler scheduler = Scheduler.create()) {
      Actor<String> mailbox = new Actor<>(scheduler, "printer");
      mailbox.start(
          co -> {
            try (var printer = printActor()) {
              boolean _ = printer.next();
              while (co.await(mailbox.receive()) instanceof String message) {
                boolean _ = printer.send(message);
              }
            }
          });
      for (String sender : new String[] {"one", "another"}) {
        scheduler.spawn(sender, () -> mailbox.send("from " + sender));
      }
      scheduler.spawn("owner", mailbox::close);
      scheduler.run();
    }
  }
}
