package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Until;
import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.Drawings;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each way in which a child can misbehave gives one clear error; the pool goes on; nothing hangs,
 * and nothing is left behind.
 */
class ProcessFaultTest {
  /** Where the folders of this process are, and of no other. */
  @TempDir private static Path folder;

  private static String folderBefore;

  /** After the first use: the JDK opens some files once. */
  private static OpenFiles before;

  private interface Use {
    void run(ProcessPool pool) throws Exception;
  }

  private static void withPool(ProcessOptions options, Use use) {
    try (Scheduler scheduler =
            Scheduler.builder()
                .failureReporter(
                    (task, failure) -> {
                      throw new AssertionError(task + " failed", failure);
                    })
                .build();
        ProcessPool pool = ProcessPool.open(scheduler, 1, options)) {
      scheduler.spawn("test", () -> use.run(pool));
      scheduler.run();
    }
  }

  private static void withPool(Use use) {
    withPool(ProcessOptions.DEFAULT, use);
  }

  private static void assertWorks(ProcessPool pool) throws Exception {
    assertThat(await(pool.apply(JobType.of(Jobs.Square.class), 5))).isEqualTo(25);
  }

  @BeforeAll
  static void countFiles() {
    folderBefore = System.setProperty("java.io.tmpdir", folder.toString());
    withPool(ProcessFaultTest::assertWorks);
    Until.soon(1000, () -> false); // the first child is reaped
    before = OpenFiles.count();
  }

  @AfterAll
  static void useTheUsualFolder() {
    System.setProperty("java.io.tmpdir", folderBefore);
  }

  @AfterEach
  void noDescriptorAndNoFolderIsLeft() {
    before.awaitAgain();
  }

