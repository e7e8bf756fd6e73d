package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.sync.Lock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A counter that two tasks add to, and a yield in the middle of adding (Python Cookbook 12.4).
 *
 * <p>You will see each hop: without a lock both read the same number, both write it plus one, and
 * one of the two is lost; with a lock the second reads what the first has written. (What has no
 * yield in the middle needs no lock: see {@code race}.)
 */
@Command(
    name = "shared-counter",
    description = "A count lost across a yield, and a lock that keeps it.")
@Recipe("R9")
final class SharedCounter implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  private final Lock lock = new Lock("counter");
  private int value;

  @Override
  public void run() {
    twoTasksAddTwice("without a lock", this::add);
    twoTasksAddTwice("with a lock", this::addLocked);
  }

  private void twoTasksAddTwice(String title, TaskBody adding) {
    terminal.say(title);
    value = 0;
    try (Scheduler scheduler = terminal.scheduler()) {
      for (String name : new String[] {"Ada", "Bob"}) {
        scheduler.spawn(
            name,
            co -> {
              adding.run(co);
              adding.run(co);
            });
      }
      scheduler.run();
    }
    terminal.say("  4 were added, the counter is at " + value);
  }

  private void add(Awaiter co) {
    int read = value;
    terminal.say("  " + co.task().name() + " reads " + read + " and yields");
    co.await(Task.yield());
    value = read + 1;
    terminal.say("  " + co.task().name() + " writes " + value);
  }

  private void addLocked(Awaiter co) {
    try (var held = co.await(lock.acquire())) {
      add(co);
    }
  }
}
