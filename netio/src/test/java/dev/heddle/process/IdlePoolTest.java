package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Event;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Children that have nothing to say do not keep the run from telling that all tasks wait. */
@Holds("O8")
class IdlePoolTest {
  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.Kind#eachOnce")
  void thatAllTasksWaitIsToldBesideAnOpenPoolWhoseChildrenAreIdle(Kind kind) {
    Event never = new Event("never");
    ProcessOptions sharing = ProcessOptions.DEFAULT.sharing(ProcessLock.open("lock"));
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "waits for ever",
          co -> {
            ProcessPool worked = ProcessPool.open(scheduler, 1);
            assertThat(co.await(worked.apply(PoolJobs::square, 3))).isEqualTo(9);
            assertThat(co.await(worked.apply(PoolJobs::square, 4))).isEqualTo(16);
            var _ = ProcessPool.open(scheduler, 1, sharing); // has had no job
            co.await(never.await());
          });
      assertThatThrownBy(scheduler::run)
          .isInstanceOf(DeadlockException.class)
          .hasMessageContaining("nothing can wake them")
          .hasMessageContaining("waits for ever")
          .hasMessageContaining("event 'never'");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.Kind#eachOnce")
  void aChildThatSharesALockMayReleaseItAfterItsJobSoThatTheRunGoesOn(Kind kind) {
    ProcessLock lock = ProcessLock.open("lock");
    ProcessEvent go = ProcessEvent.open("go");
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            ProcessPool pool =
                ProcessPool.open(scheduler, 1, ProcessOptions.DEFAULT.sharing(lock, go));
            assertThat(co.await(pool.apply(IdlePoolTest::leaveAHolder, "lock"))).isEqualTo("left");
            go.set();
            try (var hold = co.await(lock.acquire())) {
              assertThat(hold.isAbandoned()).isFalse();
            }
            pool.close();
          });
      scheduler.run();
    }
  }

  /** Whoever has seen that a child is dead may rely on the next call. */
  @ParameterizedTest
  @MethodSource("shared")
  void aChildThatDiesWhileItIsIdleIsReplacedByTheNextCallWhichDoesNotFail(ProcessOptions options) {
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(
          "test",
          () -> {
            ProcessPool pool = ProcessPool.open(scheduler, 1, options);
            for (int round = 1; round <= 2; round++) {
              assertThat(await(pool.apply(PoolJobs::square, round))).isEqualTo(round * round);
              assertThat(pool.stats().started()).isEqualTo(round);
              long pid = pool.stats().pids().getFirst();
              ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
              assertThat(child.destroyForcibly()).isTrue();
              Until.true_("the child is dead", () -> !child.isAlive());
            }
            assertThat(await(pool.map(PoolJobs::square, List.of(1, 2, 3))))
                .containsExactly(1, 4, 9);
            assertThat(pool.stats().started()).isEqualTo(3);
            pool.close();
          });
      scheduler.run();
    }
  }

  static Stream<Named<ProcessOptions>> shared() {
    return Stream.of(
        Named.of("nothing shared", ProcessOptions.DEFAULT),
        Named.of(
            "a lock shared", ProcessOptions.DEFAULT.sharing(ProcessLock.open("lock of the idle"))));
  }

  static String leaveAHolder(String lock) throws Exception {
    Event held = new Event("held");
    Task.current()
        .scheduler()
        .spawn(
            "left behind",
            () -> {
              try (var hold = await(Parent.lock(lock).acquire())) {
                held.set();
                await(Parent.event("go").await());
              }
            });
    await(held.await());
    return "left";
  }
}
