package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Holds;
import dev.heddle.process.JobFailedException;
import dev.heddle.process.JobMethod;
import dev.heddle.process.JobProcess;
import dev.heddle.process.JobResults;
import dev.heddle.process.JobType;
import dev.heddle.process.Pipe;
import dev.heddle.process.ProcessArray;
import dev.heddle.process.ProcessBarrier;
import dev.heddle.process.ProcessDiedException;
import dev.heddle.process.ProcessLock;
import dev.heddle.process.ProcessMap;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessPool;
import dev.heddle.process.ProcessQueue;
import dev.heddle.process.ProcessSemaphore;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children that are stubs. This file is long because it has a test for each thing they share. */
class ProcessesTest {
  private static final int SEEDS = 200;

  @TempDir Path folder;

  /** The real children of this JVM that others have left. */
  private List<ProcessHandle> before = List.of();

  @BeforeEach
  void noteChildren() {
    before = ProcessHandle.current().children().toList();
  }

  @AfterEach
  void noThreadAndNoJvmIsLeft() {
    RealTime.awaitEndOfSimulations();
    assertThat(ProcessHandle.current().children()).isSubsetOf(before);
  }

  private static ProcessPool pool(Simulation sim, int processes) {
    return ProcessPool.open(sim.scheduler(), processes);
  }

  private static ProcessPool pool(Simulation sim, int processes, ProcessOptions options) {
    return ProcessPool.open(sim.scheduler(), processes, options);
  }

  private static ProcessDiedException deathOf(Awaiter co, Task<?> call) {
    ProcessDiedException death =
        catchThrowableOfType(ProcessDiedException.class, () -> co.await(call.join()));
    assertThat(death).as("the death").isNotNull();
    return death;
  }

