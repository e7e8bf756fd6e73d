package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** B2, and R7's timer with two listeners. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class PeriodicTimerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final String[] COOKBOOK = {
    "countdown: 3", "countup: 0", "countdown: 2", "countup: 1", "countdown: 1"
  };

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();

  @Test
  void twoListenersHearEachTick() {
    try (Play play = new Play(kind, time)) {
      long start = time.nanoTime();
      PeriodicTimer timer = new PeriodicTimer(play.scheduler, SECOND);
      listen(play, () -> timer.nextTick());
      assertThat(play.run()).containsExactly(COOKBOOK);
      assertThat(time.nanoTime() - start).isEqualTo(SECOND.multipliedBy(3).toNanos());
    }
  }

  /** The Cookbook's own: a daemon, a flag and a condition. */
  @Test
  @Holds("B2")
  void theCookbooksTimerOnAConditionDoesTheSame() {
    boolean[] flag = {false};
    Lock lock = new Lock();
    Condition ticked = new Condition(lock);
    try (Play play = new Play(kind, time)) {
      kind.spawn(
          play.scheduler.daemons(),
          "timer",
          co -> {
            Play.Player me = new Play.Player(play, "timer", co);
            while (true) {
              me.await(Timers.sleep(SECOND));
              me.await(lock.acquire());
              flag[0] = !flag[0];
              me.does(ticked::signalAll);
              me.does(lock::release);
            }
          });
      listen(
          play,
          me -> {
            me.await(lock.acquire());
            boolean last = flag[0];
            me.await(ticked.waitFor(() -> flag[0] != last));
            me.does(lock::release);
          });
      assertThat(play.run()).containsExactly(COOKBOOK);
    }
  }

  private interface Ticks {
    dev.heddle.scheduler.YieldEvent<Long, RuntimeException> next();
  }

  private static void listen(Play play, Ticks ticks) {
    listen(play, (Play.Part) me -> me.await(ticks.next()));
  }

  private static void listen(Play play, Play.Part waitForTick) {
    play.task(
        "countdown",
        me -> {
          for (int n = 3; n > 0; n--) {
            waitForTick.play(me);
            me.say(n);
          }
        });
    play.task(
        "countup",
        me -> {
          for (int n = 0; n < 2; n++) {
            waitForTick.play(me);
            me.say(n);
          }
        });
  }

  @Test
  void whoIsLateMissesTicksAndTheGridStays() {
    try (Play play = new Play(kind, time)) {
      PeriodicTimer timer = new PeriodicTimer(play.scheduler, SECOND);
      long start = time.nanoTime();
      play.task(
          "slow",
          me -> {
            me.say(me.await(timer.nextTick()));
            time.advance(Duration.ofMillis(2300));
            me.say(me.await(timer.nextTick()));
            me.say(time.nanoTime() - start);
          });
      assertThat(play.run()).containsExactly("slow: 1", "slow: 4", "slow: 4000000000");
    }
  }

  @Test
  void closingFailsThoseWhoWait() {
    try (Play play = new Play(kind, time)) {
      PeriodicTimer timer = new PeriodicTimer(play.scheduler, SECOND, "beat");
      Play.Part waits =
          me ->
              assertThatThrownBy(() -> me.await(timer.nextTick()))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("periodic timer 'beat' is closed");
      play.task("before", waits);
      play.task(
          "closer",
          me -> {
            me.does(timer::close);
            me.does(timer::close);
          });
      play.task("after", waits);
      play.run();
      assertThat(timer.isClosed()).isTrue();
      assertThat(timer).hasToString("periodic timer 'beat', closed, 0 waiting");
    }
  }

  @Test
  void aCancelledListenerLeavesTheOthersWaiting() {
    try (Play play = new Play(kind, time)) {
      PeriodicTimer timer = new PeriodicTimer(play.scheduler, SECOND, "beat");
      Task<?> a = play.awaits("a", timer.nextTick());
      play.awaits("b", timer.nextTick());
      play.task(
          "canceller",
          me -> {
            me.does(() -> a.cancel("enough"));
            me.say(timer);
          });
      assertThat(play.run())
          .containsExactly("canceller: periodic timer 'beat', every PT1S, 1 waiting", "b: through");
    }
  }

  @Test
  void aTimerThatNobodyHearsHidesNoDeadlock() {
    try (Play play = new Play(kind, time)) {
      long start = time.nanoTime();
      PeriodicTimer timer = new PeriodicTimer(play.scheduler, SECOND);
      Task<?> listener = play.awaits("listener", timer.nextTick());
      play.task("canceller", me -> me.does(() -> listener.cancel("enough")));
      play.awaits("stuck", new Event("never").await());
      assertThatThrownBy(play::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("task 'stuck' waits for event 'never' to be set");
      assertThat(time.nanoTime()).isEqualTo(start); // found at once, not at a tick
    }
  }

  @Test
  void anIntervalThatIsNotPositiveIsAnError() {
    try (Scheduler scheduler = kind.scheduler()) {
      assertThatThrownBy(() -> new PeriodicTimer(scheduler, Duration.ZERO, "beat"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("periodic timer 'beat' with interval PT0S");
    }
  }
}
