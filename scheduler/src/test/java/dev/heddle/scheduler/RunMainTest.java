package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Scheduler#run(TaskBody)} and its sisters: promise S13. */
@ParameterizedClass
@MethodSource("kinds")
class RunMainTest {
  @Parameter Engine engine;

  private final List<String> reports = new ArrayList<>();
  private final List<Object> trace = new ArrayList<>();

  static Stream<Engine> kinds() {
    return Kind.engines().stream();
  }

  private SchedulerBuilder builder() {
    return Scheduler.builder()
        .engine(engine)
        .failureReporter((name, thrown) -> reports.add(name + ": " + thrown.getMessage()));
  }

  @Test
  @Holds("S13")
  void computeReturnsWhatTheBodyReturnsInBothStyles() throws Exception {
    int coroutine =
        builder()
            .compute(
                co -> {
                  co.await(Task.yield());
                  return 1;
                });
    int thread =
        builder()
            .compute(
                () -> {
                  Task.await(Task.yield());
                  return 2;
                });
    assertThat(coroutine + thread).isEqualTo(3);
    assertThat(Scheduler.<Integer>compute(co -> 4)).isEqualTo(4);
    Scheduler.run(co -> trace.add(co.task().name()));
    Scheduler.run(() -> trace.add(Task.current().name()));
    assertThat(trace).containsExactly("main", "main");
  }

  @Test
  @Holds("S13")
  void whatTheBodyThrowsIsThrownAsItIsAndNotReported() {
    IOException boom = new IOException("boom");
    assertThatThrownBy(
            () ->
                builder()
                    .run(
                        co -> {
                          co.await(Task.yield());
                          throw boom;
                        }))
        .isSameAs(boom);
    AssertionError error = new AssertionError("an error");
    assertThatThrownBy(
            () ->
                builder()
                    .run(
                        () -> {
                          throw error;
                        }))
        .isSameAs(error);
    assertThat(reports).isEmpty();
  }

  /** {@code java Some.java} cuts its own lines off the end, and must find them there. */
  @Test
  @Holds("S13")
  void theTraceOfTheBodysFailureEndsWithWhoCalledRunOnce() {
    StackTraceElement outermost =
        new Throwable().getStackTrace()[new Throwable().getStackTrace().length - 1];
    for (Throwable failure : List.of(failureOf(true), failureOf(false))) {
      assertThat(failure.getStackTrace()).endsWith(outermost);
      assertThat(failure.getStackTrace())
          .filteredOn(frame -> frame.getMethodName().equals("failureOf"))
          .hasSize(1);
    }
  }

  private static Throwable failureOf(boolean thread) {
    try {
      if (thread) {
        Scheduler.run(
            () -> {
              Task.await(Task.yield());
              throw new IOException("boom");
            });
      } else {
        Scheduler.run(
            co -> {
              co.await(Task.yield());
              throw new IOException("boom");
            });
      }
      throw new AssertionError("no failure");
    } catch (Exception failure) {
      return failure;
    }
  }

  @Test
  @Holds("S13")
  void whatIsLeftWhenTheBodyEndsIsCancelledAndBroughtToItsEnd() throws Exception {
    builder()
        .run(
            co -> {
              Scheduler.current()
                  .spawn(
                      "left",
                      left -> {
                        try {
                          left.await(new Promise<>());
                        } finally {
                          trace.add("cleaned up");
                        }
                      });
              Scheduler.current()
                  .spawn(
                      "turns",
                      left -> {
                        while (true) {
                          left.await(Task.yield());
                        }
                      });
              co.await(Task.yield());
              trace.add("the body is through");
            });
    assertThat(trace).containsExactly("the body is through", "cleaned up");
    assertThat(reports).isEmpty();
  }

  @Test
  @Holds("S13")
  void failuresOfOthersAreReportedAndDoNotEndTheBody() throws Exception {
    builder()
        .run(
            co -> {
              Scheduler.current()
                  .spawn(
                      "fails",
                      c -> {
                        throw new IOException("boom");
                      });
              co.await(Task.yield());
              trace.add("goes on after " + reports);
            });
    assertThat(trace).containsExactly("goes on after [fails: boom]");
  }

  @Test
  @Holds("S13")
  void aBodyThatCannotBeWokenAnyMoreIsADeadlock() {
    assertThatThrownBy(
            () ->
                builder()
                    .run(
                        co -> {
                          Task<?> waits = Scheduler.current().spawn("other", c -> join(c));
                          trace.add(waits);
                          co.await(waits.join());
                        }))
        .isInstanceOf(DeadlockException.class)
        .hasMessageContaining("main");
  }

  private void join(Awaiter co) throws Exception {
    Task<?> main = co.task().scheduler().tasks().getFirst();
    co.await(main.join());
  }

  @Test
  @Holds("S13")
  void anInterruptOfTheCallerCancelsTheBodyAndStays() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> builder().run(co -> co.await(new Promise<>())))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("interrupted")
        .hasCauseInstanceOf(Cancelled.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  @Holds("S13")
  void aBodyThatClosesItsSchedulerIsCancelled() {
    assertThatThrownBy(
            () ->
                builder()
                    .run(
                        co -> {
                          Scheduler.current().close();
                          co.await(new Promise<>());
                        }))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  @Holds("S13")
  void aBodyThatCancelsItselfAndReturnsAllTheSameHasItsResult() throws Exception {
    int result =
        builder()
            .compute(
                co -> {
                  co.task().cancel("enough");
                  return 1;
                });
    assertThat(result).isEqualTo(1);
  }

  @Test
  @Holds("S13")
  void aLateFailureOfAGroupOfTheBodyIsThrown() {
    assertThatThrownBy(
            () ->
                builder()
                    .run(
                        co -> {
                          TaskGroup<?> group = TaskGroup.open();
                          group.spawn(
                              "late",
                              c -> {
                                try {
                                  c.await(new Promise<>());
                                } finally {
                                  fail();
                                }
                              });
                          co.await(Task.yield());
                        }))
        .hasMessage("late");
    assertThat(reports).isEmpty();
  }

  private static void fail() throws IOException {
    throw new IOException("late");
  }

  @Test
  @Holds("S11")
  void currentOutsideOfATaskSaysWhatToDo() {
    assertThatThrownBy(Scheduler::current)
        .isInstanceOf(WrongThreadException.class)
        .hasMessageContaining("outside of a task");
  }

  /** A program that cannot start. */
  static final class CannotStart {
    public static void main(String[] args) throws Exception {
      Scheduler.run(
          co -> {
            throw new IllegalStateException("cannot start");
          });
    }
  }

  @Test
  @Holds("S13")
  void aProgramWhoseBodyFailsExitsWithAStackTrace() throws Exception {
    ForkedJvm program = ForkedJvm.run(CannotStart.class);
    assertThat(program.exitCode()).isEqualTo(1);
    assertThat(program.output())
        .contains("Exception in thread \"main\" java.lang.IllegalStateException: cannot start")
        .contains("RunMainTest.java");
  }
}
