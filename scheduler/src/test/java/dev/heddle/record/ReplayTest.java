package dev.heddle.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.fixtures.Until;
import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskEvent;
import dev.heddle.scheduler.Timers;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What was recorded is repeated: the same turns, times and results. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ReplayTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  @Parameter Kind kind;

  @TempDir Path folder;

  /** A program, given its scheduler and where to tell what it sees. */
  private interface Program {
    void start(Scheduler scheduler, List<String> seen);
  }

  private Path file() {
    return folder.resolve("run.heddle");
  }

  private List<String> run(SchedulerBuilder builder, Program program) {
    List<String> seen = new ArrayList<>();
    builder.observer(event -> seen.add(text(event)));
    try (Scheduler scheduler = builder.build()) {
      program.start(scheduler, seen);
      scheduler.run();
    }
    return seen;
  }

  /** What happened, but for the time of an observer's look, which is not recorded. */
  private static String text(TaskEvent event) {
    return event.task().name() + " " + event.what();
  }

  private void recordAndReplay(Program program) {
    List<String> recorded = run(kind.builder().record(file(), 1 << 20), program);
    assertThat(recorded).hasSizeGreaterThan(3);
    for (int i = 0; i < 3; i++) {
      assertThat(run(kind.builder().replay(file()), program)).isEqualTo(recorded);
    }
  }

  @Test
  @Holds("R1")
  void theClockAndTheOrderOfSleepersAreRepeated() {
    recordAndReplay(
        (scheduler, seen) -> {
          for (int i = 0; i < 5; i++) {
            int number = i;
            kind.spawn(
                scheduler,
                "sleeper " + i,
                co -> {
                  for (int j = 0; j < 5; j++) {
                    co.await(Timers.sleep(SHORT.multipliedBy(1 + (number * j) % 3)));
                    seen.add(number + " at " + scheduler.nanoTime());
                  }
                });
          }
        });
  }

  @Test
  @Holds("R1")
  void resultsOfThreadsComeInTheOrderInWhichTheyCame() {
    recordAndReplay(
        (scheduler, seen) -> {
          ThreadPool pool = ThreadPool.platform("pool", 4);
          AtomicInteger left = new AtomicInteger(12);
          for (int i = 0; i < 12; i++) {
            int number = i;
            kind.spawn(
                scheduler,
                "asks " + i,
                co -> {
                  for (int j = 0; j < 3; j++) {
                    int round = j;
                    int answer = co.await(pool.apply(() -> spin(number * 10 + round)));
                    seen.add(number + " has " + answer + " at " + scheduler.nanoTime());
                  }
                  if (left.decrementAndGet() == 0) {
                    pool.close();
                  }
                });
          }
        });
  }

  /** Gives the number back after a while that is not the same each time. */
  private static int spin(int number) {
    for (long i = System.nanoTime() % 5 * 1_000; i > 0; i--) {
      Thread.onSpinWait();
    }
    return number;
  }

  @Test
  @Holds("R1")
  void promisesThatThreadsCompleteAreFoundAsTheyWereFound() {
    recordAndReplay(
        (scheduler, seen) -> {
          for (int i = 0; i < 10; i++) {
            int number = i;
            Promise<Integer> promise = new Promise<>();
            Thread thread = Thread.ofPlatform().unstarted(() -> promise.complete(spin(number)));
            kind.spawn(
                scheduler,
                "waits " + i,
                co -> {
                  thread.start();
                  int _ = spin(number);
                  seen.add(number + " has " + co.await(promise) + " " + scheduler.nanoTime());
                });
          }
        });
  }

  @Test
  @Holds("R1")
  void promisesThatCameTooLateOrInTimeDoSoAgain() {
    recordAndReplay(
        (scheduler, seen) -> {
          for (int i = 0; i < 10; i++) {
            int number = i;
            Promise<Integer> promise = new Promise<>();
            Thread thread =
                Thread.ofPlatform()
                    .unstarted(
                        () -> {
                          for (int j = 0; j < 20; j++) {
                            int _ = spin(number);
                          }
                          boolean _ = promise.complete(number);
                        });
            kind.spawn(
                scheduler,
                "waits " + i,
                co -> {
                  thread.start();
                  try {
                    int got = co.await(promise.within(Duration.ofNanos(100_000)));
                    seen.add(number + " in time " + got + " " + scheduler.nanoTime());
                  } catch (TimeoutException late) {
                    seen.add(number + " late at " + scheduler.nanoTime());
                  }
                  seen.add(number + " has " + co.await(promise) + " " + scheduler.nanoTime());
                });
          }
        });
  }

  @Test
  @Holds("R1")
  void whatThreadsFailWithIsRepeated() {
    recordAndReplay(
        (scheduler, seen) -> {
          Promise<Integer> promise = new Promise<>();
          promise.onDone(scheduler, done -> seen.add("called at " + scheduler.nanoTime()));
          kind.spawn(
              scheduler,
              "fails",
              co -> {
                try {
                  seen.add("has " + co.await(promise));
                } catch (IllegalStateException e) {
                  seen.add(e.getMessage() + " at " + scheduler.nanoTime());
                }
              });
          var _ =
              Foreign.start(
                  "failing",
                  () -> {
                    boolean _ = promise.fail(new IllegalStateException("broken"));
                  });
        });
  }

  @Test
  @Holds("R1")
  void whatThreadsExecuteAndCancelIsRepeated() {
    recordAndReplay(
        (scheduler, seen) -> {
          Task<?> sleeps =
              kind.spawn(scheduler, "sleeps", co -> co.await(Timers.sleep(Duration.ofHours(1))));
          var _ =
              Foreign.start(
                  "canceller",
                  () -> {
                    int _ = spin(1);
                    scheduler.execute(() -> seen.add("executed"));
                    int _ = spin(2);
                    boolean _ = scheduler.runInside(() -> sleeps.cancel("enough"));
                  });
        });
  }

  @Test
  @Holds("R1")
  void aCloseByAThreadIsRepeated() {
    recordAndReplay(
        (scheduler, seen) -> {
          CountDownLatch runs = new CountDownLatch(1);
          kind.spawn(
              scheduler,
              "counts",
              co -> {
                runs.countDown();
                for (int i = 0; ; i++) {
                  seen.add("round " + i);
                  co.await(Timers.sleep(SHORT));
                }
              });
          var _ =
              Foreign.start(
                  "closer",
                  () -> {
                    Until.down(runs); // else the closer would run it to its end
                    for (int i = 0; i < 500; i++) {
                      int _ = spin(i);
                    }
                    scheduler.close();
                  });
        });
  }

  /** As under a debugger, where no body is woven. */
  @Test
  @Holds("R1")
  void whatWovenBodiesDidIsRepeatedInEachStyle() {
    int[] left = {0};
    Kind[] used = {new Kind(Kind.Style.WOVEN, kind.engine())};
    Program program =
        (scheduler, seen) -> {
          ThreadPool pool = ThreadPool.platform("pool", 2);
          left[0] = 4;
          for (int i = 0; i < 4; i++) {
            int number = i;
            used[0].spawn(
                scheduler,
                "task " + i,
                co -> {
                  for (int j = 0; j < 5; j++) {
                    co.await(Task.yield());
                    seen.add(number + " has " + co.await(pool.apply(() -> spin(number))));
                    co.await(Timers.sleep(SHORT));
                  }
                  if (--left[0] == 0) {
                    pool.close();
                  }
                });
          }
        };
    List<String> recorded = run(kind.builder().record(file()), program);
    used[0] = kind;
    assertThat(run(kind.builder().replay(file()), program)).isEqualTo(recorded);
  }

  @Test
  @Holds("R2")
  void aProgramThatTakesAnotherTurnHasDivergedAndIsNamed() {
    Script first = co -> co.await(Timers.sleep(SHORT));
    var _ =
        run(
            kind.builder().record(file()),
            (scheduler, seen) -> {
              kind.spawn(scheduler, "a", first);
              kind.spawn(scheduler, "b", first);
            });
    Program changed =
        (scheduler, seen) -> {
          kind.spawn(scheduler, "a", first);
          kind.spawn(
              scheduler,
              "b",
              co -> {
                long _ = scheduler.nanoTime();
                seen.add("goes on");
                co.await(Timers.sleep(SHORT));
              });
        };
    assertThatThrownBy(() -> run(kind.builder().replay(file()), changed))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageMatching(
            "the replay of \\S+ has ended: it diverged at event \\d+: the recording has .*,"
                + " the program asked for .*");
  }

  @Test
  @Holds("R2")
  void aProgramThatGoesOnAfterTheEndOfTheRecordingIsToldSo() {
    int[] rounds = {3};
    Program program =
        (scheduler, seen) ->
            kind.spawn(
                scheduler,
                "counts",
                co -> {
                  for (int i = 0; i < rounds[0]; i++) {
                    co.await(Task.yield());
                  }
                });
    var _ = run(kind.builder().record(file()), program);
    rounds[0] = 4;
    assertThatThrownBy(() -> run(kind.builder().replay(file()), program))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("it diverged at event");
    rounds[0] = 3;
    assertThat(run(kind.builder().replay(file()), program)).isNotEmpty();
  }
}
