package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Lock;
import dev.heddle.sync.LockOrder;
import java.time.Duration;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Five philosophers, five forks, and two needed to eat (Python Cookbook 12.5).
 *
 * <p>You will see each of them eat, two at a time, for ever: until Ctrl-C, or {@code --meals 2}.
 * With {@code --naive} each takes the fork at the left and waits for the one at the right: you will
 * see that they starve, found at once, and who waits for what.
 */
@Command(name = "philosophers", description = "Five eat for ever; --naive: they starve, explained.")
@Recipe("R10")
final class Philosophers implements Runnable {
  private static final String MEALS = "How often each eats, 0 or more; default: for ever";
  private static final String[] NAMES = {"Plato", "Kant", "Hume", "Marx", "Weil"};

  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--naive", description = "Left fork first, then the right one.")
  private boolean naive;

  @Option(names = "--meals", converter = WholeNumber.Count.class, description = MEALS)
  private int meals = Integer.MAX_VALUE;

  private final Lock[] forks =
      Stream.of(NAMES).map(name -> new Lock("fork of " + name)).toArray(Lock[]::new);

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      for (int seat = 0; seat < forks.length; seat++) {
        Lock left = forks[seat];
        Lock right = forks[(seat + 1) % forks.length];
        scheduler.spawn(
            NAMES[seat],
            co -> {
              for (int meal = 1; meal <= meals; meal++) {
                if (naive) {
                  eatNaively(co, meal, left, right);
                } else {
                  eat(co, meal, left, right);
                }
              }
            });
      }
      scheduler.run();
    } catch (DeadlockException e) {
      terminal.say(e.getMessage());
    }
  }

  private void eat(Awaiter co, int meal, Lock left, Lock right) {
    try (var both = co.await(LockOrder.acquire(left, right))) {
      terminal.say(co.task().name() + " eats, meal " + meal);
      co.await(Timers.sleep(Duration.ofMillis(100)));
    }
  }

  private void eatNaively(Awaiter co, int meal, Lock left, Lock right) {
    try (var first = co.await(left.acquire())) {
      co.await(Task.yield()); // the others reach for theirs
      try (var second = co.await(right.acquire())) {
        terminal.say(co.task().name() + " eats, meal " + meal);
      }
    }
  }
}
