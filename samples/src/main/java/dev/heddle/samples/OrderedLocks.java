package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Lock;
import dev.heddle.sync.LockOrder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Several locks at once, in one order whatever the order they are named in (Python Cookbook 12.5).
 *
 * <p>You will see two tasks that name the same two locks in opposite orders get them in turn; and a
 * third, that takes the later one and then, inside, asks for the earlier one, be refused: were it
 * allowed, the two of them could wait for each other for ever.
 */
@Command(name = "lock-order", description = "Locks taken in one order, and a violation refused.")
@Recipe("R10")
final class OrderedLocks implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Lock x = new Lock("x");
    Lock y = new Lock("y");
    try (Scheduler scheduler = terminal.scheduler()) {
      visit(scheduler, "Ada", x, y);
      visit(scheduler, "Bob", y, x);
      scheduler.spawn(
          "Cleo",
          co -> {
            try (var outer = co.await(LockOrder.acquire(y))) {
              terminal.say("Cleo holds y");
              try (var inner = co.await(LockOrder.acquire(x))) {
                terminal.say("Cleo holds both");
              }
            } catch (IllegalStateException e) {
              terminal.say(e.getMessage());
            }
          });
      scheduler.run();
    }
  }

  private void visit(Scheduler scheduler, String name, Lock first, Lock second) {
    scheduler.spawn(
        name,
        co -> {
          for (int n = 1; n <= 2; n++) {
            try (var held = co.await(LockOrder.acquire(first, second))) {
              terminal.say(name + " holds both, time " + n);
              co.await(Task.yield());
            }
          }
        });
  }
}
