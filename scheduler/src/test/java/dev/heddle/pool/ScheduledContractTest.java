package dev.heddle.pool;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Until;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the Javadoc of {@code ScheduledExecutorService} says, sentence by sentence. */
@ParameterizedClass
@MethodSource("dev.heddle.pool.ExecutorKind#all")
class ScheduledContractTest {
  @Parameter ExecutorKind kind;

  private ExecutorKind.Running running;
  private ScheduledExecutorService executor;
  private final List<Object> trace = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void make() throws Exception {
    running = kind.maker().call();
    executor = running.executor();
  }

  @AfterEach
  void end() throws Exception {
    executor.shutdownNow();
    running.end().run();
    assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.get(30, SECONDS);
  }

  @Test
  void aCommandRunsAfterItsDelayAndNotBefore() throws Exception {
    long start = System.nanoTime();
    long ran = get(executor.schedule(System::nanoTime, 3, MILLISECONDS));
    assertThat(ran - start).isGreaterThanOrEqualTo(MILLISECONDS.toNanos(3));
    assertThat((Object) get(executor.schedule(() -> {}, 1, MILLISECONDS))).isNull();
  }

  @Test
  void zeroAndNegativeDelaysAreRequestsForImmediateExecution() throws Exception {
    assertThat(get(executor.schedule(() -> 1, 0, HOURS))).isEqualTo(1);
    assertThat(get(executor.schedule(() -> 2, -5, HOURS))).isEqualTo(2);
    assertThat(get(executor.schedule(() -> 3, Long.MIN_VALUE, DAYS))).isEqualTo(3);
  }

  @Test
  void whatIsDueFirstBeginsFirst() throws Exception {
    if (executor instanceof ScheduledThreadPoolExecutor jdks) {
      jdks.setCorePoolSize(1); // of two threads the one that begins first need not be seen first
    }
    CountDownLatch both = new CountDownLatch(2);
    ScheduledFuture<?> late =
        executor.schedule(
            () -> {
              trace.add("late");
              both.countDown();
            },
            40,
            MILLISECONDS);
    ScheduledFuture<?> early =
        executor.schedule(
            () -> {
              trace.add("early");
              both.countDown();
            },
            1,
            MILLISECONDS);
    boolean bothWaited = late.getDelay(NANOSECONDS) > 0; // else this thread stood still
    Until.down(both);
    boolean asMeant = early.compareTo(late) < 0; // else this thread stood still for 39 ms between
    if (asMeant && !bothWaited) {
      assertThat(trace).containsExactlyInAnyOrder("early", "late");
      return;
    }
    assertThat(trace)
        .containsExactlyElementsOf(asMeant ? List.of("early", "late") : List.of("late", "early"));
  }

  @Test
  void theDelayThatIsLeftIsToldAndOrdersFutures() {
    ScheduledFuture<?> hour = executor.schedule(() -> {}, 1, HOURS);
    ScheduledFuture<?> day = executor.schedule(() -> {}, 1, DAYS);
    ScheduledFuture<?> past = executor.schedule(() -> {}, -1, DAYS);
    assertThat(hour.getDelay(SECONDS)).isBetween(0L, 3600L);
    assertThat(past.getDelay(NANOSECONDS)).isNotPositive();
    assertThat(hour.compareTo(day)).isNegative();
    assertThat(day.compareTo(hour)).isPositive();
  }

  @Test
  void aDelayThatNoLongHoldsIsNoError() {
    ScheduledFuture<?> never = executor.schedule(() -> {}, Long.MAX_VALUE, DAYS);
    assertThat(never.getDelay(DAYS)).isGreaterThan(365);
    assertThat(never.cancel(false)).isTrue();
  }