  @Test
  @Holds("O3")
  void anExitIsAnErrorThatNamesItsCodeAndTheLastLinesOfItsStandardError() {
    withPool(
        pool -> {
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Exit.class), 7)))
              .isInstanceOf(ProcessDiedException.class)
              .hasMessageMatching(
                  "process-1 \\(pid \\d+\\) died while it ran dev.heddle.process.Jobs\\$Exit: exit"
                      + " code 7; its standard error ended with: about to go \\| with 7")
              .satisfies(e -> assertThat(((ProcessDiedException) e).exitCode()).isEqualTo(7));
          assertWorks(pool);
          assertThat(pool.stats().started()).isEqualTo(2);
        });
  }

  @Test
  void aWorkerKilledInTheMiddleOfAMessageIsAnError() {
    withPool(
        pool -> {
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.DieInAMessage.class), "")))
              .isInstanceOf(ProcessDiedException.class)
              .hasMessageContaining("exit code 9; nothing on its standard error");
          assertWorks(pool);
        });
  }

  @Test
  void aWorkerKilledFromOutsideIsAnErrorThatNamesTheSignal() {
    withPool(
        pool -> {
          Promise<String> never = await(pool.submit(JobType.of(Jobs.Never.class), "spinning"));
          while (pool.stats().pids().isEmpty()) {
            await(Timers.sleep(Duration.ofMillis(10)));
          }
          long pid = pool.stats().pids().getFirst();
          ProcessHandle.of(pid).orElseThrow().destroyForcibly();
          assertThatThrownBy(() -> await(never))
              .isInstanceOf(ProcessDiedException.class)
              .hasMessageContaining("(pid " + pid + ") ")
              .hasMessageContaining("exit code 137 (signal 9)");
          assertWorks(pool);
        });
  }

  @Test
  void anIdleWorkerThatDiesIsReplacedAndNoCallIsLost() {
    withPool(
        pool -> {
          long pid = await(pool.apply(JobType.of(Jobs.Pid.class), ""));
          ProcessHandle worker = ProcessHandle.of(pid).orElseThrow();
          worker.destroyForcibly();
          await(Promise.from(worker.onExit()));
          while (!pool.stats().pids().isEmpty()) {
            await(Timers.sleep(Duration.ofMillis(10)));
          }
          assertThat(await(pool.apply(JobType.of(Jobs.Pid.class), ""))).isNotEqualTo(pid);
        });
  }

  private static boolean untilThereIs(String file) {
    while (!Files.exists(Path.of(file))) {
      Thread.onSpinWait();
    }
    return true;
  }

  /** "A job that has not begun never begins": it would go on for ever in the only child. */
  @Test
  void aCallThatIsCancelledWhileItsChildStartsNeverBegins() throws IOException {
    Path gate = Files.createFile(folder.resolve("gate")); // a child has started when it is there
    withPool(
        ProcessOptions.DEFAULT.withInitializer(ProcessFaultTest::untilThereIs, gate.toString()),
        pool -> {
          long pid = await(pool.apply(JobType.of(Jobs.Pid.class), ""));
          ProcessHandle worker = ProcessHandle.of(pid).orElseThrow();
          worker.destroyForcibly();
          await(Promise.from(worker.onExit()));
          while (!pool.stats().pids().isEmpty()) {
            await(Timers.sleep(Duration.ofMillis(10)));
          }
          Files.delete(gate);
          Task<String> caller =
              Task.current()
                  .scheduler()
                  .submit(
                      "caller", () -> await(pool.apply(JobType.of(Jobs.Never.class), "waiting")));
          for (int i = 0; i < 5; i++) {
            await(Task.yield());
          }
          assertThat(pool.stats().queued()).isZero(); // it is with the worker, which starts a child
          assertThat(pool.stats().started()).isEqualTo(1);
          caller.cancel("not wanted any more");
          Files.createFile(gate);
          assertThat(
                  await(
                      pool.apply(JobType.of(Jobs.Square.class), 5).within(Duration.ofSeconds(50))))
              .isEqualTo(25);
          assertThat(pool.stats().started()).isEqualTo(2);
        });
  }

  @Test
  @Holds("O3")
  void aWorkerThatPrintsAHundredMegabytesIsNotHeldUp() {
    withPool(
        pool ->
            assertThat(await(pool.apply(JobType.of(Jobs.Print.class), 50))).isEqualTo("printed"));
  }

  @Test
  void aWorkerThatNeverAnswersIsKilledWhenItsCallerIsCancelledAndReplaced() {
    withPool(
        pool -> {
          for (String how : List.of("spinning", "waiting")) {
            long pid = await(pool.apply(JobType.of(Jobs.Pid.class), ""));
            Task<String> caller =
                Task.current()
                    .scheduler()
                    .submit("caller", () -> await(pool.apply(JobType.of(Jobs.Never.class), how)));
            await(Timers.sleep(Duration.ofMillis(50)));
            caller.cancel("enough");
            assertThatThrownBy(() -> await(caller.join()))
                .isInstanceOf(CancellationException.class);
            assertWorks(pool);
            Until.true_(
                "the child is gone",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
          }
        });
  }

  @Test
  void aCallThatIsCancelledBeforeItBeginsIsNeverDone() {
    withPool(
        pool -> {
          Scheduler scheduler = Task.current().scheduler();
          Task<Integer> first =
              scheduler.submit("first", () -> await(pool.apply(JobType.of(Jobs.Square.class), 2)));
          Task<String> second =
              scheduler.submit(
                  "second", () -> await(pool.apply(JobType.of(Jobs.Never.class), "waiting")));
          await(Task.yield());
          await(Task.yield());
          second.cancel("not wanted");
          assertThat(await(first.join())).isEqualTo(4);
          assertWorks(pool);
          assertThat(pool.stats().started()).isEqualTo(1);
          assertThat(second.exceptionNow()).isInstanceOf(Cancelled.class);
        });
  }

  @Test
  void anArgumentOrAResultOverTheLimitIsRefusedAndTheWorkerLivesOn() {
    withPool(
        ProcessOptions.DEFAULT.withMaxMessageBytes(10_000),
        pool -> {
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Same.class), new byte[10_000])))
              .isInstanceOf(CodecException.class)
              .hasMessage("the message would be longer than 10000 bytes");
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Bytes.class), 10_000)))
              .isInstanceOf(CodecException.class)
              .hasMessage("the message would be longer than 10000 bytes");
          assertThat(await(pool.apply(JobType.of(Jobs.Bytes.class), 9_900))).hasSize(9_900);
          assertThat(pool.stats().started()).isEqualTo(1);
        });
  }

  @Test
  void aFrameOverTheLimitEndsTheWorkerThatSentIt() {
    withPool(
        pool -> {
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.BoastOfLength.class), "")))
              .isInstanceOf(ProcessDiedException.class)
              .hasRootCauseInstanceOf(CodecException.class)
              .rootCause()
              .hasMessageStartingWith("a message of 2147483647 bytes; the limit is ");
          assertWorks(pool);
        });
  }

  @Test
  @Holds("O3")
  void aChildThatSaysWhatNoChildMaySayIsEndedAndThePoolGoesOn() {
    withPool(
        pool -> {
          for (String what :
              List.of(
                  "no message", "null", "a message for children", "the result of another job")) {
            assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Babble.class), what)))
                .as(what)
                .isInstanceOf(ProcessDiedException.class)
                .hasMessageContaining(
                    " said what no child may say while it ran dev.heddle.process.Jobs$Babble: ");
          }
          assertWorks(pool);
          assertThat(pool.stats().started()).isEqualTo(5);
        });
  }

  /** The second result arrives while the next job runs, or before. */
  @Test
  void aSecondResultOfAJobIsNotTakenForTheResultOfTheNextOne() {
    withPool(
        pool -> {
          String twice = "a result at a time when no job runs";
          assertThat(await(pool.apply(JobType.of(Jobs.Babble.class), twice))).isEqualTo("first");
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Echo.class), "mine")))
              .isInstanceOf(ProcessDiedException.class)
              .hasMessageContaining("said what no child may say while it ran ");
          assertWorks(pool);
        });
  }

  @Test
  void aClassOutsideOfTheAllowedSetIsRefusedWithItsNameAndThePathToIt() {
    withPool(
        pool -> {
          Object argument = Map.of("files", List.of("a", Optional.of(new File("b"))));
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Same.class), argument)))
              .isInstanceOf(CodecException.class)
              .hasMessageStartingWith(".value[0][1]: java.io.File cannot be sent; what can: ");
          assertThatThrownBy(
                  () -> await(pool.apply(JobType.of(Jobs.Same.class), new Drawings.Point(1, 2))))
              .isInstanceOf(CodecException.class)
              .hasMessageStartingWith(
                  "dev.heddle.process.codec.Drawings$Point is not among the classes that the"
                      + " declared type reaches");
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.GiveThread.class), "")))
              .isInstanceOf(CodecException.class)
              .hasMessageMatching("\\[1\\]: java.lang.\\w*Thread cannot be sent; .*");
          assertThat(pool.stats().started()).isEqualTo(1);
        });
  }

  @Test
  void aJvmThatDoesNotStartIsAnErrorThatSaysWhatItSaid() {
    withPool(
        ProcessOptions.DEFAULT.withJvmOptions("-XX:+NoSuchOption"),
        pool ->
            assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Square.class), 1)))
                .isInstanceOf(ProcessDiedException.class)
                .hasMessageContaining("did not start: exit code 1; its standard error ended with:")
                .hasMessageContaining("NoSuchOption"));
  }

  @Test
  void aChildThatTakesTooLongToStartIsKilled() {
    withPool(
        ProcessOptions.DEFAULT.withStartTimeout(Duration.ofMillis(1)),
        pool ->
            assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Square.class), 1)))
                .isInstanceOf(ProcessDiedException.class)
                .hasMessageContaining("did not start within PT0.001S: exit code 137 (signal 9)"));
  }

  @Test
  void closingThePoolFailsTheCallsThatItHas() {
    withPool(
        pool -> {
          Promise<String> never = await(pool.submit(JobType.of(Jobs.Never.class), "waiting"));
          Promise<Integer> queued = await(pool.submit(JobType.of(Jobs.Square.class), 1));
          await(Timers.sleep(Duration.ofMillis(50)));
          pool.close();
          for (Promise<?> promise : List.of(never, queued)) {
            assertThatThrownBy(() -> await(promise)).hasMessage("the process pool is closed");
          }
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Square.class), 1)))
              .hasMessage("the process pool is closed");
          await(pool.shutdown());
        });
  }

  @Test
  void shutdownLetsTheCallsThatAreThereBeDone() {
    withPool(
        pool -> {
          Promise<Integer> first = await(pool.submit(JobType.of(Jobs.Square.class), 1));
          Promise<Integer> second = await(pool.submit(JobType.of(Jobs.Square.class), 2));
          await(pool.shutdown());
          assertThat(await(first) + await(second)).isEqualTo(5);
          assertThatThrownBy(() -> await(pool.submit(JobType.of(Jobs.Square.class), 3)))
              .hasMessage("the process pool is closed");
        });
  }

  @Test
  void submittingWaitsWhileTooManyCallsAreQueued() {
    withPool(
        ProcessOptions.DEFAULT.withMaxQueued(2),
        pool -> {
          Promise<String> never = await(pool.submit(JobType.of(Jobs.Never.class), "waiting"));
          while (pool.stats().queued() > 0) {
            await(Timers.sleep(Duration.ofMillis(10)));
          }
          Promise<Integer> first = await(pool.submit(JobType.of(Jobs.Square.class), 1));
          Promise<Integer> second = await(pool.submit(JobType.of(Jobs.Square.class), 2));
          Task<Promise<Integer>> third =
              Task.current()
                  .scheduler()
                  .submit("third", () -> await(pool.submit(JobType.of(Jobs.Square.class), 3)));
          await(Task.yield());
          await(Task.yield());
          assertThat(third.waitingFor()).hasToString("room among 2 queued jobs");
          ProcessHandle.of(pool.stats().pids().getFirst()).orElseThrow().destroyForcibly();
          assertThatThrownBy(() -> await(never)).isInstanceOf(ProcessDiedException.class);
          assertThat(await(await(third.join())) + await(first) + await(second)).isEqualTo(14);
        });
  }

  @Test
  void theFirstFailureOfAMapIsTheFailureOfAll() {
    withPool(
        pool ->
            assertThatThrownBy(() -> await(pool.map(JobType.of(Jobs.Exit.class), List.of(3, 4, 5))))
                .isInstanceOf(ProcessDiedException.class)
                .hasMessageContaining("exit code 3"));
  }

  /** Its tasks have their first turn all the same, and are cancelled in it. */
  @Test
  void aSchedulerThatIsClosedBeforeItRunsStartsNoChild() {
    List<Throwable> failures = new ArrayList<>();
    List<ProcessHandle> children = ProcessHandle.current().children().toList();
    try (Scheduler scheduler =
        Scheduler.builder().failureReporter((_, failure) -> failures.add(failure)).build()) {
      ProcessPool pool = ProcessPool.open(scheduler, 2);
      assertThat(pool.stats().started()).isZero();
      JobProcess.start(scheduler, ProcessOptions.DEFAULT, JobType.of(Jobs.Never.class), "spinning");
    }
    assertThat(failures).isEmpty();
    assertThat(ProcessHandle.current().children())
        .allMatch(child -> children.contains(child) || !child.isAlive());
  }

  @Test
  void aSchedulerThatIsClosedLeavesNoChildBehind() {
    long[] pid = new long[1];
    try (Scheduler scheduler = Scheduler.create()) {
      ProcessPool pool = ProcessPool.open(scheduler, 1);
      scheduler.spawn("test", () -> pid[0] = await(pool.apply(JobType.of(Jobs.Pid.class), "")));
      scheduler.run();
    }
    Until.true_(
        "the child is gone",
        () -> ProcessHandle.of(pid[0]).filter(ProcessHandle::isAlive).isEmpty());
  }
}
