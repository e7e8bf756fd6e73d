package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Lock;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A queue of one's own: a heap, a lock, and a condition to wait at while there is nothing (Python
 * Cookbook 12.3). To use, there is {@link dev.heddle.sync.Queue#priority}.
 *
 * <p>You will see the most urgent come out first and equally urgent ones as they went in: {@code
 * spam} and {@code grok} of 5 before {@code foo} of 1. Then the consumer waits for one more.
 */
@Command(name = "priority-queue", description = "A priority queue made of a heap and a condition.")
@Recipe("R8")
final class Priorities implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    Urgencies<String> queue = new Urgencies<>();
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn(
          "producer",
          co -> {
            queue.put(co, 1, "foo");
            queue.put(co, 5, "spam");
            queue.put(co, 3, "bar");
            queue.put(co, 5, "grok");
            co.await(Timers.sleep(Duration.ofMillis(100)));
            terminal.say("one more");
            queue.put(co, 2, "late");
          });
      scheduler.spawn(
          "consumer",
          co -> {
            for (int n = 0; n < 5; n++) {
              terminal.say("got " + queue.get(co));
            }
          });
      scheduler.run();
    }
  }

  private static final class Urgencies<T> {
    /** The number keeps equally urgent ones in order, and items from being compared. */
    private record Entry<T>(int urgency, long number, T item) {}

    private final PriorityQueue<Entry<T>> heap =
        new PriorityQueue<>(
            Comparator.<Entry<T>>comparingInt(entry -> -entry.urgency)
                .thenComparingLong(Entry::number));
    private final Lock lock = new Lock("heap");
    private final Condition notEmpty = new Condition(lock, "not empty");
    private long puts;

    void put(Awaiter co, int urgency, T item) {
      try (var held = co.await(lock.acquire())) {
        heap.add(new Entry<>(urgency, puts++, item));
        notEmpty.signal();
      }
    }

    T get(Awaiter co) {
      try (var held = co.await(lock.acquire())) {
        co.await(notEmpty.waitFor(() -> !heap.isEmpty()));
        return heap.remove().item;
      }
    }
  }
}
