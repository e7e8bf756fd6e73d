package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.QueueShutdownException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pools, queues and executors that are closed while very many wait for them. A step for each pair
 * of those that wait would be billions of steps.
 */
@ParameterizedClass
@MethodSource("engines")
@Holds("S12")
class PoolStormTest {
  private static final int MANY = 40_000;

  @Parameter Kind kind;

  /** One style is enough: the storm is the same. */
  static Stream<Kind> engines() {
    return Kind.all().filter(kind -> kind.style() == Kind.Style.COROUTINE);
  }

  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<Integer> order = new ArrayList<>();

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  private String gated() throws InterruptedException {
    gate.await();
    return "through";
  }

  /** Serializable, so that the waits are woven: a hundred thousand stacks would show no more. */
  private interface Wait extends Serializable {
    void run(Awaiter co) throws Exception;
  }

  /** Very many tasks that wait, and one that ends it when all do. */
  private void storm(Scheduler scheduler, Wait wait, Runnable end) {
    for (int i = 0; i < MANY; i++) {
      int mine = i;
      scheduler.spawn(
          "waits",
          co -> {
            try {
              wait.run(co);
            } catch (PoolClosedException | QueueShutdownException e) {
              // refused
            }
            order.add(mine);
          });
    }
    kind.spawn(
        scheduler,
        "ends it",
        co -> {
          end.run();
        });
    scheduler.run();
  }

  @Test
  void aClosedPoolTellsAllThatWaitForResults() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      storm(scheduler, co -> co.await(pool.apply(this::gated)), pool::close);
    }
    assertThat(order).hasSize(MANY);
  }

  @Test
  void aClosedPoolRefusesAllThatWaitForRoomInTheirOrder() {
    try (ThreadPool pool = ThreadPool.platform("p", 1, 0);
        Scheduler scheduler = kind.scheduler()) {
      assertThat(pool.trySubmit(this::gated)).isNotNull();
      storm(scheduler, co -> co.await(pool.submit(this::gated)), pool::close);
    }
    assertThat(order).isEqualTo(upTo(MANY));
  }

  @Test
  void workThatWaitsIsTakenBackTheLastFirst() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      assertThat(pool.trySubmit(this::gated)).isNotNull();
      List<Task<?>> waiting = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        waiting.add(scheduler.spawn("waits", co -> co.await(pool.apply(() -> order.add(0)))));
      }
      kind.spawn(
          scheduler,
          "canceller",
          co -> {
            waiting.reversed().forEach(task -> task.cancel("enough"));
            gate.countDown();
          });
      scheduler.run();
    }
    assertThat(order).isEmpty();
  }

  @Test
  void allThatJoinAPoolGoOnInTheirOrderWhenItsWorkIsDone() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      assertThat(pool.trySubmit(this::gated)).isNotNull();
      storm(scheduler, co -> co.await(pool.join()), gate::countDown);
    }
    assertThat(order).isEqualTo(upTo(MANY));
  }

  @Test
  void allThatWaitForItemsOfAPollableQueueHearOfItsShutdownInTheirOrder() {
    PollableQueue<String> queue = new PollableQueue<>("q");
    try (Scheduler scheduler = kind.scheduler()) {
      storm(scheduler, co -> co.await(queue.get()), queue::shutdown);
    }
    assertThat(order).isEqualTo(upTo(MANY));
  }

  @Test
  void anExecutorThatIsShutDownAtOnceEndsTheCommandsThatWaitAndThoseThatWereNotBegun()
      throws Exception {
    TaskExecutor executor = TaskExecutor.create("jobs");
    List<Future<?>> running = new ArrayList<>();
    CountDownLatch begun = new CountDownLatch(1);
    for (int i = 0; i < 2_000; i++) {
      running.add(
          executor.submit(
              () -> {
                begun.countDown();
                Task.await(Timers.sleep(Duration.ofHours(1)));
              }));
    }
    for (int i = 0; i < MANY; i++) {
      var _ = executor.schedule(() -> order.add(0), 1, TimeUnit.HOURS);
    }
    begun.await();
    List<Runnable> neverBegun = executor.shutdownNow();
    assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(neverBegun).hasSizeGreaterThanOrEqualTo(MANY);
    assertThat(running.getFirst().isDone()).isTrue();
    assertThat(order).isEmpty();
  }
}
