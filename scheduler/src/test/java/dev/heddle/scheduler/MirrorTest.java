package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.pool.ThreadPool;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

/** Promises D2 and D3: values of threads that go with the task. */
@ParameterizedClass
@MethodSource("engines")
class MirrorTest {
  private static final ThreadLocal<String> USER = new ThreadLocal<>();
  private static final TaskLocal<String> MIRROR = TaskLocal.mirror(USER);

  private static final TaskLocal<Map<String, String>> LOG =
      TaskLocal.mirror(MDC::getCopyOfContextMap, MDC::setContextMap, MDC::clear);

  private static final ContextKey<String> KEY = ContextKey.named("request");

  private static final TaskLocal<Context> TRACE =
      TaskLocal.mirror(
          Context::current,
          context -> ContextStorage.get().attach(context),
          () -> ContextStorage.get().attach(Context.root()));

  private static final ScopedValue<String> SCOPED = ScopedValue.newInstance();

  private static final int TASKS = 10;
  private static final int TURNS = 100_000;

  @Parameter Engine engine;

  private final List<Object> seen = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  static Stream<Engine> engines() {
    return Kind.engines().stream();
  }

  private Scheduler scheduler() {
    return Scheduler.builder()
        .engine(engine)
        .failureReporter(
            (task, failure) -> {
              throw new AssertionError(task + " failed: " + failure, failure);
            })
        .findingReporter(findings::add)
        .build();
  }

  private static void check(Object has, Object wants) {
    if (!wants.equals(has)) {
      throw new AssertionError("has " + has + ", not " + wants);
    }
  }

  // A million turns

  @Test
  @Holds("D2")
  void theLogContextGoesWithWovenTasksOverAMillionTurns() {
    try (Scheduler scheduler = scheduler()) {
      for (int i = 0; i < TASKS; i++) {
        String name = "request " + i;
        scheduler.spawn(
            co -> {
              LOG.set(Map.of("request", name));
              for (int turn = 0; turn < TURNS; turn++) {
                co.await(Task.yield());
                check(MDC.get("request"), name);
              }
              MDC.put("request", name + " changed");
              co.await(Task.yield());
              check(MDC.get("request"), name + " changed");
            });
      }
      scheduler.spawn(
          "without",
          co -> {
            for (int turn = 0; turn < TURNS; turn++) {
              co.await(Task.yield());
              check(String.valueOf(MDC.get("request")), "null");
            }
          });
      scheduler.run();
    }
    assertThat(MDC.get("request")).isNull();
    assertThat(findings).isEmpty();
  }

  @Test
  @Holds("D2")
  void theLogContextGoesWithTasksInThreadStyleOverAMillionTurns() {
    try (Scheduler scheduler = scheduler()) {
      for (int i = 0; i < TASKS; i++) {
        String name = "request " + i;
        scheduler.spawn(
            () -> {
              LOG.set(Map.of("request", name));
              for (int turn = 0; turn < TURNS; turn++) {
                Task.await(Task.yield());
                check(MDC.get("request"), name);
              }
            });
      }
      scheduler.run();
    }
    assertThat(MDC.get("request")).isNull();
  }

  @Test
  @Holds("D2")
  void theTraceContextGoesWithWovenTasksOverAMillionTurns() {
    try (Scheduler scheduler = scheduler()) {
      for (int i = 0; i < TASKS; i++) {
        String name = "request " + i;
        scheduler.spawn(
            co -> {
              TRACE.set(Context.root().with(KEY, name));
              for (int turn = 0; turn < TURNS; turn += 2) {
                try (Scope span = Context.current().with(KEY, name + " inner").makeCurrent()) {
                  co.await(Task.yield());
                  check(Context.current().get(KEY), name + " inner");
                }
                co.await(Task.yield());
                check(Context.current().get(KEY), name);
              }
            });
      }
      scheduler.run();
    }
    assertThat(Context.current().get(KEY)).isNull();
    assertThat(findings).isEmpty();
  }

  @Test
  @Holds("D2")
  void theTraceContextGoesWithTasksInThreadStyleOverAMillionTurns() {
    try (Scheduler scheduler = scheduler()) {
      for (int i = 0; i < TASKS; i++) {
        String name = "request " + i;
        scheduler.spawn(
            () -> {
              TRACE.set(Context.root().with(KEY, name));
              for (int turn = 0; turn < TURNS; turn++) {
                Task.await(Task.yield());
                check(Context.current().get(KEY), name);
              }
            });
      }
      scheduler.run();
    }
    assertThat(Context.current().get(KEY)).isNull();
  }

  // Who has a value

