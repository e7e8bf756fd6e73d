package dev.heddle.samples;

import dev.heddle.actor.Actor;
import dev.heddle.actor.Supervision;
import dev.heddle.actor.Supervision.Directive;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * "Let it crash": a crashed actor is restarted by its supervision, and an actor that is cancelled
 * cleans up, as one that catches {@code ActorExit}.
 *
 * <p>You will see that the mailbox survives the crashes, that the counter begins anew each time and
 * after a longer pause, that too many crashes stop it, and some at once, and what the cancelled one
 * says at its end.
 */
@Command(name = "supervision", description = "Actors that are restarted, stopped and cleaned up.")
@Recipe("R15")
final class Supervised implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  private void parse(Awaiter co, Actor<String> actor) {
    try {
      while (co.await(actor.receive()) instanceof String message) {
        terminal.out().println("parser: " + Integer.parseInt(message));
      }
    } catch (Cancelled exit) {
      terminal.out().println("parser cleans up");
      throw exit;
    }
  }

  @Override
  public void run() {
    Supervision supervision =
        Supervision.restart()
            .withLimit(2, Duration.ofMinutes(1))
            .withBackOff(Duration.ofMillis(10), Duration.ofSeconds(1))
            .when(NumberFormatException.class, Directive.STOP);
    try (Scheduler scheduler =
        Scheduler.builder()
            .failureReporter((who, crash) -> terminal.out().println(who + " " + crash))
            .build()) {
      Actor<Integer> divider = new Actor<>(scheduler, "divider");
      Divider division = new Divider(terminal);
      divider.start(co -> division.run(co, divider), supervision);
      for (int divisor : new int[] {2, 0, 3, 0, 4, 0, 5}) {
        divider.send(divisor);
      }
      Actor<String> parser = new Actor<>(scheduler, "parser");
      Task<?> parsing = parser.start(co -> parse(co, parser));
      parser.send("6");
      Actor<String> strict = new Actor<>(scheduler, "strict");
      strict.start(co -> parse(co, strict), supervision);
      strict.send("six");
      scheduler.spawn(
          co -> {
            try {
              co.await(divider.join());
            } catch (ArithmeticException e) {
              terminal.out().println("one crash too many: " + e.getMessage());
            }
            terminal.out().println("left in the mailbox: " + divider.unhandled());
            parsing.cancel("exit");
          });
      scheduler.run();
    }
  }
}
