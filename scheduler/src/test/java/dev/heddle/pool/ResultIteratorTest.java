package dev.heddle.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** O1: the results of many pieces of work. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ResultIteratorTest {
  @Parameter Kind kind;

  private final List<Object> trace = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch gate = new CountDownLatch(1);

  private String gated() throws InterruptedException {
    gate.await();
    return "through";
  }

  @Test
  void mapGivesResultsInOrderAndBeginsNoMoreThanTheLookAhead() {
    AtomicInteger begunCount = new AtomicInteger();
    try (ThreadPool pool = ThreadPool.platform("p", 4);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            int taken = 0;
            try (ResultIterator<Integer> squares =
                pool.map(
                    IntStream.range(0, 50).boxed().toList(),
                    n -> {
                      begunCount.incrementAndGet();
                      return n * n;
                    },
                    3)) {
              assertThat(begunCount).hasValue(0);
              while (squares.hasNext()) {
                trace.add(co.await(squares.next()));
                taken++;
                assertThat(begunCount.get()).isLessThanOrEqualTo(taken + 2);
              }
              assertThatThrownBy(() -> co.await(squares.next()))
                  .isInstanceOf(NoSuchElementException.class)
                  .hasMessage("there are no more results of pool 'p'");
            }
          });
      scheduler.run();
    }
    assertThat(trace).isEqualTo(IntStream.range(0, 50).<Object>mapToObj(n -> n * n).toList());
  }

  @Test
  void asCompletedGivesTheFirstThatHasEndedFirst() {
    try (ThreadPool pool = ThreadPool.platform("p", 2);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            List<Callable<Object>> works = List.of(this::gated, () -> "quick", () -> "second");
            ResultIterator<Object> results = pool.asCompleted(works, 3);
            trace.add(co.await(results.next()));
            trace.add(co.await(results.next()));
            gate.countDown();
            trace.add(co.await(results.next()));
            assertThat(results.hasNext()).isFalse();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("quick", "second", "through");
  }

  @Test
  void aFailureIsThrownInItsTurnAndTheOthersGoOn() {
    try (ThreadPool pool = ThreadPool.platform("p", 2);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            ResultIterator<Integer> results = pool.map(List.of(1, 0, 5), n -> 10 / n, 2);
            trace.add(co.await(results.next()));
            assertThatThrownBy(() -> co.await(results.next()))
                .isInstanceOf(ArithmeticException.class);
            trace.add(co.await(results.next()));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(10, 2);
  }

  @Test
  void closedResultsBeginNothingMore() {
    AtomicInteger ran = new AtomicInteger();
    try (ThreadPool pool = ThreadPool.platform("p", 1, 0);
        Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "task",
          co -> {
            ResultIterator<Integer> results =
                pool.map(List.of(1, 2, 3), n -> ran.incrementAndGet(), 1);
            trace.add(co.await(results.next()));
            results.close();
            results.close();
            assertThat(results.hasNext()).isFalse();
            assertThatThrownBy(() -> co.await(results.next()))
                .isInstanceOf(PoolClosedException.class);
          });
      scheduler.run();
    }
    assertThat(ran).hasValue(1);
    assertThatThrownBy(() -> ThreadPool.virtual("p", 1).map(List.of(1), n -> n, 0).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a look-ahead of 0: must be 1 or more");
  }

  /** "Whatever is closed tells all that wait for it." */
  @Test
  void closingResultsTellsTheTaskThatWaitsForOne() {
    try (ThreadPool pool = ThreadPool.platform("p", 1);
        Scheduler scheduler = kind.scheduler()) {
      ResultIterator<String> results = pool.map(List.of(1), n -> gated(), 1);
      kind.spawn(
          scheduler,
          "taker",
          co ->
              assertThatThrownBy(() -> co.await(results.next()))
                  .isInstanceOf(PoolClosedException.class)
                  .hasMessage("the results of pool 'p' are closed"));
      kind.spawn(scheduler, "closer", co -> closing(results).call());
      scheduler.run();
      gate.countDown();
    }
  }

  private static Callable<Object> closing(ResultIterator<?> results) {
    return () -> {
      results.close();
      return true;
    };
  }
}
