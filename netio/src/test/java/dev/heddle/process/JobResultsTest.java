package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.pool.ResultIterator;
import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Results in the order in which jobs end; and that both kinds of pools have the same methods. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#eachOnce")
class JobResultsTest {
  @Parameter Kind kind;

  @TempDir Path folder;

  private interface Use {
    void run(Awaiter co, ProcessPool pool) throws Exception;
  }

  private void withPool(int processes, Use use) {
    try (Scheduler scheduler = kind.scheduler();
        ProcessPool pool = ProcessPool.open(scheduler, processes)) {
      Script script = co -> use.run(co, pool);
      Task<?> test = kind.spawn(scheduler, "test", script);
      scheduler.run();
      assertThat(test.state()).as(() -> "" + test.exceptionNow()).isEqualTo(Task.State.SUCCEEDED);
    }
  }

  // What children do.

  /** Ends when there is such a file. */
  private static String untilThereIs(String file) throws InterruptedException {
    while (!Files.exists(Path.of(file))) {
      Thread.onSpinWait();
    }
    return "the slow one";
  }

  private static String wait(String file) throws InterruptedException {
    return file.isEmpty() ? "a quick one" : untilThereIs(file);
  }

  private static int divide(int by) {
    return 10 / by;
  }

  @Test
  void theFirstThatHasEndedComesFirst() {
    String gate = folder.resolve("gate").toString();
    withPool(
        2,
        (co, pool) -> {
          JobResults<String> results =
              pool.asCompleted(JobResultsTest::wait, List.of(gate, "", ""), 3);
          assertThat(co.await(results.next())).isEqualTo("a quick one");
          assertThat(co.await(results.next())).isEqualTo("a quick one");
          assertThat(results.hasNext()).isTrue();
          Files.createFile(Path.of(gate));
          assertThat(co.await(results.next())).isEqualTo("the slow one");
          assertThat(results.hasNext()).isFalse();
          assertThatThrownBy(() -> co.await(results.next()))
              .isInstanceOf(NoSuchElementException.class)
              .hasMessage("there are no more results of dev.heddle.process.JobResultsTest::wait");
        });
  }

  @Test
  void aFailureIsThrownInItsTurnAndTheOtherJobsGoOn() {
    withPool(
        1,
        (co, pool) -> {
          List<Object> seen = new ArrayList<>();
          JobResults<Integer> results =
              pool.asCompleted(JobResultsTest::divide, List.of(1, 0, 5, 10), 2);
          while (results.hasNext()) {
            try {
              seen.add(co.await(results.next()));
            } catch (JobFailedException e) {
              seen.add(e.getCause().getMessage());
            }
          }
          assertThat(seen).containsExactly(10, "/ by zero", 2, 1);
        });
  }

  @Test
  void noMoreJobsAreQueuedThanTheLookAheadSaysAndTheirArgumentsAreTakenThen() {
    withPool(
        1,
        (co, pool) -> {
          List<Integer> taken = new ArrayList<>();
          Iterable<Integer> arguments =
              () -> List.of(1, 2, 5, 10).stream().peek(taken::add).iterator();
          JobResults<Integer> results = pool.asCompleted(JobResultsTest::divide, arguments, 2);
          assertThat(taken).isEmpty();
          assertThat(co.await(results.next())).isEqualTo(10);
          assertThat(taken).containsExactly(1, 2);
          assertThat(co.await(results.next())).isEqualTo(5);
          assertThat(taken).containsExactly(1, 2, 5);
          results.close();
          assertThat(results.hasNext()).isFalse();
        });
  }

  @Test
  void closedResultsEndTheJobsThatNobodyWantsAndTheirChildrenAreReplaced() {
    withPool(
        1,
        (co, pool) -> {
          JobResults<String> results =
              pool.asCompleted(
                  JobResultsTest::wait, List.of("", folder.resolve("never").toString(), ""), 3);
          assertThat(co.await(results.next())).isEqualTo("a quick one");
          results.close();
          results.close();
          assertThatThrownBy(() -> co.await(results.next()))
              .isInstanceOf(IOException.class)
              .hasMessageEndingWith("are closed");
          assertThat(co.await(pool.apply(JobResultsTest::divide, 2))).isEqualTo(5);
        });
  }

  @Test
  void aClosedPoolFailsEachResultOnceSoThatALoopEnds() {
    withPool(
        1,
        (co, pool) -> {
          JobResults<Integer> results =
              pool.asCompleted(JobResultsTest::divide, List.of(1, 2, 5), 1);
          assertThat(co.await(results.next())).isEqualTo(10);
          pool.close();
          int refused = 0;
          while (results.hasNext()) {
            assertThatThrownBy(() -> co.await(results.next()))
                .isInstanceOf(IOException.class)
                .hasMessage("the process pool is closed");
            refused++;
          }
          assertThat(refused).isEqualTo(2);
          assertThatThrownBy(() -> pool.asCompleted(JobResultsTest::divide, List.of(1), 0))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessage("a look-ahead of 0: must be 1 or more");
        });
  }

  @Test
  void applySubmitAndAsCompletedMeanTheSameOnBothKindsOfPools() {
    withPool(
        1,
        (co, processes) -> {
          try (ThreadPool threads = ThreadPool.platform("threads", 1)) {
            int inThread = co.await(threads.apply(() -> divide(2)));
            int inProcess = co.await(processes.apply(JobResultsTest::divide, 2));
            assertThat(inThread).isEqualTo(inProcess);

            Promise<Integer> beside = co.await(threads.submit(() -> divide(5)));
            Promise<Integer> outside = co.await(processes.submit(JobResultsTest::divide, 5));
            assertThat(co.await(beside)).isEqualTo(co.await(outside));

            List<Callable<Integer>> works = List.of(() -> divide(1), () -> divide(2));
            ResultIterator<Integer> ended = threads.asCompleted(works, 1);
            JobResults<Integer> jobs =
                processes.asCompleted(JobResultsTest::divide, List.of(1, 2), 1);
            while (ended.hasNext()) {
              assertThat(co.await(ended.next())).isEqualTo(co.await(jobs.next()));
            }
            assertThat(jobs.hasNext()).isFalse();
          }
        });
  }
}
