package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.process.SharedJobs.Word;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Held;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Locks, semaphores, events, barriers, maps and arrays between processes (recipe R20). */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#eachOnce")
@Holds("O4")
class SharedTest {
  @Parameter Kind kind;

  private interface Use {
    void with(Awaiter co, ProcessPool pool) throws Exception;
  }

  private void with(int processes, ProcessOptions options, Use use) {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            ProcessPool pool = ProcessPool.open(scheduler, processes, options);
            try {
              use.with(co, pool);
            } finally {
              pool.close();
            }
          });
      scheduler.run();
    }
  }

  @Test
  void oneTaskOfAllProcessesHoldsTheLockAndAllSeeWhatItHasWritten() throws IOException {
    ProcessLock lock = ProcessLock.open("lock");
    try (ProcessArray cells = ProcessArray.open("cells", ValueLayout.JAVA_INT, 3)) {
      with(
          2,
          ProcessOptions.DEFAULT.sharing(lock, cells),
          (co, pool) -> {
            co.await(pool.map(SharedJobs::addUnderTheLock, List.of(50, 50, 50)));
            try (var hold = co.await(lock.acquire())) {
              assertThat(hold.isAbandoned()).isFalse();
              assertThat(cells.getInt(0)).isEqualTo(150);
              assertThat(cells.getInt(1)).isZero();
              assertThat(cells.getInt(2)).isEqualTo(150);
            }
          });
    }
  }

  @Test
  void theNextHolderIsToldThatTheOneBeforeHasDiedOrEndedWithTheLock() {
    ProcessLock lock = ProcessLock.open("lock");
    with(
        2,
        ProcessOptions.DEFAULT.sharing(lock),
        (co, pool) -> {
          assertThatThrownBy(() -> co.await(pool.apply(SharedJobs::holdAndDie, "lock")))
              .isInstanceOf(ProcessDiedException.class);
          assertThat(co.await(pool.apply(SharedJobs::acquireAndTellWhetherAbandoned, "lock")))
              .isTrue();
          assertThat(co.await(pool.apply(SharedJobs::acquireAndTellWhetherAbandoned, "lock")))
              .isFalse();
          assertThat(co.await(pool.apply(SharedJobs::holdAndEnd, "lock"))).isEqualTo("ended");
          try (var hold = co.await(lock.acquire())) {
            assertThat(hold.isAbandoned()).isTrue();
          }
          Task<?> careless =
              co.task().scheduler().submit("careless", () -> Task.await(lock.acquire()));
          var _ = co.await(careless.join());
          assertThat(co.await(pool.apply(SharedJobs::acquireAndTellWhetherAbandoned, "lock")))
              .isTrue();
          assertThat(co.await(pool.apply(SharedJobs::closeTwice, "lock")))
              .isEqualTo("lock 'lock' of the parent was passed on before");
        });
  }

  @Test
  void aKilledHolderGivesTheLockToThoseWhoWaitedAndAWaiterMayGiveUp() {
    ProcessLock lock = ProcessLock.open("lock");
    ProcessEvent held = ProcessEvent.open("held");
    with(
        2,
        ProcessOptions.DEFAULT.sharing(lock, held, ProcessEvent.open("never")),
        (co, pool) -> {
          Task<?> holder =
              co.task()
                  .scheduler()
                  .spawn(
                      "holder",
                      () -> {
                        String _ = Task.await(pool.apply(SharedJobs::holdForEver, "lock"));
                      });
          co.await(held.await());
          assertThatThrownBy(() -> co.await(lock.acquire().within(Duration.ZERO)))
              .isInstanceOf(TimeoutException.class);
          assertThat(co.await(pool.apply(SharedJobs::giveUp, "lock")))
              .containsExactly("timed out", "CANCELLED");
          holder.cancel("enough");
          try (var hold = co.await(lock.acquire())) {
            assertThat(hold.isAbandoned()).isTrue();
          }
          try (var hold = co.await(lock.acquire())) { // nobody who gave up is still in the queue
            assertThat(hold.isAbandoned()).isFalse();
          }
          var hold = co.await(lock.acquire());
          hold.close();
          assertThatThrownBy(() -> hold.close())
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("lock 'lock' was passed on before");
        });
  }

  @Test
  void permitsOfALimitComeBackFromADeadChildAndSignalsDoNot() {
    ProcessSemaphore limit = ProcessSemaphore.bounded("limit", 2);
    ProcessSemaphore signals = ProcessSemaphore.open("signals", 1);
    with(
        1,
        ProcessOptions.DEFAULT.sharing(limit, signals),
        (co, pool) -> {
          for (String name : List.of("limit", "signals")) {
            assertThatThrownBy(() -> co.await(pool.apply(SharedJobs::takePermitAndDie, name)))
                .isInstanceOf(ProcessDiedException.class);
          }
          assertThat(co.await(pool.apply(SharedJobs::usePermits, "limit")))
              .startsWith("release of 1 to bounded semaphore 'limit'");
          assertThatThrownBy(() -> co.await(signals.acquire().within(Duration.ZERO)))
              .isInstanceOf(TimeoutException.class);
          co.await(signals.release());
          Held _ = co.await(signals.acquire());
        });
  }

  @Test
  void anEventStartsWhoeverWaitsForItInAnyProcess() {
    ProcessEvent start = ProcessEvent.open("start");
    ProcessEvent ready = ProcessEvent.open("ready");
    with(
        1,
        ProcessOptions.DEFAULT.sharing(start, ready),
        (co, pool) -> {
          Promise<Boolean> before = co.await(pool.submit(SharedJobs::waitForStart, "ready"));
          co.await(ready.await());
          start.set();
          assertThat(co.await(before)).isFalse();
          assertThat(co.await(start.isSet())).isFalse();
        });
  }

  @Test
  void aBarrierLetsAllProcessesGoOnTogetherAndIsBrokenForAll() {
    ProcessBarrier meeting = ProcessBarrier.open("meeting", 3);
    with(
        2,
        ProcessOptions.DEFAULT.sharing(meeting),
        (co, pool) -> {
          Promise<List<Integer>> one = co.await(pool.submit(SharedJobs::meet, 5));
          Promise<List<Integer>> two = co.await(pool.submit(SharedJobs::meet, 5));
          List<Integer> here = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            here.add(co.await(meeting.await()));
          }
          List<Integer> first = co.await(one);
          List<Integer> second = co.await(two);
          for (int i = 0; i < 5; i++) {
            assertThat(List.of(here.get(i), first.get(i), second.get(i)))
                .containsExactlyInAnyOrder(0, 1, 2);
          }
          meeting.abort();
          assertThat(co.await(pool.apply(SharedJobs::meetAndBeBroken, "meeting")))
              .isEqualTo("barrier 'meeting' was aborted");
        });
  }

  @Test
  void noUpdateOfASharedMapIsLost() {
    ProcessMap<Word, Integer> counts = ProcessMap.open("counts", Word.class, Integer.class);
    with(
        2,
        ProcessOptions.DEFAULT.sharing(counts),
        (co, pool) -> {
          List<String> words = new ArrayList<>(Collections.nCopies(50, "a"));
          words.addAll(Collections.nCopies(50, "b"));
          Promise<Integer> one = co.await(pool.submit(SharedJobs::count, words));
          Promise<Integer> two = co.await(pool.submit(SharedJobs::count, words));
          for (int i = 0; i < 50; i++) {
            var _ = co.await(counts.compute(new Word("a"), (_, old) -> old == null ? 1 : old + 1));
            co.await(Task.yield());
          }
          co.await(one);
          co.await(two);
          assertThat(co.await(counts.entries()))
              .isEqualTo(Map.of(new Word("a"), 150, new Word("b"), 100));
        });
  }

  @Test
  void theOperationsOfAMapAreTheSameInParentAndChildAndValuesAreCopied() {
    ProcessMap<Word, Integer> map = ProcessMap.open("map", Word.class, Integer.class);
    with(
        1,
        ProcessOptions.DEFAULT.sharing(map),
        (co, pool) ->
            assertThat(co.await(pool.apply(SharedJobs::operations, "map")))
                .containsExactly(
                    "get null",
                    "put null",
                    "put 1",
                    "putIfAbsent 2",
                    "replace false true",
                    "compute 5",
                    "entries {Word[text=a]=5}",
                    "compute null",
                    "remove null {}"));
    @SuppressWarnings("unchecked")
    Class<List<Integer>> lists = (Class<List<Integer>>) (Class<?>) List.class;
    ProcessMap<String, List<Integer>> here = ProcessMap.open("here", String.class, lists);
    with(
        1,
        ProcessOptions.DEFAULT,
        (co, pool) -> {
          List<Integer> list = new ArrayList<>(List.of(1));
          assertThat(co.await(here.put("a", list))).isNull();
          list.add(2);
          assertThat(co.await(here.get("a"))).containsExactly(1);
          assertThat(co.await(here.replace("a", List.of(1), list))).isTrue();
          assertThatThrownBy(
                  () ->
                      co.await(
                          here.compute(
                              "a",
                              (_, _) -> {
                                throw new IllegalArgumentException("no");
                              })))
              .isInstanceOf(IllegalArgumentException.class);
          assertThat(co.await(here.remove("a"))).containsExactly(1, 2);
          assertThatThrownBy(() -> co.await(here.put("a", null)))
              .isInstanceOf(CodecException.class)
              .hasMessage("null cannot be sent");
        });
  }

  @Test
  void whatIsNotSharedOrOfAnotherTypeIsRefusedWithItsName() throws IOException {
    ProcessEvent start = ProcessEvent.open("start");
    ProcessMap<Word, Integer> counts = ProcessMap.open("counts", Word.class, Integer.class);
    try (ProcessArray cells = ProcessArray.open("cells", ValueLayout.JAVA_INT, 3)) {
      with(
          1,
          ProcessOptions.DEFAULT.sharing(start, counts, cells),
          (co, pool) ->
              assertThat(co.await(pool.apply(SharedJobs::misuse, "")))
                  .containsExactly(
                      "IllegalStateException: no lock 'start' is shared with this process, only"
                          + " [event 'start', map 'counts', array 'cells', lock 'cells (lock)']",
                      "IllegalArgumentException: array 'cells' has elements of int, not long",
                      "UnsupportedOperationException: array 'cells' of int has no elements of long",
                      "IndexOutOfBoundsException: index is 3: must be 0 to 2",
                      "CodecException: null cannot be sent",
                      "CodecException: a java.lang.String arrived, not a java.lang.Integer"));
    }
  }
}
