package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Event;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link YieldEvent#within}: a timeout of one wait. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class WithinTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  @Test
  void aWaitThatIsNotOverInTimeFailsWithATimeoutExceptionThatSaysForWhat() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co ->
              assertThatThrownBy(() -> co.await(new Promise<>().within(SECOND)))
                  .isInstanceOf(TimeoutException.class)
                  .hasMessage("timed out after PT1S waiting for a promise"));
      scheduler.run();
    }
    assertThat(time.nanoTime() - start).isEqualTo(SECOND.toNanos());
  }

  /**
   * Declares what the compiler asks for: with a wider type of {@code await} it would not compile.
   */
  private static String declared(Awaiter co, Queue<String> queue) throws TimeoutException {
    return co.await(queue.get().within(SECOND));
  }

  private static String declared(Queue<String> queue) throws TimeoutException {
    return Task.await(queue.get().within(SECOND));
  }

  private static Object declared(Awaiter co, YieldEvent<?, IOException> event)
      throws IOException, TimeoutException {
    return co.await(event.within(SECOND));
  }

  /** Fails at once. */
  private static final class Fails extends YieldEvent<String, IOException> {
    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      fail(waiter, new IOException("broken"));
    }

    @Override
    public String describe() {
      return "what fails";
    }
  }

  private void declared(Awaiter co, List<Object> trace) throws IOException {
    Queue<String> queue = Queue.fifo("letters", 0);
    boolean _ = queue.tryPut("letter");
    try {
      trace.add(declared(co, queue));
      trace.add(declared(co, queue));
    } catch (TimeoutException e) {
      trace.add(e.getMessage());
    }
    try {
      trace.add(declared(co, new Fails()));
    } catch (IOException | TimeoutException e) {
      trace.add(e.getMessage());
    }
  }

  private static final List<Object> DECLARED =
      List.of(
          "letter",
          "timed out after PT1S waiting for an item of queue 'letters' (0 items)",
          "broken");

  @Test
  void aTimeLimitKeepsTheTypeOfTheFailure() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(scheduler, "waits", co -> declared(co, trace));
      scheduler.run();
    }
    assertThat(trace).containsExactlyElementsOf(DECLARED);
  }

  @Test
  void aTimeLimitKeepsTheTypeOfTheFailureInAWovenBody() {
    TaskBody body = co -> declared(co, trace);
    assertThat(Body.coroutine(body).explain()).isEqualTo("woven");
    try (Scheduler scheduler =
        Scheduler.builder().clock(time).poller(time).requireWoven().build()) {
      scheduler.spawn("waits", body);
      scheduler.run();
    }
    assertThat(trace).containsExactlyElementsOf(DECLARED);
  }

  @Test
  void aTimeLimitKeepsTheTypeOfTheFailureInThreadStyle() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      scheduler.spawn(
          () ->
              assertThatThrownBy(() -> declared(Queue.<String>fifo()))
                  .isInstanceOf(TimeoutException.class));
      scheduler.run();
    }
  }

  @Test
  void aWaitThatIsOverInTimeGivesItsResultAndLeavesNoDeadlineBehind() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Queue<String> queue = Queue.fifo();
      kind.spawn(scheduler, "gets", co -> trace.add(co.await(queue.get().within(HOUR))));
      kind.spawn(scheduler, "puts", co -> assertThat(queue.tryPut("item")).isTrue());
      scheduler.run();
    }
    assertThat(trace).containsExactly("item");
    assertThat(time.nanoTime()).isEqualTo(start);
  }

  @Test
  void aWaitThatCompletesAtOnceNeedsNoTime() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Queue<String> queue = Queue.fifo();
      assertThat(queue.tryPut("item")).isTrue();
      kind.spawn(scheduler, "gets", co -> trace.add(co.await(queue.get().within(Duration.ZERO))));
      scheduler.run();
    }
    assertThat(trace).containsExactly("item");
  }

  @Test
  @Holds("Q1")
  void aTimeoutLosesNoItemAndNoPlaceOfOthers() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Queue<String> queue = Queue.fifo();
      kind.spawn(
          scheduler,
          "late",
          co ->
              assertThatThrownBy(() -> co.await(queue.get().within(SECOND)))
                  .isInstanceOf(TimeoutException.class));
      kind.spawn(scheduler, "patient", co -> trace.add(co.await(queue.get())));
      kind.spawn(
          scheduler,
          "puts",
          co -> {
            co.await(Timers.sleep(SECOND.multipliedBy(2)));
            boolean _ = queue.tryPut("item");
          });
      scheduler.run();
      assertThat(queue.stats().toString()).contains("getters=[]");
    }
    assertThat(trace).containsExactly("item");
  }

  @Test
  @Holds("L4")
  void aLockAskedForInVainIsNotHeldLater() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      Lock lock = new Lock("db");
      kind.spawn(
          scheduler,
          "holds",
          co -> {
            co.await(lock.acquire());
            co.await(Timers.sleep(SECOND.multipliedBy(2)));
            lock.release();
          });
      kind.spawn(
          scheduler,
          "asks",
          co ->
              assertThatThrownBy(() -> co.await(lock.acquire().within(SECOND)))
                  .hasMessage("timed out after PT1S waiting for lock 'db' held by task 'holds'"));
      scheduler.run();
      assertThat(lock.isLocked()).isFalse();
    }
  }

  @Test
  @Holds("C7")
  void ofTwoTimeoutsThatHavePassedTheOutermostReports() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co ->
              assertThatThrownBy(
                      () -> co.await(new Promise<>().within(SECOND).within(SECOND.plusNanos(1))))
                  .hasMessageStartingWith("timed out after PT1.000000001S"));
      kind.spawn(
          scheduler,
          "busy",
          co -> {
            co.await(Task.yield());
            time.advance(SECOND.multipliedBy(2));
          });
      scheduler.run();
    }
  }

  @Test
  void theInnerOfTwoTimeoutsReportsIfOnlyItHasPassed() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co ->
              assertThatThrownBy(() -> co.await(new Promise<>().within(SECOND).within(HOUR)))
                  .hasMessage("timed out after PT1S waiting for a promise"));
      scheduler.run();
    }
  }

  @Test
  void aTimeoutUnderAShieldReportsThoughOneAroundTheShieldHasPassedToo() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co -> {
            try (var _ = CancelScope.withTimeout(SECOND.multipliedBy(2))) {
              try (var _ = CancelScope.shielded()) {
                assertThatThrownBy(() -> co.await(new Event("never").await().within(SECOND)))
                    .hasMessageStartingWith("timed out after PT1S");
              }
            }
          });
      kind.spawn(
          scheduler,
          "busy",
          co -> {
            co.await(Task.yield());
            time.advance(SECOND.multipliedBy(3));
          });
      scheduler.run();
    }
  }

  @Test
  void aCancelledWaitIsCancelledAndNotTimedOut() {
    long start = time.nanoTime();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> waits =
          kind.spawn(scheduler, "waits", co -> co.await(new Promise<>().within(SECOND)));
      kind.spawn(scheduler, "cancels", co -> waits.cancel("enough"));
      scheduler.run();
      assertThat(waits.state()).isEqualTo(Task.State.CANCELLED);
      assertThat(waits.exceptionNow())
          .hasMessageContaining("it was waiting for a promise, for at most PT1S");
    }
    assertThat(time.nanoTime()).isEqualTo(start);
  }

  @Test
  void aNegativeTimeoutIsRefused() {
    assertThatThrownBy(() -> Task.yield().within(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot wait within PT-0.001S: must be 0 or more");
  }

  @Test
  void oneObjectServesOneWaitAtATime() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      YieldEvent<Object, Exception> shared = new Promise<>().within(SECOND);
      kind.spawn(
          scheduler,
          "first",
          co -> assertThatThrownBy(() -> co.await(shared)).isInstanceOf(TimeoutException.class));
      kind.spawn(
          scheduler,
          "second",
          co ->
              assertThatThrownBy(() -> co.await(shared))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("task 'first' waits already by this very event"));
      scheduler.run();
    }
  }

  @Test
  void theOuterOfTwoTimeoutsReportsAlsoIfTheInnerIsStillBeingUndone() {
    Lock lock = new Lock("l");
    Condition condition = new Condition(lock);
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "waits",
          co -> {
            co.await(lock.acquire());
            assertThatThrownBy(
                    () -> co.await(condition.await().within(SECOND).within(SECOND.multipliedBy(2))))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("PT2S");
            lock.release();
          });
      kind.spawn(
          scheduler,
          "holds",
          co -> {
            co.await(lock.acquire());
            co.await(Timers.sleep(SECOND.multipliedBy(3)));
            lock.release();
          });
      scheduler.run();
    }
  }
}
