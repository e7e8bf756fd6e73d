package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A watchdog: who works tells it so now and then, and when nobody does for too long it ends what is
 * stuck and starts it again (Python Cookbook 12.5, which has a timer reset a program).
 *
 * <p>You will see two workers take two locks in opposite orders and wait for each other; the
 * watchdog find that, tell who holds what, cancel both, and start them anew. The second time they
 * take turns, and come to an end.
 */
@Command(name = "watchdog", description = "A watchdog restarts two workers that are stuck.")
@Recipe("R10")
final class Watchdog implements Runnable {
  private static final Duration PATIENCE = Duration.ofMillis(500);
  @Mixin private final Terminal terminal = new Terminal();

  private final Lock ink = new Lock("ink");
  private final Lock paper = new Lock("paper");
  private final Queue<String> signs = Queue.fifo();

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn("watchdog", co -> watch(co, scheduler));
      scheduler.run();
    }
  }

  private void watch(Awaiter co, Scheduler scheduler) {
    for (int start = 1; ; start++) {
      Duration apart = PATIENCE.dividedBy(5).multipliedBy(start - 1);
      Task<?> ada = scheduler.spawn("Ada", worker -> print(worker, ink, paper));
      Task<?> bob = scheduler.spawn("Bob", worker -> printLater(worker, apart));
      try {
        for (int printed = 0; printed < 2; ) {
          String sign = co.await(signs.get().within(PATIENCE));
          terminal.say("sign of life: " + sign);
          printed += sign.endsWith("printed") ? 1 : 0;
        }
        return;
      } catch (TimeoutException e) {
        terminal.say("stuck: " + ink.holder() + " has ink, " + paper.holder() + " has paper");
        ada.cancel("stuck");
        bob.cancel("stuck");
      }
    }
  }

  private void printLater(Awaiter co, Duration apart) {
    co.await(Timers.sleep(apart));
    print(co, paper, ink);
  }

  private void print(Awaiter co, Lock first, Lock second) {
    String name = co.task().name();
    try (var one = co.await(first.acquire())) {
      co.await(signs.put(name + " begins"));
      co.await(Timers.sleep(Duration.ofMillis(10)));
      try (var other = co.await(second.acquire())) {
        co.await(signs.put(name + " has printed"));
      }
    }
  }
}
