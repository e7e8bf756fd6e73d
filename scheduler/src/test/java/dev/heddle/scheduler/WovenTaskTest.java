package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.fixtures.Holds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks in coroutine style whose bodies are woven: the loop's thread is all they need. */
class WovenTaskTest {
  private final List<String> trace = new ArrayList<>();

  @Test
  void aBodyThatKeepsItsAwaiterToItselfRunsOnTheLoopsThread() {
    try (Scheduler scheduler = Scheduler.create()) {
      List<Thread> threads = new ArrayList<>();
      for (String name : new String[] {"A", "B"}) {
        Task<?> task =
            scheduler.spawn(
                name,
                co -> {
                  for (int i = 0; i < 3; i++) {
                    trace.add(co.task().name() + i);
                    threads.add(Thread.currentThread());
                    co.await(Task.yield());
                  }
                });
        assertThat(task.stack()).isNull();
      }
      scheduler.run();
      assertThat(trace).containsExactly("A0", "B0", "A1", "B1", "A2", "B2");
      assertThat(threads.stream().distinct()).hasSize(1);
    }
  }

  @Test
  void aBodyThatGivesItsAwaiterAwayKeepsAStack() {
    try (Scheduler scheduler = Scheduler.create()) {
      Task<?> task =
          scheduler.spawn(
              co -> {
                given.add(co);
                waitTwice(co);
              });
      assertThat(task.stack()).isInstanceOf(StackfulCoroutine.class);
      scheduler.run();
      assertThat(trace).containsExactly("waited twice");
    }
  }

  private final List<Awaiter> given = new ArrayList<>();

  private void waitTwice(Awaiter co) {
    co.await(Task.yield());
    co.await(Task.yield());
    trace.add("waited twice");
  }

  @Test
  void aBodyExplainsWhetherItIsWoven() {
    assertThat(Body.coroutine(co -> co.await(Task.yield())).explain()).isEqualTo("woven");
    assertThat(Body.function(co -> co.await(Task.yield())).explain()).isEqualTo("woven");
    int line = new Throwable().getStackTrace()[0].getLineNumber() + 1;
    assertThat(Body.coroutine(co -> given.add(co)).explain())
        .isEqualTo("not woven: its Awaiter is passed to add() (WovenTaskTest.java:" + line + ")");
    assertThat(Body.thread(() -> {}).explain()).isEqualTo("not woven: it is in thread style");
    assertThat(Body.callable(() -> 1).explain()).isEqualTo("not woven: it is in thread style");
    assertThat(Body.step(new Nothing()).explain())
        .isEqualTo("not woven: it is a Step, which needs no stack");
  }

  private static final class Nothing extends Step<Void> {
    @Override
    protected YieldEvent<?, ?> step(Object sent) {
      return null;
    }
  }

