package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Generator;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.pool.ThreadPool;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** An await that the calling code may not make names the call that is right there. */
@ParameterizedClass
@MethodSource("engines")
class WrongAwaitTest {
  @Parameter Engine engine;

  private final List<String> failures = new ArrayList<>();

  static Stream<Engine> engines() {
    return Kind.engines().stream();
  }

  private Scheduler scheduler() {
    return Scheduler.builder()
        .engine(engine)
        .failureReporter((task, failure) -> failures.add(task + ": " + failure.getMessage()))
        .build();
  }

  @Test
  @Holds("S11")
  void anInnerBodyThatWaitsByTheOuterCoIsToldToUseItsOwn() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "outer",
          co -> {
            scheduler.spawn("inner", inner -> co.await(Task.yield()));
            co.await(Task.yield());
          });
      scheduler.run();
    }
    assertThat(failures).hasSize(1);
    assertThat(failures.getFirst())
        .startsWith("inner: await(its next turn) of task 'outer'")
        .contains("task 'inner'", "inner.await", "by its parameter");
  }

  @Test
  @Holds("S11")
  void aThreadStyleBodyThatWaitsByTheOuterCoIsToldToUseTaskAwait() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "outer",
          co -> {
            scheduler.spawn("inner", () -> co.await(Task.yield()));
            co.await(Task.yield());
          });
      scheduler.run();
    }
    assertThat(failures).hasSize(1);
    assertThat(failures.getFirst()).startsWith("inner: ").contains("Task.await");
  }

  /** In a body with a stack of its own it would do what co.await does. */
  @Test
  @Holds("S11")
  void taskAwaitInAWovenBodyIsToldToUseCo() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "woven",
          co -> {
            co.await(Task.yield());
            Task.await(Task.yield());
          });
      scheduler.run();
    }
    assertThat(failures)
        .containsExactly(
            "woven: Task.await(its next turn) in task 'woven' (RUNNING): in a body `co -> ...` call"
                + " co.await; a method that waits for it takes co as a parameter");
  }

  @Test
  @Holds("S11")
  void coInAGeneratorOnAStackIsToldWhereToWait() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "asker",
          co -> {
            try (Generator<Integer> items =
                Generator.of(
                    Engine.HANDOFF,
                    y -> {
                      co.await(Task.yield());
                      y.yield(1);
                    })) {
              items.iterator().next();
            }
          });
      scheduler.run();
    }
    assertThat(failures).hasSize(1);
    assertThat(failures.getFirst())
        .startsWith("asker: await(its next turn) of task 'asker'")
        .contains("generator", "await in the task that asks the generator", "Queue");
  }

  @Test
  @Holds("S11")
  void aThreadOfAPoolIsToldToCallTheScheduler() {
    try (Scheduler scheduler = scheduler();
        ThreadPool pool = ThreadPool.platform("mill", 1)) {
      scheduler.spawn("caller", co -> co.await(pool.apply(() -> Task.await(Task.yield()))));
      scheduler.run();
    }
    assertThat(failures).hasSize(1);
    assertThat(failures.getFirst()).startsWith("caller: ").contains("scheduler.call(co ->");
  }
}
