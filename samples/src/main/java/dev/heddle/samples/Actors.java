package dev.heddle.samples;

import dev.heddle.actor.ActorScheduler;
import dev.heddle.scheduler.Scheduler;
import java.io.PrintWriter;
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
@Command(name = "actors", description = "An actor sends to another and to itself, 10,000 times.")
@Recipe("R2")
final class Actors implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--from",
      converter = WholeNumber.Count.class,
      description = "The first number, 0 or more; default ${DEFAULT-VALUE}")
  private int from = 10_000;

  @Override
  public void run() {
    count(from, terminal.out());
  }

  static void count(int from, PrintWriter out) {
    try (Scheduler scheduler = Scheduler.create()) {
      ActorScheduler<Integer> actors = new ActorScheduler<>(scheduler);
      actors.start(
          "printer",
          co -> {
            while (co.await(actors.receive("printer")) instanceof Integer n) {
              out.println("Got: " + n);
            }
          });
      actors.start(
          "counter",
          co -> {
            while (co.await(actors.receive("counter")) instanceof Integer n && n > 0) {
              actors.send("printer", n);
              actors.send("counter", n - 1);
            }
          });
      actors.send("counter", from);
      actors.run(); // until no message is under way
    }
  }
}
