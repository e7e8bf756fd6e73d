package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.PatientTime;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What pools and single processes offer beside apply, submit and map (recipes R19 and R20). */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#eachOnce")
class PoolFeaturesTest {
  @Parameter Kind kind;

  private interface Use {
    void with(Awaiter co, ProcessPool pool) throws Exception;
  }

  private void run(Use use, ProcessOptions options) {
    run(kind.scheduler(), use, options);
  }

  private void run(Scheduler own, Use use, ProcessOptions options) {
    try (Scheduler scheduler = own) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            ProcessPool pool = ProcessPool.open(scheduler, 1, options);
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
  void aMapTakesSeveralIterablesOrPairsOrChunks() {
    run(
        (co, pool) -> {
          assertThat(co.await(pool.apply(PoolJobs::times, "ab", 2))).isEqualTo("abab");
          assertThat(co.await(pool.map(PoolJobs::times, List.of("a", "b", "c"), List.of(1, 2))))
              .containsExactly("a", "bb");
          assertThat(
                  co.await(
                      pool.starmap(PoolJobs::times, List.of(Map.entry("x", 3), Map.entry("y", 0)))))
              .containsExactly("xxx", "");
          List<Integer> numbers = IntStream.range(0, 1_000).boxed().toList();
          for (int chunk : new int[] {1, 7, 1_000, Integer.MAX_VALUE}) {
            assertThat(co.await(pool.map(PoolJobs::square, numbers, chunk)))
                .isEqualTo(numbers.stream().map(n -> n * n).toList());
          }
          assertThat(co.await(pool.map(PoolJobs::square, List.<Integer>of(), 10))).isEmpty();
          assertThatThrownBy(() -> co.await(pool.map(PoolJobs::square, List.of(1, -1), 2)))
              .isInstanceOf(JobFailedException.class)
              .hasMessageContaining("negative: -1");
          assertThatThrownBy(() -> pool.map(PoolJobs::square, numbers, 0))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage("a chunk of 0 arguments: must be 1 or more");
        },
        ProcessOptions.DEFAULT);
  }

  @Test
  void aMapThatTakesTooLongIsEndedAndThePoolGoesOn() {
    ProcessEvent begun = ProcessEvent.open("begun");
    PatientTime time = new PatientTime(); // is over when the first job has begun, and not before
    Duration limit = Duration.ofMinutes(1);
    run(
        kind.builder().clock(time).build(),
        (co, pool) -> {
          Long before = co.await(pool.apply(PoolJobs::pid, 0));
          Task<?> map =
              kind.submit(
                  co.task().scheduler(),
                  "map",
                  c ->
                      c.await(
                          pool.map(PoolJobs::waitForEver, List.of("begun", "begun"))
                              .within(limit)));
          co.await(begun.await());
          time.advance(limit);
          assertThatThrownBy(() -> co.await(map.join())).isInstanceOf(TimeoutException.class);
          assertThat(co.await(pool.apply(PoolJobs::pid, 0))).isNotEqualTo(before);
        },
        ProcessOptions.DEFAULT.sharing(begun, ProcessEvent.open("never")));
  }

  @Test
  void eachChildIsInitializedBeforeItsFirstJobAndAfterADeathTheNextOneToo() {
    run(
        (co, pool) -> {
          assertThat(co.await(pool.apply(PoolJobs::prepared, "!"))).isEqualTo("well!");
          assertThatThrownBy(() -> co.await(pool.apply(PoolJobs::exit, 3)))
              .isInstanceOf(ProcessDiedException.class);
          assertThat(co.await(pool.apply(PoolJobs::prepared, "!"))).isEqualTo("well!");
        },
        ProcessOptions.DEFAULT.withInitializer(PoolJobs::prepare, "well"));
    run(
        (co, pool) ->
            assertThatThrownBy(() -> co.await(pool.apply(PoolJobs::prepared, "!")))
                .isInstanceOf(JobFailedException.class)
                .hasMessageContaining("nothing to prepare with"),
        ProcessOptions.DEFAULT.withInitializer(PoolJobs::prepare, ""));
  }

  @Test
  void aProcessHasANameAndAnExitCodeAndIsTerminated() {
    ProcessEvent begun = ProcessEvent.open("begun");
    ProcessOptions options =
        ProcessOptions.DEFAULT.sharing(begun, ProcessEvent.open("never")).withName("sleeper");
    run(
        (co, pool) -> {
          Scheduler scheduler = co.task().scheduler();
          JobProcess<String> sleeper =
              JobProcess.start(scheduler, options, PoolJobs::waitForEver, "begun");
          assertThat(sleeper.name()).isEqualTo("sleeper");
          assertThat(sleeper.exitCode()).isEmpty();
          co.await(begun.await());
          assertThat(sleeper.terminate()).isTrue();
          assertThatThrownBy(() -> co.await(sleeper.join()))
              .isInstanceOf(ProcessDiedException.class)
              .hasMessageStartingWith("sleeper (pid ");
          assertThat(sleeper.exitCode()).hasValue(143);
          assertThat(sleeper.terminate()).isFalse();
          JobProcess<Integer> exits = JobProcess.start(scheduler, options, PoolJobs::exit, 7);
          assertThatThrownBy(() -> co.await(exits.join())).isInstanceOf(ProcessDiedException.class);
          assertThat(exits.exitCode()).hasValue(7);
        },
        options);
  }

  @Test
  void aPipeMayGoOneWayAndCarriesBytes() {
    Pipe<byte[]> in = Pipe.openToChild("p in", byte[].class);
    Pipe<byte[]> out = Pipe.openToParent("p out", byte[].class);
    run(
        (co, pool) -> {
          Promise<String> child = co.await(pool.submit(PoolJobs::oneWay, "p"));
          co.await(in.here().send(new byte[] {1, 2, 3}));
          assertThat(co.await(out.here().recv())).containsExactly(1, 2, 3);
          assertThat(co.await(child)).isEqualTo("pipe 'p in' goes one way: this end sends nothing");
          assertThatThrownBy(() -> co.await(in.here().recv()))
              .isInstanceOf(IOException.class)
              .hasMessage("pipe 'p in' goes one way: this end receives nothing");
        },
        ProcessOptions.DEFAULT.sharing(in, out));
  }

  @Test
  void aGetOfAChildMayTimeOutAndTakesNothingThen() {
    ProcessQueue<Integer> numbers = ProcessQueue.open("numbers", Integer.class, 0);
    ProcessEvent timedOut = ProcessEvent.open("timed out");
    run(
        (co, pool) -> {
          Promise<String> child = co.await(pool.submit(PoolJobs::getWithin, "numbers"));
          co.await(timedOut.await());
          co.await(numbers.put(1));
          assertThat(co.await(child)).isEqualTo("timed out, then 1");
        },
        ProcessOptions.DEFAULT.sharing(numbers, timedOut));
  }

  @Test
  void aPutOfAChildIntoAFullQueueMayTimeOutAndPutsNothingThen() {
    ProcessQueue<Integer> numbers = ProcessQueue.open("numbers", Integer.class, 1);
    ProcessEvent timedOut = ProcessEvent.open("timed out");
    run(
        (co, pool) -> {
          co.await(numbers.put(1));
          Promise<String> child = co.await(pool.submit(PoolJobs::putWithin, "numbers"));
          co.await(timedOut.await());
          assertThat(co.await(numbers.get())).isEqualTo(1);
          assertThat(co.await(numbers.get())).isEqualTo(3);
          assertThat(co.await(child)).isEqualTo("timed out, then put");
          assertThatThrownBy(() -> co.await(pool.apply(PoolJobs::dieLoudly, 3)))
              .isInstanceOf(ProcessDiedException.class)
              .satisfies(
                  died ->
                      assertThat(died.getMessage())
                          .contains("exit code 3", "\\u001b[2J\\u202exxx", "more characters)")
                          .doesNotContain("\u001b", "\u202e")
                          .hasSizeLessThan(1_000));
        },
        ProcessOptions.DEFAULT.sharing(numbers, timedOut));
  }

  @Test
  void aDaemonDoesNotKeepTheRunFromEndingAndIsKilledWithTheScheduler() {
    ProcessEvent begun = ProcessEvent.open("begun");
    ProcessOptions options = ProcessOptions.DEFAULT.sharing(begun, ProcessEvent.open("never"));
    AtomicReference<ProcessHandle> daemon = new AtomicReference<>();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "test",
          co -> {
            JobProcess<String> sleeper =
                JobProcess.start(scheduler.daemons(), options, PoolJobs::waitForEver, "begun");
            co.await(begun.await());
            daemon.set(ProcessHandle.of(sleeper.pid().orElseThrow()).orElseThrow());
          });
      scheduler.run(); // would wait for ever if the process were no daemon
      assertThat(daemon.get().isAlive()).isTrue();
    }
    assertThat(daemon.get().onExit().join().isAlive()).isFalse();
  }

  @Test
  void aChildGetsTheVariablesAndPropertiesThatAreAllowedAndAssertions() {
    String variable = System.getenv().containsKey("PATH") ? "PATH" : "HOME";
    String value = System.setProperty(variable, "a property");
    try {
      List<String> seen = new ArrayList<>();
      Use use =
          (co, pool) -> {
            seen.add(co.await(pool.apply(PoolJobs::environment, variable)));
            assertThat(co.await(pool.apply(PoolJobs::assertions, 0))).isTrue();
          };
      run(use, ProcessOptions.DEFAULT.withEnvironment(variable, "NO_SUCH_VARIABLE"));
      run(use, ProcessOptions.DEFAULT.withEnvironment().withSystemProperties(variable, "none.x"));
      assertThat(seen).containsExactly(System.getenv(variable) + " 1 null", "null 0 a property");
    } finally {
      if (value == null) {
        System.clearProperty(variable);
      }
    }
  }

  @Test
  void aPoolHasAsManyChildrenAsThereAreProcessorsAndNoAbsurdNumber() {
    try (Scheduler scheduler = kind.scheduler();
        ProcessPool pool = ProcessPool.open(scheduler)) {
      assertThat(pool)
          .hasToString(
              "a pool of "
                  + Runtime.getRuntime().availableProcessors()
                  + " processes, 0 calls queued");
      for (int processes : new int[] {0, -1, 1_001, Integer.MAX_VALUE}) {
        assertThatThrownBy(() -> ProcessPool.open(scheduler, processes))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(processes + " processes: must be 1 to 1000");
      }
    }
  }
}
