package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** S3: busy tasks do not starve I/O or timers. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class FairnessTest {
  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private int turns;
  private boolean over;

  private void busyTasks(Scheduler scheduler, int count, Duration cost) {
    for (int i = 0; i < count; i++) {
      kind.spawn(
          scheduler,
          "busy " + i,
          co -> {
            while (!over) {
              turns++;
              time.advance(cost);
              co.await(Task.yield());
            }
          });
    }
  }

  @Test
  @Holds("S3")
  void ioGetsInAfterAtMost61TurnsOfOnePass() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      int[] noticed = new int[1];
      kind.spawn(
          scheduler,
          "reader",
          co -> {
            for (int i = 0; i < 5; i++) {
              co.await(time.readyAt(Duration.ZERO));
            }
            over = true;
          });
      List<Integer> looks = new ArrayList<>();
      kind.spawn(
          scheduler,
          "watcher",
          co -> {
            while (!over) {
              co.await(time.readyAt(Duration.ZERO));
              looks.add(turns);
              noticed[0]++;
            }
          });
      busyTasks(scheduler, 61, Duration.ZERO);
      scheduler.run();
      // Ready, it is noticed within 61 turns, and behind those that are ready: 122 in all.
      assertThat(noticed[0]).isGreaterThanOrEqualTo(5);
      for (int i = 1; i < looks.size(); i++) {
        assertThat(looks.get(i) - looks.get(i - 1)).isLessThanOrEqualTo(2 * 61 + 2);
      }
    }
  }

  @Test
  void aPassOfAThousandShortTurnsIsInterruptedForALookEvery61Turns() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      int[] worst = new int[1];
      int[] atLook = new int[2]; // looks, turns
      for (int i = 0; i < 1000; i++) {
        kind.spawn(
            scheduler,
            "short " + i,
            co -> {
              for (int n = 0; n < 3; n++) {
                turns++;
                if (time.looks() != atLook[0]) {
                  atLook[0] = time.looks();
                  worst[0] = Math.max(worst[0], turns - atLook[1]);
                  atLook[1] = turns;
                }
                co.await(Task.yield());
              }
              turns++;
            });
      }
      scheduler.run();
      assertThat(worst[0]).isLessThanOrEqualTo(61);
      assertThat(time.looks()).isBetween(4000 / 61, 4000 / 61 + 10);
    }
  }

  @Test
  @Holds("S3")
  void aTimerGetsInAfter50MicrosecondsOfLongTurns() {
    Duration turn = Duration.ofNanos(60_000);
    try (Scheduler scheduler = kind.scheduler(time)) {
      long[] late = new long[1];
      kind.spawn(
          scheduler,
          "sleeper",
          co -> {
            long due = time.nanoTime() + 1_000_000;
            co.await(Timers.sleep(Duration.ofMillis(1)));
            late[0] = time.nanoTime() - due;
            over = true;
          });
      busyTasks(scheduler, 20, turn);
      scheduler.run();
      // One turn passes before the look; then the sleeper is behind the 20 that are ready.
      assertThat(late[0]).isLessThanOrEqualTo(22 * turn.toNanos());
    }
  }

  @Test
  @Holds("S3")
  void ioGetsInAfter50MicrosecondsOfMiddlingTurns() {
    long turn = 10_000;
    try (Scheduler scheduler = kind.scheduler(time)) {
      int[] atLook = new int[2]; // looks, turns
      int[] worst = new int[1];
      for (int i = 0; i < 500; i++) {
        int n = i;
        kind.spawn(
            scheduler,
            "middling " + i,
            co -> {
              turns++;
              time.advanceNanos(turn);
              if (time.looks() != atLook[0]) {
                // the cadence finds its stride within the first turns
                worst[0] = n < 61 ? 0 : Math.max(worst[0], turns - atLook[1]);
                atLook[0] = time.looks();
                atLook[1] = turns;
              }
            });
      }
      scheduler.run();
      assertThat(worst[0] * turn).isLessThanOrEqualTo(100_000);
    }
  }

  /** The bound that {@code Cadence} states: late by 16 turns at the most, and once only. */
  @Test
  void longTurnsAfterShortOnesAreNoticedAfterAtMost16OfThem() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      List<Integer> longTurnsAtLook = new ArrayList<>();
      int[] lastLook = new int[1];
      for (int i = 0; i < 260; i++) {
        boolean isLong = i >= 200;
        kind.spawn(
            scheduler,
            "task " + i,
            co -> {
              if (isLong) {
                if (time.looks() != lastLook[0]) {
                  lastLook[0] = time.looks();
                  longTurnsAtLook.add(turns);
                }
                turns++;
                time.advance(Duration.ofMillis(1));
              } else {
                lastLook[0] = time.looks();
                time.advanceNanos(10);
              }
            });
      }
      scheduler.run();
      assertThat(longTurnsAtLook.getFirst()).isLessThanOrEqualTo(PollCadence.MOST_STRIDE);
      for (int i = 1; i < longTurnsAtLook.size(); i++) {
        assertThat(longTurnsAtLook.get(i) - longTurnsAtLook.get(i - 1)).isEqualTo(1);
      }
    }
  }

  @Test
  void whatAnotherThreadHandsInGetsInBetweenTheTurnsOfBusyTasks() {
    try (Scheduler scheduler = kind.scheduler()) {
      busyTasks(scheduler, 3, Duration.ZERO);
      Thread foreign = new Thread(() -> scheduler.execute(() -> over = true));
      kind.spawn(scheduler, "starter", co -> foreign.start());
      scheduler.run();
    }
    assertThat(over).isTrue();
  }

  @Test
  void aDeadlineThatIsSetAgainWhenItFiresWaitsForTheNextPass() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      int[] fired = new int[1];
      Timed restless =
          new Timed() {
            @Override
            protected void handleDeadline(Scheduler s) {
              if (++fired[0] > 1000) {
                throw new AssertionError("fires again and again without a pass in between");
              }
              s.setDeadline(this, s.nanoTime());
            }
          };
      scheduler.setDeadline(restless, time.nanoTime());
      kind.spawn(
          scheduler,
          "task",
          co -> {
            co.await(Task.yield());
            scheduler.clearDeadline(restless);
          });
      scheduler.run();
      assertThat(fired[0]).isLessThan(10);
    }
  }
}
