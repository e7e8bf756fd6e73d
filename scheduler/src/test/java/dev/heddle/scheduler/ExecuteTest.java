package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code Scheduler} as an {@code Executor}: from any thread, in order, nothing lost. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ExecuteTest {
  private static final int THREADS = 4;
  private static final int COMMANDS = 500;

  @Parameter Kind kind;

  @Test
  void commandsOfOneThreadStartInOrderAndNoneIsLost() throws Exception {
    Map<Integer, List<Integer>> seen = new HashMap<>(); // inside one scheduler: no lock
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<Void> end = new Promise<>();
      int[] left = {THREADS * COMMANDS};
      kind.spawn(scheduler, "keeps it running", co -> co.await(end));
      List<FutureTask<Void>> senders = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        senders.add(
            Foreign.start(
                "sender " + t,
                () -> {
                  for (int i = 0; i < COMMANDS; i++) {
                    int n = i;
                    scheduler.execute(
                        () -> {
                          seen.computeIfAbsent(thread, k -> new ArrayList<>()).add(n);
                          if (--left[0] == 0) {
                            var _ = end.complete(null);
                          }
                        });
                  }
                }));
      }
      scheduler.run();
      for (FutureTask<Void> sender : senders) {
        var _ = Foreign.get(sender);
      }
    }
    assertThat(seen).hasSize(THREADS);
    for (List<Integer> ofOne : seen.values()) {
      assertThat(ofOne).hasSize(COMMANDS).isSorted();
    }
  }

  /** Ping-pong with a loop that goes to sleep after each: one lost wakeup and it stands still. */
  @Test
  void aWakeUpIsNeverLostWhileTheLoopGoesToSleep() throws Exception {
    int rounds = Integer.getInteger("heddle.test.rounds", 5_000);
    AtomicInteger done = new AtomicInteger();
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<Void> end = new Promise<>();
      kind.spawn(scheduler, "keeps it running", co -> co.await(end));
      FutureTask<Void> sender =
          Foreign.start(
              "sender",
              () -> {
                for (int i = 1; i <= rounds; i++) {
                  int n = i;
                  scheduler.execute(() -> done.set(n));
                  // Vary the moment: some come while it falls asleep, some while it sleeps.
                  for (int spin = 0; spin < (i % 64) * 8; spin++) {
                    Thread.onSpinWait();
                  }
                  if (i % 3 != 0) {
                    Until.true_("command " + n + " ran", () -> done.get() >= n);
                  }
                }
                var _ = end.complete(null);
              });
      scheduler.run();
      var _ = Foreign.get(sender);
    }
    assertThat(done).hasValue(rounds);
  }

  @Test
  void manySendersAtOnceWakeASleepingLoop() throws Exception {
    int rounds = 500;
    AtomicInteger done = new AtomicInteger();
    try (Scheduler scheduler = kind.scheduler()) {
      Promise<Void> end = new Promise<>();
      kind.spawn(scheduler, "keeps it running", co -> co.await(end));
      List<FutureTask<Void>> senders = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        senders.add(
            Foreign.start(
                "sender " + t,
                () -> {
                  for (int i = 0; i < rounds; i++) {
                    AtomicInteger mine = new AtomicInteger();
                    scheduler.execute(
                        () -> {
                          mine.set(1);
                          done.incrementAndGet();
                        });
                    Until.true_("the command ran", () -> mine.get() == 1);
                  }
                }));
      }
      FutureTask<Void> ender =
          Foreign.start(
              "ender",
              () -> {
                for (FutureTask<Void> sender : senders) {
                  var _ = Foreign.get(sender);
                }
                var _ = end.complete(null);
              });
      scheduler.run();
      var _ = Foreign.get(ender);
    }
    assertThat(done).hasValue(THREADS * rounds);
  }

  @Test
  void whatIsGivenBeforeTheRunWaitsForIt() throws Exception {
    List<String> trace = new ArrayList<>();
    try (Scheduler scheduler = kind.scheduler()) {
      Foreign.run(() -> scheduler.execute(() -> trace.add("given by another thread")));
      scheduler.execute(() -> trace.add("given by its own thread"));
      assertThat(trace).isEmpty();
      scheduler.run();
    }
    assertThat(trace)
        .containsExactlyInAnyOrder("given by another thread", "given by its own thread");
  }

  @Test
  void aCommandIsATaskInThreadStyle() throws Exception {
    List<String> trace = new ArrayList<>();
    try (Scheduler scheduler = kind.scheduler()) {
      Foreign.run(
          () ->
              scheduler.execute(
                  () -> {
                    trace.add(Task.current().name());
                    Task.await(Task.yield());
                    trace.add("second turn");
                  }));
      scheduler.run();
    }
    assertThat(trace).containsExactly("task-1", "second turn");
  }

  @Test
  void aTaskMayGiveCommandsToo() {
    List<String> trace = new ArrayList<>();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "giver",
          co -> {
            scheduler.execute(() -> trace.add("command"));
            trace.add("giver goes on");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("giver goes on", "command");
  }

  @Test
  void aSchedulerWhosePollerIsReplacedWhileOthersHandInLosesNothing() throws Exception {
    for (int i = 0; i < 200; i++) {
      AtomicInteger done = new AtomicInteger();
      try (Scheduler scheduler = kind.scheduler()) {
        Promise<Void> end = new Promise<>();
        kind.spawn(
            scheduler,
            "brings a poller",
            co -> {
              var _ = scheduler.poller(ParkLikeSelector.class, ParkLikeSelector::new);
              co.await(end);
            });
        FutureTask<Void> sender =
            Foreign.start(
                "sender",
                () -> {
                  for (int n = 1; n <= 3; n++) {
                    int command = n;
                    scheduler.execute(() -> done.set(command));
                    Until.true_("command " + n + " ran", () -> done.get() == command);
                  }
                  var _ = end.complete(null);
                });
        scheduler.run();
        var _ = Foreign.get(sender);
      }
    }
  }

  /** Sleeps as a selector does: only its own wakeup ends it. */
  private static final class ParkLikeSelector implements Poller {
    private final java.util.concurrent.Semaphore wakeups = new java.util.concurrent.Semaphore(0);

    @Override
    public void poll(long timeoutNanos) {
      if (timeoutNanos > 0) {
        wakeups.acquireUninterruptibly();
      }
      wakeups.drainPermits();
    }

    @Override
    public void wakeup() {
      wakeups.release();
    }

    @Override
    public boolean hasWaiters() {
      return false;
    }

    @Override
    public void close() {}
  }
}
