package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.QueueShutdownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Q9: counts, the end, and queues in a {@code Select}. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class PollableQueueEndTest {
  @Parameter Kind kind;

  private final PollableQueue<Integer> queue = new PollableQueue<>("jobs");
  private final List<Object> trace = Collections.synchronizedList(new ArrayList<>());

  /**
   * On the loop's own thread, whatever the kind: a task with a thread of its own that waits for a
   * foreign thread would let the others go on meanwhile.
   */
  private static void inTask(Scheduler scheduler, String name, Runnable action) {
    scheduler.spawn(
        name,
        new Step<>() {
          @Override
          protected YieldEvent<?, ?> step(Object sent) {
            action.run();
            return null;
          }
        });
  }

  private void put(Integer... items) {
    for (Integer item : items) {
      queue.put(item);
    }
  }

  // Counts.

  @Test
  void joinEndsWhenAllIsReportedDone() {
    try (Scheduler scheduler = kind.scheduler()) {
      put(1, 2);
      kind.spawn(
          scheduler,
          "joiner",
          co -> {
            co.await(queue.join());
            trace.add("joined");
          });
      kind.spawn(
          scheduler,
          "worker",
          co -> {
            for (int i = 0; i < 2; i++) {
              trace.add(co.await(queue.get()));
              queue.taskDone();
              co.await(Task.yield());
            }
          });
      scheduler.run();
      kind.spawn(scheduler, "later", co -> co.await(queue.join()));
      scheduler.run();
    }
    assertThat(trace).containsExactly(1, 2, "joined");
    assertThatThrownBy(queue::taskDone)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("more items of pollable queue 'jobs' were reported done than were put");
  }

  @Test
  void aCancelledJoinerIsNotFreedAndAThreadMayJoinToo() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      put(1);
      Task<?> joiner = kind.spawn(scheduler, "joiner", co -> co.await(queue.join()));
      FutureTask<Void> thread = Foreign.start("joiner", queue::awaitJoin);
      inTask(
          scheduler,
          "canceller",
          () -> {
            assertThat(joiner.cancel("enough")).isTrue();
            queue.taskDone();
          });
      scheduler.run();
      var _ = Foreign.get(thread);
      assertThat(joiner.state()).isEqualTo(Task.State.CANCELLED);
    }
  }

  @Test
  void joinersWakeThoughMoreIsPutRightAfter() {
    try (Scheduler scheduler = kind.scheduler()) {
      put(1);
      kind.spawn(scheduler, "joiner", co -> co.await(queue.join()));
      inTask(
          scheduler,
          "worker",
          () -> {
            queue.taskDone();
            put(2);
          });
      scheduler.run();
    }
  }

  // Shutdown.

  @Test
  void afterShutdownWhatIsInCanBeGotAndThenGetsFail() {
    try (Scheduler scheduler = kind.scheduler()) {
      put(1);
      queue.shutdown();
      assertThat(queue.isShutdown()).isTrue();
      assertThatThrownBy(() -> queue.put(2))
          .isInstanceOf(QueueShutdownException.class)
          .hasMessage("cannot put into pollable queue 'jobs': it is shut down");
      kind.spawn(
          scheduler,
          "getter",
          co -> {
            trace.add(co.await(queue.get()));
            assertThatThrownBy(() -> co.await(queue.get()))
                .isInstanceOf(QueueShutdownException.class)
                .hasMessage("cannot get from pollable queue 'jobs': it is shut down");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(1);
    assertThatThrownBy(queue::tryGet).isInstanceOf(QueueShutdownException.class);
    assertThatThrownBy(queue::take).isInstanceOf(QueueShutdownException.class);
  }

  @Test
  void shutdownWakesAllWhoWait() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      FutureTask<Void> taker =
          Foreign.start(
              "taker",
              () -> assertThatThrownBy(queue::take).isInstanceOf(QueueShutdownException.class));
      Until.true_("it waits", () -> queue.toString().endsWith("1 getting"));
      for (int i = 0; i < 3; i++) {
        kind.spawn(
            scheduler,
            "getter",
            co -> {
              assertThatThrownBy(() -> co.await(queue.get()))
                  .isInstanceOf(QueueShutdownException.class);
              trace.add("closed");
            });
      }
      inTask(
          scheduler,
          "closer",
          () -> {
            queue.shutdown();
            queue.shutdown();
          });
      scheduler.run();
      var _ = Foreign.get(taker);
    }
    assertThat(trace).containsExactly("closed", "closed", "closed");
  }

  @Test
  void shutdownNowDropsWhatIsInAndCountsItAsDone() {
    try (Scheduler scheduler = kind.scheduler()) {
      put(1, 2, 3);
      kind.spawn(
          scheduler,
          "worker",
          co -> {
            trace.add(co.await(queue.get()));
            queue.shutdownNow();
            assertThat(queue.size()).isZero();
            assertThatThrownBy(() -> co.await(queue.get()))
                .isInstanceOf(QueueShutdownException.class);
            queue.taskDone();
            co.await(queue.join());
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(1);
  }

  // In a Select.

  @Test
  @Holds("Q9")
  void severalQueuesWaitInOneSelect() throws Exception {
    PollableQueue<Integer> other = new PollableQueue<>("other");
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "selecter",
          co -> {
            for (int i = 0; i < 4; i++) {
              var first = co.await(Select.any(queue.get(), other.get()));
              trace.add(first.index() + ": " + first.value());
            }
          });
      inTask(
          scheduler,
          "putter",
          () -> {
            other.put(1);
            putByAThread(2);
            other.put(3);
            putByAThread(4);
          });
      scheduler.run();
    }
    assertThat(trace).hasSize(4).contains("0: 2", "0: 4", "1: 1", "1: 3");
    assertThat(queue.size() + other.size()).isZero();
  }

  /** Each item was put while both getters of the one task stood in line. */
  @Test
  void aSelectThatWaitsTwiceForOneQueueLosesNothing() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "selecter",
          co -> {
            for (int i = 0; i < 4; i++) {
              trace.add(co.await(Select.any(queue.get(), queue.get())).value());
            }
          });
      inTask(scheduler, "putter", () -> putAllByAThread(new int[] {1, 2, 3, 4}));
      scheduler.run();
    }
    assertThat(trace).containsExactly(1, 2, 3, 4);
  }

  /** The timer wins while an item is on its way to the first of two losers. */
  @Test
  void anItemOnItsWayToALoserStaysInTheQueue() {
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<Integer> winner = new Promise<>();
      kind.spawn(
          scheduler,
          "selecter",
          co -> trace.add(co.await(Select.any(queue.get(), queue.get(), winner)).index()));
      inTask(
          scheduler,
          "putter",
          () -> {
            putByAThread(7);
            assertThat(winner.complete(0)).isTrue();
          });
      kind.spawn(scheduler, "next", co -> trace.add(co.await(queue.get())));
      scheduler.run();
    }
    assertThat(trace).containsExactlyInAnyOrder(2, 7);
  }

  @Test
  void aGetWithALimitLosesNothing() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "getter",
          co -> {
            assertThatThrownBy(() -> co.await(queue.get().within(Duration.ofNanos(1))))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("an item of pollable queue 'jobs'");
            queue.put(1);
            trace.add(co.await(queue.get().within(Duration.ofHours(1))));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(1);
  }

  private void putByAThread(int item) {
    try {
      Foreign.run(() -> queue.put(item));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void putAllByAThread(int[] items) {
    try {
      Foreign.run(
          () -> {
            for (int item : items) {
              queue.put(item);
            }
          });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
