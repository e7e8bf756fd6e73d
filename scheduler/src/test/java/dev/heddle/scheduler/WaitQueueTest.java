package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue against a list, on random operations; the seed is in the test's name. */
class WaitQueueTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 42, 20261120})
  void theQueueGivesWhatAListGives(long seed) {
    Random random = new Random(seed);
    List<Task<?>> tasks = tasks(50);
    WaitQueue queue = new WaitQueue();
    WaitQueue other = new WaitQueue();
    List<Task<?>> model = new ArrayList<>();
    List<Task<?>> otherModel = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      Task<?> task = tasks.get(random.nextInt(tasks.size()));
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          if (!model.contains(task) && !otherModel.contains(task)) {
            queue.add(task);
            model.add(task);
          }
        }
        case 2 -> assertThat(queue.remove(task)).isEqualTo(model.remove(task));
        case 3 -> assertThat(queue.poll()).isSameAs(model.isEmpty() ? null : model.removeFirst());
        default -> {
          if (!model.contains(task) && !otherModel.contains(task)) {
            other.add(task);
            otherModel.add(task);
          } else {
            assertThat(other.remove(task)).isEqualTo(otherModel.remove(task));
          }
        }
      }
      assertThat(queue.toList()).isEqualTo(model);
      assertThat(other.toList()).isEqualTo(otherModel);
      assertThat(queue.size()).isEqualTo(model.size());
      assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
      assertThat(queue.peek()).isSameAs(model.isEmpty() ? null : model.getFirst());
    }
  }

  @Test
  void aTaskWaitsInOneQueueAtATime() {
    Task<?> task = tasks(1).getFirst();
    WaitQueue queue = new WaitQueue();
    queue.add(task);
    assertThatThrownBy(() -> new WaitQueue().add(task))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("waits already");
    assertThat(queue).hasToString("[task 'task-1' (READY)]");
  }

  private static List<Task<?>> tasks(int count) {
    Scheduler scheduler = Scheduler.create();
    List<Task<?>> tasks = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      tasks.add(new Task<>(scheduler, i, null, false, false));
    }
    return tasks;
  }
}
