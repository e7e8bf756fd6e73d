package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Lock;
import java.time.Duration;
import java.util.ArrayDeque;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Two conditions on one lock: a bounded buffer, which producers find full and consumers empty
 * (Python Cookbook 12.4 and the notes on threading).
 *
 * <p>You will see the producer wait for {@code not full} and the consumer for {@code not empty}:
 * each signal wakes one who can use it, where a single condition might wake the wrong one.
 */
@Command(name = "two-conditions", description = "A bounded buffer: two conditions on one lock.")
@Recipe("R9")
final class TwoConditions implements Runnable {
  private static final int ROOM = 2;
  private static final Duration WORK = Duration.ofMillis(100);
  @Mixin private final Terminal terminal = new Terminal();

  private final ArrayDeque<Integer> buffer = new ArrayDeque<>();
  private final Lock lock = new Lock("buffer");
  private final Condition notFull = new Condition(lock, "not full");
  private final Condition notEmpty = new Condition(lock, "not empty");

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn("consumer", this::takeFive);
      scheduler.spawn("producer", this::putFive);
      scheduler.run();
    }
  }

  private void putFive(Awaiter co) {
    for (int n = 1; n <= 5; n++) {
      try (var held = co.await(lock.acquire())) {
        while (buffer.size() == ROOM) {
          terminal.say("full: the producer waits");
          co.await(notFull.await());
        }
        buffer.add(n);
        terminal.say("put " + n);
        notEmpty.signal();
      }
    }
  }

  private void takeFive(Awaiter co) {
    for (int n = 1; n <= 5; n++) {
      try (var held = co.await(lock.acquire())) {
        while (buffer.isEmpty()) {
          terminal.say("  empty: the consumer waits");
          co.await(notEmpty.await());
        }
        terminal.say("  took " + buffer.remove());
        notFull.signal();
      }
      co.await(Timers.sleep(WORK));
    }
  }
}
