package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.scheduler.Loop.ReadyQueue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the rounds of the other suites do not reach: how much room the queue takes. */
class ReadyQueueTest {
  @Test
  void aRingThatABurstHasGrownIsLetGoOnceNothingIsReady() {
    try (Scheduler scheduler = Scheduler.create()) {
      ReadyQueue queue = new ReadyQueue();
      int least = queue.capacity();
      List<Task<?>> tasks = tasks(scheduler, 100_000);
      tasks.forEach(queue::add);
      assertThat(queue.capacity()).isGreaterThanOrEqualTo(100_000);
      assertThat(takenFrom(queue)).isEqualTo(tasks);
      queue.trim();
      assertThat(queue.capacity()).isEqualTo(least);
      tasks.forEach(queue::add);
      assertThat(takenFrom(queue)).isEqualTo(tasks);
    }
  }

  @Test
  void aRingOfAnOrdinaryBurstIsKeptForTheNext() {
    try (Scheduler scheduler = Scheduler.create()) {
      ReadyQueue queue = new ReadyQueue();
      tasks(scheduler, 10_000).forEach(queue::add);
      int grown = queue.capacity();
      assertThat(takenFrom(queue)).hasSize(10_000);
      queue.trim();
      assertThat(queue.capacity()).isEqualTo(grown);
    }
  }

  private static List<Task<?>> tasks(Scheduler scheduler, int number) {
    List<Task<?>> tasks = new ArrayList<>();
    for (int i = 1; i <= number; i++) {
      tasks.add(new Task<>(scheduler, i, null, false, false));
    }
    return tasks;
  }

  private static List<Task<?>> takenFrom(ReadyQueue queue) {
    List<Task<?>> taken = new ArrayList<>();
    while (!queue.isEmpty()) {
      taken.add(queue.take());
    }
    return taken;
  }
}
