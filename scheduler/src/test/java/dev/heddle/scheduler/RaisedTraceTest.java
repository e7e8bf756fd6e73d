package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.heddle.fixtures.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What an exception shows that an await throws, and what happens to the trace it had before. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#stackful")
class RaisedTraceTest {
  @Parameter Kind kind;

  /** An event that its test fails, for several waiters with one exception if it likes. */
  private static final class Gate extends YieldEvent<Object, Exception> {
    private final List<Waiter> waiting = new ArrayList<>();

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      waiting.add(waiter);
    }

    @Override
    protected boolean handleCancel(Scheduler scheduler, Waiter waiter) {
      return waiting.remove(waiter);
    }

    @Override
    public String describe() {
      return "a gate";
    }

    void failAll(Exception failure) {
      waiting.forEach(waiter -> fail(waiter, failure));
    }
  }

  private static int here() {
    return new Throwable().getStackTrace()[1].getLineNumber();
  }

  private static List<Integer> lines(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(f -> f.getClassName().equals(RaisedTraceTest.class.getName()))
        .map(StackTraceElement::getLineNumber)
        .toList();
  }

  private Task<?> spawn(Scheduler scheduler, String name, TaskBody body) {
    return kind.style() == Kind.Style.THREAD
        ? scheduler.spawn(name, () -> body.run(new OfThread()))
        : scheduler.spawn(name, body);
  }

  private record OfThread() implements Awaiter {
    @Override
    public <T, X extends Exception> T await(YieldEvent<T, X> event) throws X {
      return Task.await(event);
    }

    @Override
    public Task<?> task() {
      return Task.current();
    }
  }

  private Scheduler scheduler() {
    return kind.builder().failureReporter((task, failure) -> {}).build();
  }

  /** Two tasks wait at the gate, and a third fails them. */
  private List<Throwable> failed(Exception failure) {
    Gate gate = new Gate();
    try (Scheduler scheduler = scheduler()) {
      Task<?> first = spawn(scheduler, "first", co -> co.await(gate));
      Task<?> second = spawn(scheduler, "second", co -> co.await(gate));
      spawn(scheduler, "failing", co -> gate.failAll(failure));
      scheduler.run();
      return List.of(first.exceptionNow(), second.exceptionNow());
    }
  }

  @Test
  void theLinesOfWhoMadeTheExceptionAreSuppressedInIt() {
    Gate gate = new Gate();
    int start = here();
    try (Scheduler scheduler = scheduler()) {
      Task<?> waits = spawn(scheduler, "waits", co -> co.await(gate));
      spawn(
          scheduler,
          "fails",
          co -> {
            co.await(Task.yield());
            gate.failAll(new IllegalStateException("made here"));
          });
      scheduler.run();
      Throwable thrown = waits.exceptionNow();
      assertThat(lines(thrown)).startsWith(start + 2);
      assertThat(thrown.getSuppressed()).hasSize(1);
      assertThat(lines(thrown.getSuppressed()[0])).startsWith(start + 8);
      assertThat(thrown.getSuppressed()[0]).hasToString("the failure comes from here");
    }
  }

  @Test
  void anExceptionForTwoWaitersShowsBoth() {
    Exception failure = new IllegalStateException("for both");
    List<Throwable> thrown = failed(failure);
    assertThat(thrown).allMatch(one -> one == failure);
    List<Integer> all = new ArrayList<>(lines(failure));
    for (Throwable before : failure.getSuppressed()) {
      all.addAll(lines(before));
    }
    int made = failure.getSuppressed().length;
    assertThat(made).isBetween(2, 4);
    assertThat(all.stream().distinct().count()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void anExceptionThatIsThrownForEverGetsFourOriginsAtMost() {
    Exception failure = new IllegalStateException("for ever");
    for (int i = 0; i < 20; i++) {
      assertThat(failed(failure)).hasSize(2);
    }
    assertThat(failure.getSuppressed()).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void anExceptionThatWasMadeWithoutATraceHasNone() {
    Exception bare =
        new Exception("bare") {
          @Override
          public Throwable fillInStackTrace() {
            return this;
          }
        };
    assertThat(failed(bare)).allMatch(thrown -> thrown.getStackTrace().length == 0);
    Exception sealed = new Exception("sealed", null, false, false) {};
    assertThat(failed(sealed)).allMatch(thrown -> thrown.getStackTrace().length == 0);
  }

  @Test
  void noExceptionIsLostByTheMethodsOfItsClass() {
    Exception unreadable =
        new Exception() {
          @Override
          public StackTraceElement[] getStackTrace() {
            throw new UnsupportedOperationException();
          }
        };
    Exception unwritable =
        new Exception() {
          @Override
          public void setStackTrace(StackTraceElement[] trace) {
            throw new UnsupportedOperationException();
          }
        };
    Exception[] unfilled = new Exception[1];
    unfilled[0] =
        new Exception() {
          @Override
          public synchronized Throwable fillInStackTrace() {
            if (unfilled[0] != null) {
              throw new UnsupportedOperationException();
            }
            return super.fillInStackTrace();
          }

          @Override
          public synchronized Throwable getCause() {
            throw new UnsupportedOperationException();
          }
        };
    for (Exception resisting : List.of(unreadable, unwritable, unfilled[0])) {
      assertThat(failed(resisting)).allMatch(thrown -> thrown == resisting);
    }
  }

  @Test
  void whatFailedElsewhereKeepsItsTrace() {
    Promise<Object> promise = new Promise<>();
    Exception failure = new IllegalStateException("elsewhere");
    List<StackTraceElement> before = List.of(failure.getStackTrace());
    try (Scheduler scheduler = scheduler()) {
      Task<?> first = spawn(scheduler, "first", co -> co.await(promise));
      Task<?> second = spawn(scheduler, "second", co -> co.await(promise));
      spawn(scheduler, "failing", co -> promise.fail(failure));
      scheduler.run();
      assertThat(first.exceptionNow()).isSameAs(failure);
      assertThat(second.exceptionNow()).isSameAs(failure);
    }
    assertThat(failure.getStackTrace()).containsExactlyElementsOf(before);
    assertThat(failure.getSuppressed()).isEmpty();
  }

  @Test
  void aWovenBodyThatAwaitsNullIsToldSo() {
    assumeThat(kind.style()).isEqualTo(Kind.Style.COROUTINE);
    List<String> log = new ArrayList<>();
    try (Scheduler scheduler = scheduler()) {
      YieldEvent<Object, RuntimeException> none = null;
      Task<?> task =
          scheduler.spawn(
              co -> {
                for (int i = 0; i < 2; i++) {
                  try {
                    co.await(none);
                  } catch (NullPointerException refused) {
                    log.add(refused.getMessage());
                  }
                }
                co.await(Task.yield());
                log.add("goes on");
              });
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.SUCCEEDED);
    }
    assertThat(log).containsExactly("event", "event", "goes on");
  }
}