  @Test
  @Holds("T8")
  void aPoolGivesTheResultsOfItsJobs() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          try (ProcessPool pool = pool(sim, 2)) {
            assertThat(co.await(pool.apply(ProcessJobs::square, 3))).isEqualTo(9);
            assertThat(co.await(pool.map(ProcessJobs::square, List.of(1, 2, 3))))
                .containsExactly(1, 4, 9);
            List<Integer> ended = new ArrayList<>();
            try (JobResults<Integer> results =
                pool.asCompleted(ProcessJobs::squareAfterSeconds, List.of(3, 1), 2)) {
              while (results.hasNext()) {
                ended.add(co.await(results.next()));
              }
            }
            assertThat(ended).containsExactly(1, 9);
            assertThat(sim.clock().elapsed()).isEqualTo(Duration.ofSeconds(3));
            assertThat(co.await(pool.submit(ProcessJobs::square, 5))).isNotNull();
            co.await(pool.shutdown());
          }
          assertThat(sim.processes().running()).isEmpty();
        });
  }

  @Test
  void aPoolIsUsedInThreadStyleToo() throws Exception {
    TestScheduler.run(
        () -> {
          try (ProcessPool pool = ProcessPool.open(Scheduler.current(), 1)) {
            assertThat(Task.await(pool.apply(ProcessJobs::square, 4))).isEqualTo(16);
          }
        });
  }

  @Test
  @Holds("T8")
  void argumentsAndResultsGoThroughTheCodec() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          try (ProcessPool pool = pool(sim, 1)) {
            byte[] mine = {1, 2};
            assertThat(co.await(pool.apply(ProcessJobs::change, mine))).containsExactly(9, 2);
            assertThat(mine).containsExactly(1, 2);
            assertThatThrownBy(
                    () -> co.await(pool.apply(ProcessJobs::ofAnything, new Event("mine"))))
                .isInstanceOf(CodecException.class);
            assertThatThrownBy(() -> co.await(pool.apply(ProcessJobs::unsendable, 1)))
                .isInstanceOf(CodecException.class);
            assertThatThrownBy(() -> co.await(pool.apply(ProcessJobs::fail, 7)))
                .isInstanceOf(JobFailedException.class)
                .hasMessageContaining("no 7");
            byte[] big = new byte[1_000_000];
            assertThat(co.await(pool.apply(ProcessJobs::change, big))).hasSize(big.length);
          }
        });
  }

  @Test
  void queuesAndPipesGoBetweenStubbedChildren() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          ProcessQueue<Integer> numbers = ProcessQueue.open("numbers", Integer.class, 4);
          ProcessOptions sharing = ProcessOptions.DEFAULT.sharing(numbers);
          try (ProcessPool pool = pool(sim, 2, sharing)) {
            Task<List<Integer>> sums =
                sim.scheduler()
                    .submit(
                        "sums",
                        () ->
                            Task.await(pool.map(ProcessJobs::sum, List.of("numbers", "numbers"))));
            for (int i = 10; i >= 0; i--) {
              co.await(numbers.put(i));
            }
            assertThat(co.await(sums.join()).stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(55);
          }
          Pipe<String> pipe = Pipe.open("talk", String.class);
          JobProcess<Integer> echo =
              JobProcess.start(
                  sim.scheduler(),
                  ProcessOptions.DEFAULT.sharing(pipe),
                  JobType.of(ProcessJobs::echo),
                  "talk");
          co.await(pipe.here().send("a"));
          assertThat(co.await(pipe.here().recv())).isEqualTo("got a");
          pipe.here().close();
          assertThat(co.await(echo.join())).isEqualTo(1);
        });
  }

  @Test
  void locksSemaphoresBarriersMapsAndArraysAreSharedByStubbedChildren() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          ProcessMap<String, Integer> counts =
              ProcessMap.open("counts", String.class, Integer.class);
          try (ProcessArray cells = ProcessArray.open("cells", ValueLayout.JAVA_INT, 2)) {
            ProcessOptions sharing =
                ProcessOptions.DEFAULT.sharing(
                    ProcessLock.open("lock"),
                    ProcessSemaphore.open("permit", 1),
                    ProcessBarrier.open("meeting", 2),
                    counts,
                    cells);
            try (ProcessPool pool = pool(sim, 2, sharing)) {
              assertThat(co.await(pool.map(ProcessJobs::add, List.of(5, 7)))).containsExactly(5, 7);
              assertThat(cells.getInt(0)).isEqualTo(12);
              assertThat(co.await(pool.map(ProcessJobs::usePermit, List.of("permit", "permit"))))
                  .containsExactly(1, 1);
              List<List<Integer>> places = co.await(pool.map(ProcessJobs::meet, List.of(3, 3)));
              for (int round = 0; round < 3; round++) {
                assertThat(List.of(places.get(0).get(round), places.get(1).get(round)))
                    .containsExactlyInAnyOrder(0, 1);
              }
              List<List<String>> words = List.of(List.of("a", "b"), List.of("b", "b"));
              assertThat(co.await(pool.map(ProcessJobs::count, words))).containsExactly(2, 2);
              assertThat(co.await(counts.get("b"))).isEqualTo(3);
            }
          }
        });
  }

  @Test
  @Holds("O4")
  void aKilledChildNamesItsExitCodeAndItsLockIsPassedOn() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          ProcessLock lock = ProcessLock.open("lock");
          try (ProcessPool pool = pool(sim, 2, ProcessOptions.DEFAULT.sharing(lock))) {
            Task<String> holder =
                sim.scheduler()
                    .submit(
                        "holder", () -> Task.await(pool.apply(ProcessJobs::holdForAnHour, "lock")));
            co.await(Timers.sleep(Duration.ofMinutes(1)));
            Task<Boolean> next =
                sim.scheduler()
                    .submit(
                        "next", () -> Task.await(pool.apply(ProcessJobs::wasAbandoned, "lock")));
            co.await(Timers.sleep(Duration.ofMinutes(1)));
            assertThat(next.isDone()).isFalse();
            Processes.Child first = sim.processes().running().getFirst();
            assertThat(first.pid()).isEqualTo(1001);
            assertThat(first.name()).isEqualTo("process-1");
            assertThat(first.host()).isSameAs(sim.host());
            assertThat(sim.processes().kill(first.pid())).isTrue();
            assertThat(sim.processes().kill(first.pid())).isFalse();
            ProcessDiedException death = deathOf(co, holder);
            assertThat(death.exitCode()).isEqualTo(137);
            assertThat(death).hasMessageContaining("exit code 137 (signal 9)");
            assertThat(co.await(next.join())).isTrue();
            assertThat(sim.clock().elapsed()).isEqualTo(Duration.ofMinutes(2));
          }
        });
  }

  @Test
  void aPoolReplacesAChildThatHasDied() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          try (ProcessPool pool = pool(sim, 1)) {
            Task<Integer> call =
                sim.scheduler()
                    .submit(
                        "call",
                        () -> Task.await(pool.apply(ProcessJobs::squareAfterSeconds, 1_000)));
            co.await(Timers.sleep(Duration.ofSeconds(1)));
            assertThat(sim.processes().kill(pool.stats().pids().getFirst())).isTrue();
            assertThat(deathOf(co, call).exitCode()).isEqualTo(137);
            assertThat(co.await(pool.apply(ProcessJobs::square, 6))).isEqualTo(36);
            assertThat(pool.stats().pids()).containsExactly(1002L);
            assertThat(sim.processes().kill(1002)).isTrue(); // while it is idle
            assertThat(co.await(pool.apply(ProcessJobs::square, 7))).isEqualTo(49);
            assertThat(pool.stats().started()).isEqualTo(3);
          }
        });
  }

  @Test
  void aChildEndsByItselfByBeingAskedAndByItsKill() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          var square = JobType.of(ProcessJobs::squareAfterSeconds);
          JobProcess<Integer> ends =
              JobProcess.start(sim.scheduler(), ProcessOptions.DEFAULT, square, 1);
          assertThat(co.await(ends.join())).isEqualTo(1);
          co.await(Timers.sleep(Duration.ofMillis(1)));
          assertThat(ends.exitCode()).hasValue(0);
          JobProcess<Integer> asked =
              JobProcess.start(sim.scheduler(), ProcessOptions.DEFAULT, square, 9);
          co.await(Timers.sleep(Duration.ofSeconds(1)));
          assertThat(asked.terminate()).isTrue();
          assertThatThrownBy(() -> co.await(asked.join()))
              .isInstanceOf(ProcessDiedException.class)
              .hasMessageContaining("exit code 143");
          JobProcess<Integer> killed =
              JobProcess.start(sim.scheduler(), ProcessOptions.DEFAULT, square, 9);
          co.await(Timers.sleep(Duration.ofSeconds(1)));
          assertThat(killed.kill("enough")).isTrue();
          assertThatThrownBy(() -> co.await(killed.join()))
              .isInstanceOf(CancellationException.class);
          co.await(Timers.sleep(Duration.ofMillis(1)));
          assertThat(killed.exitCode()).hasValue(137);
          assertThat(sim.processes().running()).isEmpty();
        });
  }

  @Test
  void aStartThatIsRefusedFailsTheCallThatNeedsIt() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          sim.processes().refuseStarts(2); // the first one is the pool's own, ahead of all calls
          try (ProcessPool pool = pool(sim, 1)) {
            assertThatThrownBy(() -> co.await(pool.apply(ProcessJobs::square, 2)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Resource temporarily unavailable");
            assertThat(co.await(pool.apply(ProcessJobs::square, 2))).isEqualTo(4);
          }
        });
  }

  @Test
  @Holds("T8")
  void aStartTakesItsTimeAndTimesOutOnTheVirtualClock() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          sim.processes().startTime(Duration.ofSeconds(3));
          ProcessOptions patient = ProcessOptions.DEFAULT.withStartTimeout(Duration.ofSeconds(4));
          try (ProcessPool pool = pool(sim, 1, patient)) {
            assertThat(co.await(pool.apply(ProcessJobs::square, 2))).isEqualTo(4);
            assertThat(sim.clock().elapsed()).isEqualTo(Duration.ofSeconds(3));
          }
          ProcessOptions hasty = ProcessOptions.DEFAULT.withStartTimeout(Duration.ofSeconds(2));
          JobProcess<Integer> late =
              JobProcess.start(sim.scheduler(), hasty, JobType.of(ProcessJobs::square), 2);
          assertThatThrownBy(() -> co.await(late.join()))
              .isInstanceOf(ProcessDiedException.class)
              .hasMessageContaining("did not start within PT2S")
              .hasMessageContaining("exit code 137");
          assertThat(sim.clock().elapsed()).isEqualTo(Duration.ofSeconds(5));
        });
  }

  @Test
  void aHostThatCrashesTakesItsChildrenAlong() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Host worker = sim.network().host("worker");
          worker.start(
              c -> {
                try (ProcessPool pool = ProcessPool.open(Scheduler.current(), 2)) {
                  int _ = c.await(pool.apply(ProcessJobs::squareAfterSeconds, 3_600));
                }
              });
          co.await(Timers.sleep(Duration.ofSeconds(1)));
          assertThat(sim.processes().running())
              .extracting(Processes.Child::host)
              .containsExactly(worker, worker);
          worker.crash();
          assertThat(sim.processes().running()).isEmpty(); // at once: before its pool can end them
        });
  }

  @Test
  @Holds("O5")
  void aChildOfAChildWorksAndEndsWithItsParent() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          try (ProcessPool pool = pool(sim, 1)) {
            assertThat(co.await(pool.apply(ProcessJobs::squareByAChild, 5))).isEqualTo(25);
            Task<Integer> call =
                sim.scheduler()
                    .submit(
                        "call", () -> Task.await(pool.apply(ProcessJobs::squareByAChild, 3_600)));
            co.await(Timers.sleep(Duration.ofSeconds(1)));
            assertThat(sim.processes().running()).hasSize(2);
            assertThat(sim.processes().kill(pool.stats().pids().getFirst())).isTrue();
            assertThat(sim.processes().running()).isEmpty(); // at once: before its pool can end it
            assertThat(deathOf(co, call).exitCode()).isEqualTo(137);
            pool.close();
            co.await(Timers.sleep(Duration.ofSeconds(1)));
            assertThat(sim.processes().running()).isEmpty();
          }
        });
  }

  @Test
  @Holds("T8")
  void aDeadlockOfChildrenIsExplained() {
    assertThatThrownBy(
            () ->
                TestScheduler.run(
                    (co, sim) -> {
                      ProcessOptions sharing =
                          ProcessOptions.DEFAULT.sharing(
                              ProcessLock.open("a"), ProcessLock.open("b"));
                      try (ProcessPool pool = pool(sim, 2, sharing)) {
                        List<List<String>> orders = List.of(List.of("a", "b"), List.of("b", "a"));
                        List<String> _ = co.await(pool.map(ProcessJobs::lockBoth, orders));
                      }
                    }))
        .isInstanceOf(DeadlockException.class)
        .hasMessageContaining("lock 'a'")
        .hasMessageContaining("lock 'b'");
  }

  /**
   * Jobs under deaths by the seed. Each gives the right result, or says that its child has died.
   */
  private static String workAndDie(Awaiter co, Simulation sim) throws Exception {
    sim.network().faults(Faults.NONE.withChildDeaths(15).withPieces(4));
    ProcessQueue<Integer> items = ProcessQueue.open("items", Integer.class, 8);
    ProcessOptions sharing = ProcessOptions.DEFAULT.sharing(items, ProcessLock.open("lock"));
    List<Integer> results = new ArrayList<>();
    int died = 0;
    try (ProcessPool pool = pool(sim, 2, sharing)) {
      List<Task<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int item = i;
        calls.add(
            sim.scheduler()
                .submit("square " + i, () -> Task.await(pool.apply(ProcessJobs::square, item))));
      }
      for (int i = 0; i < 4; i++) {
        try {
          assertThat(co.await(calls.get(i).join())).isEqualTo(i * i);
          results.add(i);
        } catch (ProcessDiedException e) {
          assertThat(e.exitCode()).isEqualTo(137);
          died++;
        }
      }
      for (int i = 0; i < 3; i++) {
        co.await(items.put(i));
      }
      for (int i = 0; i < 3; i++) {
        try {
          results.add(100 + co.await(pool.apply(ProcessJobs::take, "items")));
        } catch (ProcessDiedException e) {
          died++;
        }
      }
      sim.network().calm();
      assertThat(co.await(pool.apply(ProcessJobs::square, 9))).isEqualTo(81);
      co.await(pool.shutdown());
    }
    assertThat(sim.processes().running()).isEmpty();
    assertThat(results.size() + died).as("calls that have ended").isEqualTo(7);
    assertThat(results).doesNotHaveDuplicates();
    return results + ", died " + died;
  }

  @Test
  @Holds("T8")
  void underDeathsOfManySeedsACallIsRightOrSaysThatItsChildHasDied() throws Exception {
    List<String> ends = new ArrayList<>();
    TestScheduler.builder().seeds(SEEDS).run((co, sim) -> ends.add(workAndDie(co, sim)));
    assertThat(ends)
        .anyMatch(end -> end.endsWith("died 0"))
        .anyMatch(end -> end.endsWith("died 3"));
  }

  /** Prints what was chosen, for some seeds. */
  static final class Hashes {
    private static final int COMPARED = 8;

    public static void main(String[] args) throws Exception {
      System.out.print("hashes " + hashes());
    }

    static List<String> hashes() throws Exception {
      List<String> all = new ArrayList<>();
      TestScheduler.builder()
          .seeds(COMPARED)
          .run(
              (co, sim) -> {
                String end = workAndDie(co, sim);
                all.add(end + " " + sim.clock().elapsed() + " " + sim.choices());
              });
      return all;
    }
  }

  @Test
  @Holds("T1")
  void theSameSeedGivesTheSameHashAlsoInAnotherProcessOnAnotherEngine() throws Exception {
    List<String> hashes = Hashes.hashes();
    assertThat(Hashes.hashes()).isEqualTo(hashes);
    ForkedJvm other =
        ForkedJvm.run(
            Hashes.class,
            "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Dheddle.seeds=" + Integer.getInteger("heddle.seeds", Hashes.COMPARED));
    assertThat(other.output()).contains("hashes " + hashes); // the log may come behind it
  }

  private Explorer explorer(ExplorerBody body) {
    return RealTime.explorer(body, folder);
  }

  /** Two children add to one cell, at the same time. */
  private static void addTogether(Simulation sim, JobMethod<Integer, Integer> add)
      throws Exception {
    ProcessLock lock = ProcessLock.open("lock");
    try (ProcessArray cells = ProcessArray.open("cells", ValueLayout.JAVA_INT, 2)) {
      ProcessOptions sharing = ProcessOptions.DEFAULT.sharing(lock, cells);
      for (String name : List.of("A", "B")) {
        JobProcess.start(sim.scheduler(), sharing.withName(name), JobType.of(add), 1);
      }
      sim.run();
      assertThat(cells.getInt(0)).isEqualTo(2);
    }
  }

  @Test
  @Holds("T8")
  void anExplorerFindsWhatTwoChildrenDoToEachOther() throws Exception {
    explorer(sim -> addTogether(sim, ProcessJobs::add)).runs(100).check();
    Throwable lost =
        catchThrowable(
            () ->
                explorer(sim -> addTogether(sim, ProcessJobs::addWithoutTheLock))
                    .runs(2_000)
                    .check());
    assertThat(lost).isInstanceOf(ScheduleFailure.class);
    assertThat(lost.getCause()).hasMessageContaining("2");
  }

  @Test
  void anExplorerLetsAChildDieAtAnyTime() throws Exception {
    explorer(
            sim -> {
              sim.processes().mayDie(1);
              JobProcess<Integer> child =
                  JobProcess.start(
                      sim.scheduler(),
                      ProcessOptions.DEFAULT,
                      JobType.of(ProcessJobs::squareAfterSeconds),
                      2);
              sim.scheduler()
                  .spawn(
                      "parent",
                      co -> {
                        try {
                          assertThat(co.await(child.join())).isEqualTo(4);
                          sim.sometimes(true, "the child does its job");
                        } catch (ProcessDiedException e) {
                          assertThat(e.exitCode()).isEqualTo(137);
                          sim.sometimes(e.getMessage().contains("while it ran"), "at its job");
                          sim.sometimes(e.getMessage().contains("did not start"), "at its start");
                        }
                      });
              sim.run();
            })
        .runs(150)
        .check();
  }

  @Test
  void aChannelInMemoryStandsInForTheStreamsOfAProcess() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Processes.Channels<Object> channels = sim.processes().channels(Object.class);
          Host other = sim.network().host("other");
          other.start(
              c -> {
                try {
                  while (true) {
                    c.await(channels.there().send("got " + c.await(channels.there().recv())));
                  }
                } catch (EOFException e) {
                  channels.there().close();
                }
              });
          co.await(channels.here().send("a"));
          assertThat(co.await(channels.here().recv())).isEqualTo("got a");
          assertThat(co.await(channels.here().poll(Duration.ofSeconds(1)))).isFalse();
          assertThatThrownBy(() -> co.await(channels.here().send(new Event("mine"))))
              .isInstanceOf(CodecException.class);
          channels.here().close();
          assertThatThrownBy(() -> co.await(channels.here().recv()))
              .isInstanceOf(EOFException.class);
          assertThatThrownBy(() -> co.await(channels.here().send("late")))
              .isInstanceOf(QueueShutdownException.class);
        });
  }

  @Test
  void aChannelInMemoryIsBoundedAndKeepsTheOrder() throws Exception {
    TestScheduler.run(
        (co, sim) -> {
          Processes.Channels<Integer> channels = sim.processes().channels(Integer.class);
          List<Integer> sent = new ArrayList<>();
          sim.scheduler()
              .spawn(
                  "sender",
                  c -> {
                    for (int i = 0; i < 40; i++) {
                      c.await(channels.here().send(i));
                      sent.add(i);
                    }
                    channels.here().close();
                  });
          co.await(Timers.sleep(Duration.ofSeconds(1)));
          assertThat(sent).hasSize(16);
          List<Integer> got = new ArrayList<>();
          try {
            while (true) {
              got.add(co.await(channels.there().recv()));
            }
          } catch (EOFException e) {
            assertThat(got).isEqualTo(IntStream.range(0, 40).boxed().toList());
          }
        });
  }
}
