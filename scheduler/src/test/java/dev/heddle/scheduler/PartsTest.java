package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.engine.WovenCoroutine;
import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Awaiter#yieldFrom}: bodies that are parts of others. */
class PartsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  private Scheduler scheduler() {
    return Scheduler.builder().clock(time).poller(time).build();
  }

  private TaskFunction<Integer> doubled(int number) {
    return co -> {
      co.await(Timers.sleep(SECOND));
      trace.add("doubling " + number);
      return 2 * number;
    };
  }

  private TaskFunction<Integer> quadrupled(int number) {
    return co -> co.yieldFrom(doubled(co.yieldFrom(doubled(number))));
  }

  /** Gives its awaiter away, so that it cannot be woven. */
  private TaskFunction<Integer> onStack(int number) {
    return co -> help(co, number);
  }

  private int help(Awaiter co, int number) {
    co.await(Timers.sleep(SECOND));
    trace.add("doubling on a stack " + number);
    return 2 * number;
  }

  @Test
  void aPartsAwaitsAreTheTasksAndItsResultIsTheCalls() {
    try (Scheduler scheduler = scheduler()) {
      Task<Integer> task = scheduler.submit("outer", co -> co.yieldFrom(quadrupled(5)) + 1);
      assertThat(task.coroutine).isInstanceOf(WovenCoroutine.class);
      scheduler.run();
      assertThat(task.resultNow()).isEqualTo(21);
    }
    assertThat(trace).containsExactly("doubling 5", "doubling 10");
  }

  @Test
  void aPartThatCannotBeWovenRunsOnAStack() {
    try (Scheduler scheduler = scheduler()) {
      Task<Integer> task =
          scheduler.submit("outer", co -> co.yieldFrom(onStack(co.yieldFrom(doubled(1)))));
      assertThat(task.coroutine).isInstanceOf(WovenCoroutine.class);
      scheduler.run();
      assertThat(task.resultNow()).isEqualTo(4);
    }
    assertThat(trace).containsExactly("doubling 1", "doubling on a stack 2");
  }

  /** Uses its awaiter in a lambda that is no body, so that it cannot be woven. */
  private void onStackInStructure(Awaiter co, TaskLocal<String> name) throws Exception {
    Runnable yields = () -> co.await(Task.yield());
    yields.run();
    trace.add(Task.current() == co.task());
    trace.add(name.get());
    try (var limit = CancelScope.withTimeout(SECOND);
        var group = TaskGroup.open()) {
      group.spawn(child -> trace.add("child"));
      co.await(group.join());
      trace.add(limit.isCancelled());
    }
  }

  @Test
  void aPartOnAStackIsInItsTaskForGroupsAndScopesAndLocals() {
    TaskLocal<String> name = TaskLocal.withInitial(() -> "nobody");
    try (Scheduler scheduler = scheduler()) {
      Task<?> task =
          scheduler.submit(
              "outer",
              co -> {
                name.set("ada");
                onStackInStructure(co, name);
                return 1;
              });
      assertThat(task.coroutine).isInstanceOf(WovenCoroutine.class);
      scheduler.run();
      assertThat(task.resultNow()).isEqualTo(1);
    }
    assertThat(trace).containsExactly(true, "ada", "child", false);
  }

  @Test
  void anInnerBodyThatWaitsByTheAwaiterOfAPartOnAStackIsToldToUseItsOwn() {
    try (LogRecords _ = new LogRecords("dev.heddle");
        Scheduler scheduler = scheduler()) {
      Task<Integer> task = scheduler.submit("outer", co -> onStackWithAnInnerBody(co));
      scheduler.run();
      assertThatThrownBy(task::resultNow);
      assertThat(task.exceptionNow())
          .isInstanceOf(WrongThreadException.class)
          .hasMessageContaining("inner.await")
          .hasMessageContaining("by its parameter");
    }
  }

  private int onStackWithAnInnerBody(Awaiter co) throws Exception {
    Task<Integer> inner =
        co.task()
            .scheduler()
            .submit(
                "inner",
                own -> {
                  co.await(Task.yield());
                  return 1;
                });
    return co.await(inner.join());
  }

  @Test
  void aBodyThatIsNotWovenItselfRunsAPartToo() {
    try (Scheduler scheduler = scheduler()) {
      Task<Integer> task =
          scheduler.submit(
              "outer",
              co -> {
                List.of(co).getFirst().await(Task.yield());
                return help(co, co.yieldFrom(quadrupled(1)));
              });
      assertThat(task.coroutine).isNotInstanceOf(WovenCoroutine.class);
      scheduler.run();
      assertThat(task.resultNow()).isEqualTo(8);
    }
  }

  @Test
  void aFailureOfAPartIsThrownAtTheCall() {
    try (Scheduler scheduler = scheduler()) {
      TaskFunction<Integer> fails =
          co -> {
            co.await(Task.yield());
            throw new IOException("gone");
          };
      scheduler.spawn(
          co -> {
            try {
              trace.add(co.yieldFrom(fails));
            } catch (IOException e) {
              trace.add(e.getMessage());
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("gone");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCancellationReachesThePartFirst(boolean woven) {
    try (Scheduler scheduler = scheduler()) {
      TaskFunction<Integer> part =
          co -> {
            try {
              return woven ? co.yieldFrom(doubled(1)) : co.yieldFrom(onStack(1));
            } finally {
              trace.add("part");
            }
          };
      Task<?> task =
          scheduler.spawn(
              co -> {
                try {
                  trace.add(co.yieldFrom(part));
                } finally {
                  trace.add("outer");
                }
              });
      scheduler.spawn(
          co -> {
            co.await(Task.yield());
            task.cancel("enough");
          });
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.CANCELLED);
    }
    assertThat(trace).containsExactly("part", "outer");
  }

  @Test
  void aDumpShowsThePartsLineAndThenTheCallers() {
    try (Scheduler scheduler = scheduler()) {
      Task<?> task = scheduler.spawn(co -> trace.add(co.yieldFrom(quadrupled(5))));
      scheduler.spawn(
          co -> {
            co.await(Task.yield());
            trace.addAll(task.where().stream().map(StackTraceElement::getMethodName).toList());
            task.cancel("enough");
          });
      scheduler.run();
    }
    assertThat(trace).hasSize(3);
    assertThat(trace.get(0)).asString().contains("doubled");
    assertThat(trace.get(1)).asString().contains("quadrupled");
    assertThat(trace.get(2)).asString().contains("aDumpShows");
  }

  @Test
  void aPartIsToBeRunInTheBodysOwnTurn() {
    try (Scheduler scheduler = scheduler()) {
      List<Awaiter> stolen = new ArrayList<>();
      scheduler.spawn(co -> stolen.add(co));
      scheduler.run();
      assertThatThrownBy(() -> stolen.getFirst().yieldFrom(doubled(1)))
          .isInstanceOf(WrongThreadException.class);
    }
  }
}
