package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.QueueShutdownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Q9 with many at once: no wakeup is lost, no item is lost or seen twice. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class PollableQueueRaceTest {
  private static final int PUTTERS = 3;
  private static final int ITEMS = Integer.getInteger("heddle.test.rounds", 1_000);

  @Parameter Kind kind;

  /** An item tells who put it, as which of his. */
  private record Item(int putter, int number) {}

  private final PollableQueue<Item> queue = new PollableQueue<>("items");
  private final List<Item> got = Collections.synchronizedList(new ArrayList<>());

  private List<FutureTask<Void>> putters() {
    List<FutureTask<Void>> putters = new ArrayList<>();
    for (int p = 0; p < PUTTERS; p++) {
      int putter = p;
      putters.add(
          Foreign.start(
              "putter " + p,
              () -> {
                for (int i = 0; i < ITEMS; i++) {
                  queue.put(new Item(putter, i));
                  for (int spin = 0; spin < i % 64 * 8; spin++) {
                    Thread.onSpinWait(); // so that the queue is empty now and then
                  }
                }
              }));
    }
    return putters;
  }

  private void closeAfter(List<FutureTask<Void>> putters) throws Exception {
    for (FutureTask<Void> putter : putters) {
      var _ = Foreign.get(putter);
    }
    queue.shutdown();
  }

  private void assertAllGotOnce() {
    assertThat(got).hasSize(PUTTERS * ITEMS).doesNotHaveDuplicates();
  }

  @Test
  void oneTaskGetsAllInTheOrderOfEachPutter() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "getter",
          co -> {
            try {
              while (true) {
                got.add(co.await(queue.get()));
              }
            } catch (QueueShutdownException e) {
              // the end
            }
          });
      FutureTask<Void> closer = Foreign.start("closer", () -> closeAfter(putters()));
      scheduler.run();
      var _ = Foreign.get(closer);
    }
    assertAllGotOnce();
    Map<Integer, Integer> last = new HashMap<>();
    for (Item item : got) {
      assertThat(item.number).isGreaterThan(last.getOrDefault(item.putter, -1));
      last.put(item.putter, item.number);
    }
  }

  @Test
  void tasksOfTwoSchedulersAndThreadsShareAllItems() throws Exception {
    AtomicInteger getters = new AtomicInteger();
    List<FutureTask<Void>> sides = new ArrayList<>();
    for (int s = 0; s < 2; s++) {
      sides.add(
          Foreign.start(
              "side " + s,
              () -> {
                try (Scheduler scheduler = kind.scheduler()) {
                  for (int i = 0; i < 3; i++) {
                    kind.spawn(
                        scheduler,
                        "getter " + i,
                        co -> {
                          try {
                            getters.incrementAndGet();
                            while (true) {
                              got.add(co.await(queue.get()));
                            }
                          } catch (QueueShutdownException e) {
                            getters.decrementAndGet();
                          }
                        });
                  }
                  scheduler.run();
                }
              }));
      sides.add(
          Foreign.start(
              "thread " + s,
              () -> {
                try {
                  getters.incrementAndGet();
                  while (true) {
                    got.add(queue.take());
                  }
                } catch (QueueShutdownException e) {
                  getters.decrementAndGet();
                }
              }));
    }
    closeAfter(putters());
    for (FutureTask<Void> side : sides) {
      var _ = Foreign.get(side);
    }
    assertThat(getters).hasValue(0);
    assertAllGotOnce();
  }

  @Test
  void noItemIsLostWhenGettersAreCancelledAllTheTime() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            while (!(queue.isShutdown() && queue.size() == 0)) {
              List<Task<?>> getters = new ArrayList<>();
              for (int i = 0; i < 3; i++) {
                getters.add(
                    scheduler.spawn(
                        () -> {
                          try {
                            got.add(Task.await(queue.get()));
                          } catch (QueueShutdownException e) {
                            // the end
                          }
                        }));
              }
              co.await(Task.yield());
              co.await(Task.yield());
              for (Task<?> getter : getters) {
                var _ = getter.cancel("at a bad moment");
              }
            }
          });
      FutureTask<Void> closer = Foreign.start("closer", () -> closeAfter(putters()));
      scheduler.run();
      var _ = Foreign.get(closer);
    }
    assertAllGotOnce();
  }

  @Test
  void threadsThatGiveUpAtABadMomentLoseNothing() throws Exception {
    FutureTask<Void> taker =
        Foreign.start(
            "taker",
            () -> {
              int i = 0;
              while (true) {
                try {
                  got.add(queue.take(Duration.ofNanos(i++ % 50 * 1_000L)));
                } catch (TimeoutException e) {
                  Thread.onSpinWait();
                } catch (QueueShutdownException e) {
                  return;
                }
              }
            });
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "getter",
          co -> {
            try {
              while (true) {
                got.add(co.await(queue.get()));
              }
            } catch (QueueShutdownException e) {
              // the end
            }
          });
      FutureTask<Void> closer = Foreign.start("closer", () -> closeAfter(putters()));
      scheduler.run();
      var _ = Foreign.get(closer);
    }
    var _ = Foreign.get(taker);
    assertAllGotOnce();
  }
}
