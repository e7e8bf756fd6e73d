package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A clock or a poller of the user's own that throws. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class OutsideThrowsTest {
  @Parameter Kind kind;

  private final List<String> trace = new ArrayList<>();

  /** Throws at each call from the tenth on, in the method that it is told. */
  static final class Broken implements Clock, Poller {
    enum Call {
      nanoTime,
      poll,
      hasWaiters,
      endRun,
      close
    }

    private final Call broken;
    private final VirtualTime time = new VirtualTime();
    private int calls;

    /** From which call on it throws. */
    private final int from;

    Broken(Call broken, int from) {
      this.broken = broken;
      this.from = from;
    }

    private void called(Call call) {
      if (call == broken && ++calls >= from) {
        throw new UnsupportedOperationException("no " + call + " today");
      }
    }

    @Override
    public long nanoTime() {
      called(Call.nanoTime);
      return time.nanoTime();
    }

    @Override
    public void poll(long timeoutNanos) {
      called(Call.poll);
      time.poll(timeoutNanos);
    }

    @Override
    public void wakeup() {
      time.wakeup();
    }

    @Override
    public boolean hasWaiters() {
      called(Call.hasWaiters);
      return time.hasWaiters();
    }

    @Override
    public void endRun() {
      called(Call.endRun);
    }

    @Override
    public void close() {
      called(Call.close);
    }
  }

  private final List<Throwable> failures = new ArrayList<>();

  private Scheduler scheduler(Broken broken) {
    return kind.builder()
        .clock(broken)
        .poller(broken)
        .failureReporter((task, failure) -> failures.add(failure))
        .build();
  }

  private void spawnSleeper(Scheduler scheduler) {
    kind.spawn(
        scheduler,
        "sleeper",
        co -> {
          try {
            while (true) {
              co.await(Timers.sleep(Duration.ofSeconds(1)));
            }
          } finally {
            trace.add("finally");
          }
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = Broken.Call.class,
      names = {"nanoTime", "poll"})
  @Holds("S15")
  void theRunEndsByAnErrorThatNamesItAndTheFinallyBlocksRunAtTheClose(Broken.Call call) {
    try (Scheduler scheduler = scheduler(new Broken(call, 20))) {
      spawnSleeper(scheduler);
      assertThatThrownBy(scheduler::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(
              call == Broken.Call.poll ? "the poller " : "the clock ",
              Broken.class.getName(),
              scheduler.toString(),
              call + "()",
              "no " + call + " today")
          .hasCauseInstanceOf(UnsupportedOperationException.class);
    }
    assertThat(trace).containsExactly("finally");
    assertThat(failures) // of the task, if it was the first to ask for the time
        .allSatisfy(failure -> assertThat(failure).hasMessageContaining("the clock "));
  }

  @Test
  @Holds("S15")
  void aPollerThatCannotSayWhetherAnybodyWaitsIsNamed() {
    try (Scheduler scheduler = scheduler(new Broken(Broken.Call.hasWaiters, 1))) {
      kind.spawn(
          scheduler,
          "stuck",
          co -> {
            try {
              co.await(new Promise<>());
            } finally {
              trace.add("finally");
            }
          });
      assertThatThrownBy(scheduler::run).hasMessageContaining("hasWaiters(): ");
    }
    assertThat(trace).containsExactly("finally");
  }

  @Test
  void aPollerThatCannotEndARunIsNamedAfterTheRun() {
    try (Scheduler scheduler = scheduler(new Broken(Broken.Call.endRun, 1))) {
      kind.spawn(scheduler, "done", co -> trace.add("done"));
      assertThatThrownBy(scheduler::run).hasMessageContaining("endRun(): ");
    }
    assertThat(trace).containsExactly("done");
  }

  @Test
  void aPollerThatCannotBeClosedIsReported() {
    Broken broken = new Broken(Broken.Call.close, 1);
    try (Scheduler scheduler =
        kind.builder()
            .poller(broken)
            .clock(broken)
            .failureReporter((name, failure) -> trace.add(name + ": " + failure.getMessage()))
            .build()) {
      kind.spawn(scheduler, "done", co -> trace.add("done"));
      scheduler.run();
    }
    assertThat(trace)
        .containsExactly("done", "the poller " + Broken.class.getName() + ": no close today");
  }

  @Test
  void aClockThatThrowsAtOnceIsNamedByWhoMakesTheScheduler() {
    assertThatThrownBy(() -> scheduler(new Broken(Broken.Call.nanoTime, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the clock " + Broken.class.getName());
  }
}
