package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Selects in selects, time limits around them: as deep as may be, no stack overflows. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class NestedSelectTest {
  private static final int DEEP = 10_000;
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  /** Each select waits for another promise too, and lists it first. */
  private final Promise<Object> other = new Promise<>();

  private Select<?> nest(YieldEvent<?, ?> innermost) {
    Select<?> nest = Select.any(other, innermost);
    for (int i = 1; i < DEEP; i++) {
      nest = Select.any(other, nest);
    }
    return nest;
  }

  /** What the innermost select gives, of this many in one another. */
  private static Object innermost(Object outermost, int selects) {
    Object value = outermost;
    for (int i = 0; i < selects; i++) {
      Select.Winner<?> winner = (Select.Winner<?>) value;
      assertThat(winner.index()).isEqualTo(1);
      value = winner.value();
    }
    return value;
  }

  @Test
  @Holds("S12")
  void theInnermostOfTenThousandSelectsWins() {
    Queue<String> queue = Queue.fifo();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            Select<?> nest = nest(queue.get());
            trace.add(innermost(co.await(nest), DEEP));
            trace.add(innermost(co.await(nest), DEEP)); // there at once
          });
      kind.spawn(
          scheduler,
          "puts",
          co -> {
            boolean _ = queue.tryPut("woken");
            boolean _ = queue.tryPut("at once");
          });
      kind.spawn(scheduler, "bystander", co -> trace.add("unharmed"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("unharmed", "woken", "at once");
    assertThat(queue.stats().toString()).contains("getters=[]");
  }

  @Test
  void anOuterOneOfTenThousandSelectsWinsAndTheInnerOnesAreFree() {
    Queue<String> queue = Queue.fifo();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            Select<?> inner = nest(queue.get());
            Promise<String> first = new Promise<>();
            scheduler.runInside(() -> first.complete("outer"));
            trace.add(co.await(Select.any(first, inner)));
            trace.add(innermost(co.await(inner), DEEP));
          });
      kind.spawn(scheduler, "puts", co -> trace.add(queue.tryPut("inner")));
      scheduler.run();
    }
    assertThat(trace).containsExactly(new Select.Winner<>(0, "outer"), true, "inner");
  }

  @Test
  @Holds("S12")
  void aCancelledCallerUndoesTenThousandSelects() {
    Queue<String> queue = Queue.fifo();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Select<?> nest = nest(queue.get());
      Task<?> first = kind.spawn(scheduler, "first", co -> trace.add(co.await(nest)));
      kind.spawn(
          scheduler,
          "second",
          co -> {
            co.await(Task.yield());
            assertThat(nest.described()).hasSizeLessThan(500);
            first.cancel("enough");
            co.await(Task.yield());
            boolean _ = queue.tryPut("kept");
            trace.add(innermost(co.await(nest), DEEP));
          });
      scheduler.run();
      assertThat(first.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("kept");
  }

  @Test
  void aSelectInTwoPlacesIsRefusedAndStaysFree() {
    Queue<String> queue = Queue.fifo();
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            Select<?> twice = Select.any(other, queue.get());
            assertThatThrownBy(
                    () -> co.await(Select.any(twice, Select.any(other, Select.any(twice)))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one waiter at a time");
            boolean _ = queue.tryPut("kept");
            trace.add(innermost(co.await(Select.any(other, twice)), 2));
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("kept");
  }

  /** A time limit and a select around it, again and again. */
  private static YieldEvent<?, ?> mixed(YieldEvent<?, ?> innermost, int levels, Duration longest) {
    YieldEvent<?, ?> nest = innermost;
    for (int i = 0; i < levels; i += 2) {
      nest = Select.any(nest.within(longest));
    }
    return nest;
  }

  private static YieldEvent<?, ?> cases(YieldEvent<?, ?> innermost, int levels) {
    YieldEvent<?, ?> nest = innermost;
    for (int i = 0; i < levels; i++) {
      nest = Select.map(nest, value -> value);
    }
    return nest;
  }

  private static YieldEvent<?, ?> limits(YieldEvent<?, ?> innermost, int levels) {
    YieldEvent<?, ?> nest = innermost;
    for (int i = 0; i < levels; i++) {
      nest = nest.within(SECOND);
    }
    return nest;
  }

  @Test
  void twoHundredTimeLimitsAndSelectsInOneAnotherFitOnEachStack() {
    Queue<String> queue = Queue.fifo();
    try (Scheduler scheduler = kind.scheduler(time)) {
      Task<?> cancelled =
          kind.spawn(scheduler, "cancelled", co -> co.await(mixed(queue.get(), 200, SECOND)));
      kind.spawn(
          scheduler,
          "selects",
          co -> {
            co.await(Task.yield());
            cancelled.cancel("enough");
            assertThatThrownBy(() -> co.await(mixed(queue.get(), 200, SECOND)))
                .isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> co.await(limits(queue.get(), 200)))
                .isInstanceOf(TimeoutException.class);
            trace.add(co.await(cases(queue.get(), 200)));
          });
      kind.spawn(
          scheduler,
          "puts",
          co -> {
            co.await(Timers.sleep(SECOND.multipliedBy(3)));
            boolean _ = queue.tryPut("kept");
          });
      scheduler.run();
      assertThat(cancelled.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("kept");
  }

  @Test
  void moreThanTwoHundredAreRefusedWhereTheyAreMade() {
    String says = "more than 200 time limits and selects one inside the other";
    assertThatThrownBy(() -> mixed(other, DEEP, SECOND))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(says);
    assertThatThrownBy(() -> limits(other, DEEP)).hasMessageContaining(says);
    assertThatThrownBy(() -> cases(other, DEEP)).hasMessageContaining(says);
  }

  @Test
  void aSelectOfFourThousandEventsNamesEight() {
    YieldEvent<?, ?>[] events = new YieldEvent<?, ?>[4_000];
    Arrays.setAll(events, i -> other);
    assertThat(Select.any(events).describe())
        .startsWith("the first of (a promise, or a promise,")
        .endsWith("a promise, or 3992 more)")
        .hasSizeLessThan(200);
  }

  @Test
  void wideSelectsInOneAnotherAreDescribedDownToTheFourthLevel() {
    Select<?> nest = Select.any(other, other);
    for (int i = 0; i < 30; i++) {
      nest = Select.any(nest, nest);
    }
    assertThat(nest.describe()).contains("the first of 2 events").hasSizeLessThan(1_000);
  }
}
