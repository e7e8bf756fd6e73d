package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Two actors, found by name: {@code counter} sends to {@code printer} and, one less, to itself
 * (Python Cookbook 12.12, ActorScheduler).
 *
 * <p>You will see {@code Got: 10000} down to {@code Got: 1}. An actor that sends to itself is a
 * loop, not a recursion: {@code --from 1000000} needs no more stack.
 */
@Command(name = "actors", description = "An actor sends to another and to itself, a million times.")
@Recipe("R2")
final class Actors implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--from",
      converter = WholeNumber.Count.class,
      description = "The first number, 0 or more; default ${DEFAULT-VALUE}")
  private int from = 10_000;

  private final Map<String, Mailbox<Integer>> actors =
      Map.of("printer", new Mailbox<>(), "counter", new Mailbox<>());

  @Override
  public void run() {
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(
          "printer",
          co -> {
            for (int n = co.await(mailboxOf("printer"));
                n > 0;
                n = co.await(mailboxOf("printer"))) {
              terminal.out().println("Got: " + n);
            }
          });
      scheduler.spawn(
          "counter",
          co -> {
            int n;
            do {
              n = co.await(mailboxOf("counter"));
              mailboxOf("printer").send(n); // the last is 0, and ends it
              mailboxOf("counter").send(n - 1);
            } while (n > 0);
          });
      mailboxOf("counter").send(from);
      scheduler.run();
    }
  }

  private Mailbox<Integer> mailboxOf(String actor) {
    Mailbox<Integer> mailbox = actors.get(actor);
    if (mailbox == null) {
      throw new IllegalArgumentException("no actor is named '" + actor + "'");
    }
    return mailbox;
  }
}
