package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Lock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Where tasks race and where they cannot: one adds 1 a thousand times, one takes 1 away as often.
 *
 * <p>You will see that nothing is lost when each yields between its steps, for between two yields a
 * task is alone; that nearly all is lost when each yields in the middle of a step; and that a lock
 * held across the yield mends it. Threads would race in the first case too.
 */
@Command(name = "race", description = "Between yields no lock is needed, across a yield one is.")
@Recipe("R24")
final class Race implements Runnable {
  private static final int TIMES = 1000;

  @Mixin private final Terminal terminal = new Terminal();

  private final Lock lock = new Lock("x");
  private int x;

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      for (int by : new int[] {1, -1}) {
        scheduler.spawn(
            co -> {
              for (int n = 0; n < TIMES; n++) {
                x += by;
                co.await(Task.yield());
              }
            });
      }
      scheduler.run();
      show("yield between the steps: ");

      for (int by : new int[] {1, -1}) {
        scheduler.spawn(
            co -> {
              for (int n = 0; n < TIMES; n++) {
                int read = x;
                co.await(Task.yield());
                x = read + by;
              }
            });
      }
      scheduler.run();
      show("yield inside a step: ");

      for (int by : new int[] {1, -1}) {
        scheduler.spawn(
            co -> {
              for (int n = 0; n < TIMES; n++) {
                try (var held = co.await(lock.acquire())) {
                  int read = x;
                  co.await(Task.yield());
                  x = read + by;
                }
              }
            });
      }
      scheduler.run();
      show("the same, with a lock: ");
    }
  }

  private void show(String title) {
    terminal.say(title + x);
    x = 0;
  }
}