  @Test
  void whereWeavingIsRequiredABodyThatCannotBeWovenIsRefusedWithTheReason() {
    try (Scheduler scheduler = Scheduler.builder().requireWoven().build()) {
      assertThatThrownBy(() -> scheduler.spawn("greedy", co -> given.add(co)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("task 'greedy': not woven: its Awaiter is passed to add() (");
      assertThatThrownBy(
              () ->
                  scheduler.submit(
                      co -> {
                        given.add(co);
                        return 1;
                      }))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(scheduler.tasks()).isEmpty();
    }
  }

  @Test
  void whereWeavingIsRequiredACalleeThatCannotBeWovenIsRefusedWhenItIsMet() {
    try (Scheduler scheduler =
        Scheduler.builder().requireWoven().failureReporter((_, _) -> {}).build()) {
      Task<?> task = scheduler.submit("greedy", co -> through(co));
      scheduler.run();
      assertThat(task.exceptionNow())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("task 'greedy': give(), called by through (WovenTaskTest.java:")
          .hasMessageContaining("is not woven: its Awaiter is passed to add() (")
          .message()
          .matches(".*\\[.*\\.through\\(.*\\) <- .*\\.lambda\\$.*\\]");
    }
  }

  private boolean through(Awaiter co) {
    co.await(Task.yield());
    return give(co);
  }

  private boolean give(Awaiter co) {
    return given.add(co);
  }

  @Test
  void theAwaiterOfAMethodOnAStackIsRefusedInWordsAfterItsEnd() {
    try (Scheduler scheduler = Scheduler.builder().failureReporter((_, _) -> {}).build()) {
      Task<?> task =
          scheduler.submit(
              "late",
              co -> {
                boolean added = give(co);
                given.getFirst().await(Task.yield());
                return added;
              });
      scheduler.run();
      assertThat(task.exceptionNow())
          .isInstanceOf(WrongThreadException.class)
          .hasMessageContaining("by the Awaiter of a method that cannot be woven");
    }
  }

  private static Integer five(Awaiter co) {
    co.await(Task.yield());
    return 5;
  }

  @Test
  void aReferenceToAMethodWithAResultHasNoneBehindATaskBody() {
    TaskBody body = WovenTaskTest::five;
    try (Scheduler scheduler = Scheduler.create()) {
      Task<?> task = scheduler.spawn(body);
      scheduler.run();
      assertThat((Object) task.resultNow()).isNull();
    }
  }

  @Test
  void whereWeavingIsRequiredTheOtherStylesRunAsEver() {
    try (Scheduler scheduler = Scheduler.builder().requireWoven().build()) {
      scheduler.spawn(
          co -> {
            co.await(Task.yield());
            trace.add("coroutine");
          });
      scheduler.spawn(() -> trace.add("thread"));
      scheduler.spawn(new Nothing());
      scheduler.execute(() -> trace.add("executed"));
      scheduler.run();
      assertThat(trace).containsExactly("thread", "executed", "coroutine");
    }
  }

  @Test
  void resultsFailuresAndSleepsAreAsInTheOtherStyles() {
    try (Scheduler scheduler = Scheduler.create()) {
      Task<Integer> six =
          scheduler.submit(
              co -> {
                co.await(Timers.sleep(Duration.ofNanos(1)));
                return 6;
              });
      Task<Integer> seven = scheduler.submit(co -> co.await(six.join()) + 1);
      Task<?> fails =
          scheduler.spawn(
              co -> {
                co.await(seven.join());
                throw new IOException("boom");
              });
      Task<?> joins =
          scheduler.spawn(
              co -> {
                try {
                  co.await(fails.join());
                } catch (IOException e) {
                  trace.add(e.getMessage());
                }
              });
      assertThat(joins.stack()).isNull();
      scheduler.run();
      assertThat(seven.resultNow()).isEqualTo(7);
      assertThat(trace).containsExactly("boom");
      StackTraceElement top = fails.exceptionNow().getStackTrace()[0];
      assertThat(top.getClassName()).isEqualTo(WovenTaskTest.class.getName());
      assertThat(top.getFileName()).isEqualTo("WovenTaskTest.java");
    }
  }

  @Test
  void aCancelledOneRunsItsFinallyAndItsAwaitsThrow() {
    try (Scheduler scheduler = Scheduler.create()) {
      Task<?> waits =
          scheduler.spawn(
              "waits",
              co -> {
                try {
                  co.await(new Promise<Void>());
                } finally {
                  try {
                    co.await(Task.yield());
                  } catch (Cancelled e) {
                    trace.add(e.getMessage());
                  }
                }
              });
      scheduler.spawn(
          co -> {
            co.await(Task.yield());
            assertThat(waits.cancel("enough")).isTrue();
          });
      assertThat(waits.stack()).isNull();
      scheduler.run();
      assertThat(waits.state()).isEqualTo(Task.State.CANCELLED);
      assertThat(trace).containsExactly("task 'waits' was cancelled: enough, by task 'task-2'");
      assertThatThrownBy(waits::resultNow).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  @Holds("K6")
  void leavingAGroupsBlockWaitsForTheChildrenThereAlsoInAMethod() {
    try (Scheduler scheduler = Scheduler.builder().requireWoven().build()) {
      scheduler.spawn(
          co -> {
            leaveAGroup(co);
            trace.add("returned");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("child is through", "left", "returned");
  }

  private void leaveAGroup(Awaiter co) {
    try (var group = TaskGroup.open()) {
      group.spawn(this::takeTimeToEnd);
      co.await(Task.yield());
      throw new IOException("leave");
    } catch (IOException leave) {
      trace.add("left");
    }
  }

  private void takeTimeToEnd(Awaiter co) {
    try {
      co.await(Timers.sleep(Duration.ofHours(1)));
    } finally {
      try (var shield = CancelScope.shielded()) {
        co.await(Task.yield());
        co.await(Task.yield());
        trace.add("child is through");
      }
    }
  }
}