  @Test
  @Holds("D2")
  void aChildInheritsWhatTheParentHasAtTheSpawn() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          co -> {
            MIRROR.set("ada");
            USER.set("bob"); // by the variable itself
            scheduler.spawn("woven", inner -> seen.add(USER.get()));
            scheduler.spawn("thread", () -> seen.add(USER.get()));
            scheduler.spawn("step", step(() -> seen.add(USER.get())));
            USER.set("later");
            co.await(Task.yield());
            seen.add(USER.get());
          });
      scheduler.run();
    }
    assertThat(seen).containsExactlyInAnyOrder("bob", "bob", "bob", "later");
    assertThat(USER.get()).isNull();
  }

  @Test
  @Holds("D2")
  void theThreadGetsBackWhatItHadAfterEachTurn() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "first",
          co -> {
            MIRROR.set("ada");
            co.await(Task.yield());
            MIRROR.remove();
            seen.add(String.valueOf(USER.get()));
            co.await(Task.yield());
            seen.add(String.valueOf(USER.get()));
          });
      scheduler.spawn(
          "second",
          co -> {
            seen.add(String.valueOf(USER.get()));
            co.await(Task.yield());
            seen.add(String.valueOf(USER.get()));
          });
      scheduler.run();
    }
    assertThat(seen).containsOnly("null").hasSize(4);
  }

  @Test
  @Holds("D2")
  void getTakesOverWhatTheTaskHasPutIntoTheThread() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          co -> {
            MIRROR.get();
            USER.set("ada");
            co.await(Task.yield());
            seen.add(MIRROR.get());
          });
      scheduler.run();
    }
    assertThat(seen).containsExactly("ada");
    assertThat(findings).isEmpty();
  }

  @Test
  @Holds("D2")
  void workOfAPoolAndCallsBackHaveTheGiversValue() {
    try (Scheduler scheduler = scheduler();
        ThreadPool pool = ThreadPool.platform("mill", 1)) {
      scheduler.spawn(
          co -> {
            MIRROR.set("ada");
            co.await(
                pool.apply(
                    () -> {
                      seen.add(USER.get());
                      return seen.add(scheduler.call(() -> USER.get()));
                    }));
            MIRROR.remove();
            co.await(pool.apply(() -> seen.add(String.valueOf(USER.get()))));
          });
      scheduler.run();
    }
    assertThat(seen).containsExactly("ada", "ada", "null");
  }

  @Test
  @Holds("D2")
  void aPartOnAStackHasTheValuesOfItsCaller() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          co -> {
            MIRROR.set("ada");
            co.await(Task.yield());
            inPart(co);
            seen.add(USER.get());
          });
      scheduler.run();
    }
    assertThat(seen).containsExactly("ada", "ada", "bob", "bob");
  }

  private void inPart(Awaiter co) {
    synchronized (seen) {
      seen.add(USER.get());
      co.await(Task.yield());
      seen.add(USER.get());
      USER.set("bob");
      co.await(Task.yield());
      seen.add(MIRROR.get());
    }
  }

  @Test
  @Holds("D2")
  void aValueThatATaskWithoutOneLeavesBehindIsReported() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "careless",
          co -> {
            USER.set("eve");
            co.await(Task.yield());
            USER.remove();
          });
      scheduler.run();
    }
    assertThat(findings.getFirst())
        .isInstanceOfSatisfying(
            Finding.LeakedThreadLocal.class,
            leak -> {
              assertThat(leak.task()).isEqualTo("careless");
              assertThat(leak.message()).contains("eve", "call set or get of the TaskLocal first");
            });
  }

  // Whose values a later call has

  @Test
  @Holds("D3")
  void aCallbackHasTheValuesOfWhoGaveIt() {
    TaskLocal<String> local = TaskLocal.withInitial(() -> "none");
    Promise<Integer> early = new Promise<>();
    Promise<Integer> late = new Promise<>();
    try (Scheduler scheduler = scheduler();
        ThreadPool pool = ThreadPool.platform("mill", 1)) {
      scheduler.spawn(
          "A",
          co -> {
            local.set("A");
            early.onDone(scheduler, _ -> seen.add("early " + local.get()));
            late.onDone(scheduler, _ -> seen.add("late " + local.get()));
            local.set("changed");
          });
      scheduler.spawn(
          "B",
          co -> {
            co.await(Task.yield());
            local.set("B");
            early.complete(1);
            co.await(pool.apply(() -> late.complete(2)));
          });
      scheduler.run();
    }
    assertThat(seen).containsExactly("early A", "late A");
  }

  @Test
  @Holds("D3")
  void whatIsGivenToExecuteAndCallHasTheGiversValues() {
    TaskLocal<String> local = TaskLocal.withInitial(() -> "none");
    try (Scheduler scheduler = scheduler();
        ThreadPool pool = ThreadPool.platform("mill", 1)) {
      scheduler.spawn(
          "C",
          co -> {
            local.set("C");
            co.await(
                pool.apply(
                    () -> {
                      seen.add("call " + scheduler.call(() -> local.get()));
                      scheduler.execute(() -> seen.add("execute " + local.get()));
                      return 0;
                    }));
          });
      scheduler.run();
    }
    assertThat(seen).containsExactly("call C", "execute C");
  }

  // ScopedValue

  @Test
  @Holds("D4")
  void aScopedValueHoldsAcrossAwaitsInABodyWithAStack() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "thread style",
          () ->
              ScopedValue.where(SCOPED, "ada")
                  .run(
                      () -> {
                        Task.await(Task.yield());
                        seen.add(SCOPED.get());
                      }));
      scheduler.spawn(
          "coroutine style, which the lambda puts on a stack",
          co ->
              ScopedValue.where(SCOPED, "bob")
                  .run(
                      () -> {
                        co.await(Task.yield());
                        seen.add(SCOPED.get());
                      }));
      scheduler.run();
    }
    assertThat(seen).containsExactly("ada", "bob");
  }

  @Test
  @Holds("D4")
  void aScopedValueIsNotInheritedByTasks() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          () ->
              ScopedValue.where(SCOPED, "ada")
                  .run(
                      () -> {
                        scheduler.spawn("thread", () -> seen.add(SCOPED.isBound()));
                        scheduler.spawn("woven", co -> seen.add(SCOPED.isBound()));
                        scheduler.spawn("step", step(() -> seen.add(SCOPED.isBound())));
                      }));
      scheduler.run();
    }
    assertThat(seen).containsExactly(false, false, false);
  }

  private static Step<Void> step(Runnable action) {
    return new Step<>() {
      @Override
      protected YieldEvent<?, ?> step(Object sent) {
        action.run();
        return null;
      }
    };
  }
}
