package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Lock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A condition over a plain list, the simplest way for one task to wait for another's items (Python
 * Cookbook 12.3). To use, there is {@link dev.heddle.sync.Queue}.
 *
 * <p>You will see the consumer wait while the list is empty, and take all that is in it when it is
 * told; the producer adds under the lock, and then notifies.
 */
@Command(name = "plain-list", description = "A condition over a plain list.")
@Recipe("R8")
final class PlainList implements Runnable {
  private static final Duration WORK = Duration.ofMillis(100);
  @Mixin private final Terminal terminal = new Terminal();

  private final List<Integer> items = new ArrayList<>();
  private final Lock lock = new Lock("items");
  private final Condition added = new Condition(lock, "added");

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "consumer",
          co -> {
            for (int got = 0; got < 6; ) {
              try (var held = co.await(lock.acquire())) {
                while (items.isEmpty()) {
                  terminal.say("nothing there, waiting");
                  co.await(added.await()); // releases the lock meanwhile
                }
                terminal.say("  got " + items);
                got += items.size();
                items.clear();
              }
            }
          });
      scheduler.spawn(
          "producer",
          co -> {
            for (int n = 1; n <= 3; n++) {
              co.await(Timers.sleep(WORK));
              try (var held = co.await(lock.acquire())) {
                items.add(n);
                items.add(-n);
                terminal.say("added " + n + " and " + -n);
                added.signal();
              }
            }
          });
      scheduler.run();
    }
  }
}