  @Test
  void atAFixedRateItRunsAgainAndAgainNeverTwiceAtOnce() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch times = new CountDownLatch(20);
    ScheduledFuture<?> future =
        executor.scheduleAtFixedRate(
            () -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              Thread.yield();
              now.decrementAndGet();
              times.countDown();
            },
            0,
            1_000,
            NANOSECONDS); // mostly late, and still one after the other
    Until.down(times);
    assertThat(most).hasValue(1);
    assertThat(future.isDone()).isFalse();
    assertThat(future.cancel(false)).isTrue();
    assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
  }

  /** Run n is not before start + n periods; it is not so with a fixed delay, which is later. */
  @Test
  void atAFixedRateNoRunIsBeforeItsTime() throws Exception {
    List<Long> at = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch times = new CountDownLatch(5);
    long start = System.nanoTime();
    var _ =
        executor.scheduleAtFixedRate(
            () -> {
              at.add(System.nanoTime());
              times.countDown();
            },
            1,
            2,
            MILLISECONDS);
    Until.down(times);
    for (int n = 0; n < 5; n++) {
      assertThat(at.get(n) - start).isGreaterThanOrEqualTo(MILLISECONDS.toNanos(1 + 2L * n));
    }
  }

  @Test
  void withAFixedDelayEachRunBeginsSoLongAfterTheEndOfTheLast() throws Exception {
    List<Long> begins = Collections.synchronizedList(new ArrayList<>());
    List<Long> ends = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch times = new CountDownLatch(4);
    var _ =
        executor.scheduleWithFixedDelay(
            () -> {
              begins.add(System.nanoTime());
              Thread.yield();
              ends.add(System.nanoTime());
              times.countDown();
            },
            0,
            2,
            MILLISECONDS);
    Until.down(times);
    for (int n = 1; n < 4; n++) {
      assertThat(begins.get(n) - ends.get(n - 1)).isGreaterThanOrEqualTo(MILLISECONDS.toNanos(2));
    }
  }

  @Test
  void aRunThatFailsIsTheLast() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    ScheduledFuture<?> future =
        executor.scheduleAtFixedRate(
            () -> {
              if (runs.incrementAndGet() == 3) {
                throw new IllegalStateException("boom");
              }
            },
            0,
            1,
            NANOSECONDS);
    assertThatThrownBy(() -> get(future))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("boom");
    assertThat(future.isDone()).isTrue();
    assertThat(runs).hasValue(3);
  }

  @Test
  void cancellingAPeriodicCommandFromWithinIsItsLastRun() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch known = new CountDownLatch(1);
    List<Future<?>> self = Collections.synchronizedList(new ArrayList<>());
    ScheduledFuture<?> future =
        executor.scheduleWithFixedDelay(
            () -> {
              try {
                Until.down(known);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              runs.incrementAndGet();
              assertThat(self.getFirst().cancel(false)).isTrue();
            },
            0,
            1,
            NANOSECONDS);
    self.add(future);
    known.countDown();
    assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
    executor.shutdown();
    assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
    assertThat(runs).hasValue(1);
  }

  @Test
  void aPeriodIsPositive() {
    for (long period : new long[] {0, -1}) {
      assertThatThrownBy(() -> executor.scheduleAtFixedRate(() -> {}, 0, period, SECONDS))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> executor.scheduleWithFixedDelay(() -> {}, 0, period, SECONDS))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void afterShutdownDelayedCommandsStillRunAndPeriodicOnesAreCancelled() throws Exception {
    ScheduledFuture<Integer> delayed = executor.schedule(() -> 1, 5, MILLISECONDS);
    ScheduledFuture<?> periodic = executor.scheduleAtFixedRate(() -> {}, 1, 1, HOURS);
    executor.shutdown();
    assertThat(get(delayed)).isEqualTo(1);
    assertThat(periodic.isCancelled()).isTrue();
    assertThat(executor.awaitTermination(30, SECONDS)).isTrue();
  }

  @Test
  void shutdownEndsAPeriodicCommandThatIsBetweenTwoRuns() throws Exception {
    CountDownLatch once = new CountDownLatch(1);
    ScheduledFuture<?> periodic = executor.scheduleWithFixedDelay(once::countDown, 0, 1, HOURS);
    Until.down(once);
    Until.true_("it waits for its next run", () -> periodic.getDelay(NANOSECONDS) > 0);
    executor.shutdown();
    assertThat(executor.awaitTermination(30, SECONDS)).isTrue(); // a run may just be ending
    assertThat(periodic.isCancelled()).isTrue();
  }
}
