package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Q9, one at a time; {@link PollableQueueRaceTest} has what only many at once show. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class PollableQueueTest {
  @Parameter Kind kind;

  private final PollableQueue<Integer> queue = new PollableQueue<>("jobs");
  private final List<Object> trace = Collections.synchronizedList(new ArrayList<>());

  private Task<?> getter(Scheduler scheduler, String name) {
    return kind.spawn(scheduler, name, co -> trace.add(name + co.await(queue.get())));
  }

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

  @Test
  void itemsComeInTheOrderInWhichTheyWerePut() {
    try (Scheduler scheduler = kind.scheduler()) {
      put(1, 2, 3);
      kind.spawn(
          scheduler,
          "getter",
          co -> {
            for (int i = 0; i < 5; i++) {
              trace.add(co.await(queue.get()));
            }
          });
      inTask(scheduler, "putter", () -> put(4, 5));
      scheduler.run();
    }
    assertThat(trace).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void gettersAreServedInTheOrderInWhichTheyCame() {
    try (Scheduler scheduler = kind.scheduler()) {
      for (String name : List.of("a", "b", "c")) {
        getter(scheduler, name);
      }
      inTask(scheduler, "putter", () -> put(1, 2, 3));
      scheduler.run();
    }
    assertThat(trace).containsExactly("a1", "b2", "c3");
  }

  @Test
  @Holds("Q9")
  void aThreadTakesWhatATaskPutAndATaskGetsWhatAThreadPut() throws Exception {
    PollableQueue<Integer> back = new PollableQueue<>();
    try (Scheduler scheduler = kind.scheduler()) {
      FutureTask<Void> echo =
          Foreign.start(
              "echo",
              () -> {
                for (int i = 0; i < 100; i++) {
                  back.put(-queue.take());
                }
              });
      kind.spawn(
          scheduler,
          "asker",
          co -> {
            for (int i = 1; i <= 100; i++) {
              queue.put(i);
              assertThat(co.await(back.get())).isEqualTo(-i);
            }
          });
      scheduler.run();
      var _ = Foreign.get(echo);
    }
  }

  @Test
  @Holds("Q9")
  void tasksAndThreadsStandInOneLine() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      CountDownLatch first = new CountDownLatch(1);
      AtomicReference<Thread> thread = new AtomicReference<>();
      FutureTask<Void> taker =
          Foreign.start(
              "taker",
              () -> {
                thread.set(Thread.currentThread());
                Until.down(first);
                trace.add("thread" + queue.take());
                queue.put(3); // so that the last one comes after this
              });
      getter(scheduler, "a");
      inTask(
          scheduler,
          "between",
          () -> {
            first.countDown();
            Until.true_("the thread waits", () -> queue.toString().endsWith("2 getting"));
          });
      getter(scheduler, "b");
      inTask(scheduler, "putter", () -> put(1, 2));
      scheduler.run();
      var _ = Foreign.get(taker);
    }
    assertThat(trace).hasSize(3).contains("a1", "thread2", "b3");
  }

  @Test
  void aNewGetterDoesNotTakeWhatIsOwedToOneThatIsComing() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      getter(scheduler, "a");
      inTask(
          scheduler,
          "putter",
          () -> {
            try {
              Foreign.run(
                  () -> {
                    queue.put(1); // its getter comes in the next pass
                    assertThat(queue.tryGet()).isNull();
                    assertThatThrownBy(() -> queue.take(Duration.ZERO))
                        .isInstanceOf(TimeoutException.class);
                    queue.put(2);
                    assertThat(queue.tryGet()).as("the first in line comes first").isNull();
                  });
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("a1");
    assertThat(queue.tryGet()).isEqualTo(2);
  }

  @Test
  void aCancelledGetterTakesNothing() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> a = getter(scheduler, "a");
      getter(scheduler, "b");
      inTask(
          scheduler,
          "canceller",
          () -> {
            assertThat(a.cancel("enough")).isTrue();
            put(1);
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("b1");
  }

  /** The item was put, its getter told to come; nobody has it yet. */
  @Test
  void aGetterThatIsCancelledOnItsWayLeavesTheItemToTheNext() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> a = getter(scheduler, "a");
      getter(scheduler, "b");
      inTask(
          scheduler,
          "canceller",
          () -> {
            putByAThread(1);
            assertThat(a.cancel("enough")).isTrue();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("b1");
    assertThat(queue.size()).isZero();
  }

  @Test
  void aGetterThatIsCancelledOnItsWayLeavesTheItemInTheQueue() throws Exception {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> a = getter(scheduler, "a");
      inTask(
          scheduler,
          "canceller",
          () -> {
            putByAThread(1);
            assertThat(a.cancel("enough")).isTrue();
          });
      scheduler.run();
    }
    assertThat(queue.tryGet()).isEqualTo(1);
  }

  /** C11: it has the item, its turn is to come. */
  @Test
  void aGetterThatIsCancelledAfterItGotTheItemReturnsIt() {
    try (Scheduler scheduler = kind.scheduler()) {
      Task<?> a =
          kind.spawn(
              scheduler,
              "a",
              co -> {
                trace.add(co.await(queue.get()));
                assertThatThrownBy(() -> co.await(Task.yield())).isInstanceOf(Cancelled.class);
              });
      inTask(
          scheduler,
          "canceller",
          () -> {
            put(1);
            assertThat(a.cancel("enough")).isTrue();
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

  @Test
  void aThreadThatIsInterruptedTakesNothing() throws Exception {
    Foreign.run(
        () -> {
          Thread.currentThread().interrupt();
          assertThatThrownBy(queue::take).isInstanceOf(InterruptedException.class);
        });
    AtomicReference<Thread> thread = new AtomicReference<>();
    FutureTask<Void> taker =
        Foreign.start(
            "taker",
            () -> {
              thread.set(Thread.currentThread());
              assertThatThrownBy(queue::take)
                  .isInstanceOf(InterruptedException.class)
                  .hasMessage("interrupted while waiting for an item of pollable queue 'jobs'");
            });
    Until.true_("it waits", () -> queue.toString().endsWith("1 getting"));
    thread.get().interrupt();
    var _ = Foreign.get(taker);
    queue.put(1);
    assertThat(queue.tryGet()).isEqualTo(1);
  }

  @Test
  void aThreadThatLeavesOnItsWayLeavesTheItemToTheNext() {
    SharedQueue<Integer> shared = new SharedQueue<>("shared");
    SharedQueue.QueueGetter first = SharedQueue.QueueGetter.ofThread();
    SharedQueue.QueueGetter second = SharedQueue.QueueGetter.ofThread();
    assertThat(shared.arrive(first)).isNull();
    assertThat(shared.arrive(second)).isNull();
    assertThat(shared.add(1)).as("it is called for the item").isSameAs(first);
    assertThat(shared.leave(first)).as("the next one is called").isSameAs(second);
    assertThat(shared.tryTake(second)).isEqualTo(1);
  }

  @Test
  void aThreadThatTakesForATimeSaysThatNoneCame() {
    assertThatThrownBy(() -> queue.take(Duration.ofNanos(1)))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("no item of pollable queue 'jobs' in PT0.000000001S");
    assertThatThrownBy(() -> queue.take(Duration.ofDays(-1))).isInstanceOf(TimeoutException.class);
    assertThat(queue).hasToString("pollable queue 'jobs' (0 items), 0 getting");
  }

  @Test
  void aThreadTakesWithALimitThatNoLongHolds() throws Exception {
    queue.put(1);
    assertThat(queue.take(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(1);
  }

  @Test
  void aLoopIsNotToStandStillInTake() {
    try (Scheduler scheduler = kind.scheduler()) {
      scheduler.spawn(
          new Step<>() {
            @Override
            protected YieldEvent<?, ?> step(Object sent) {
              assertThatThrownBy(queue::take)
                  .isInstanceOf(WrongThreadException.class)
                  .hasMessageEndingWith("await an event instead");
              assertThatThrownBy(queue::awaitJoin).isInstanceOf(WrongThreadException.class);
              return null;
            }
          });
      scheduler.run();
    }
  }

  @Test
  void aTaskWithAThreadOfItsOwnMayTake() {
    try (Scheduler scheduler = kind.scheduler()) {
      scheduler.spawn(() -> trace.add(queue.take()));
      inTask(scheduler, "putter", () -> put(1));
      scheduler.run();
    }
    assertThat(trace).containsExactly(1);
  }

  // Wrong use, and words.

  @Test
  void anEventServesOneWaitAtATimeAndMayBeYieldedAgain() {
    try (Scheduler scheduler = kind.scheduler()) {
      YieldEvent<Integer, RuntimeException> get = queue.get();
      kind.spawn(
          scheduler,
          "a",
          co -> {
            trace.add(co.await(get));
            trace.add(co.await(get));
          });
      kind.spawn(
          scheduler,
          "b",
          co ->
              assertThatThrownBy(() -> co.await(get))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("task 'a' waits already by this very event"));
      inTask(scheduler, "putter", () -> put(1, 2));
      scheduler.run();
    }
    assertThat(trace).containsExactly(1, 2);
  }

  @Test
  void itSaysWhatAWaiterWaitsFor() {
    put(1);
    assertThat(queue.get()).hasToString("an item of pollable queue 'jobs' (1 items)");
    assertThat(queue.join()).hasToString("1 unfinished items of pollable queue 'jobs'");
    assertThat(new PollableQueue<>()).asString().startsWith("pollable queue ");
    assertThatThrownBy(() -> queue.put(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> new PollableQueue<>((String) null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void aTaskOfASchedulerThatIsClosedLeavesTheLine() throws Exception {
    FutureTask<Integer> second = new FutureTask<>(queue::take);
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<Void> never = new Promise<>();
      kind.spawn(scheduler.daemons(), "getter", co -> co.await(queue.get()));
      kind.spawn(scheduler.daemons(), "other", co -> co.await(never));
      inTask(scheduler, "task", () -> {});
      scheduler.run(); // and does not run any more: its getter keeps its place
      Thread.ofPlatform().daemon().start(second);
      Until.true_("both wait", () -> queue.toString().endsWith("2 getting"));
    }
    queue.put(1);
    assertThat(Foreign.get(second)).isEqualTo(1);
  }

  @Test
  void manyGettersAreServedByOnePutAfterAnother() {
    int many = 20_000;
    try (Scheduler scheduler = kind.scheduler()) {
      int[] sum = new int[1];
      for (int i = 0; i < many; i++) {
        scheduler.spawn(
            new Step<>() {
              private boolean begun;

              @Override
              protected YieldEvent<?, ?> step(Object sent) {
                if (begun) {
                  sum[0] += (Integer) sent;
                  return null;
                }
                begun = true;
                return queue.get();
              }
            });
      }
      inTask(
          scheduler,
          "putter",
          () -> putAllByAThread(IntStream.range(0, many).map(i -> 1).toArray()));
      scheduler.run();
      assertThat(sum[0]).isEqualTo(many);
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
