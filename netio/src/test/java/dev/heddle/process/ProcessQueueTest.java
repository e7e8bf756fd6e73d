package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Queues and pipes between processes (recipe R20). */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#eachOnce")
class ProcessQueueTest {
  @Parameter Kind kind;

  private final ProcessQueue<Integer> numbers = ProcessQueue.open("numbers", Integer.class, 3);
  private final ProcessOptions sharing = ProcessOptions.DEFAULT.sharing(numbers);

  private void run(Script script) {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "test", script);
      scheduler.run();
    }
  }

  @Test
  void aConsumerInAnotherProcessDoesWhatTheProducerJoins() {
    run(
        co -> {
          Scheduler scheduler = co.task().scheduler();
          JobProcess<Integer> consumer =
              JobProcess.start(scheduler, sharing, JobType.of(QueueJobs.Sum.class), "numbers");
          for (int i = 1; i <= 100; i++) {
            co.await(numbers.put(i));
          }
          co.await(numbers.join());
          numbers.shutdown();
          assertThat(co.await(consumer.join())).isEqualTo(5050);
        });
  }

  @Test
  void aSentinelEndsAllConsumersAndEachItemIsTakenOnce() {
    run(
        co -> {
          Scheduler scheduler = co.task().scheduler();
          List<JobProcess<List<Integer>>> consumers = new ArrayList<>();
          for (int i = 0; i < 2; i++) {
            consumers.add(
                JobProcess.start(
                    scheduler, sharing, JobType.of(QueueJobs.UntilSentinel.class), "numbers"));
          }
          JobProcess<Integer> producer =
              JobProcess.start(scheduler, sharing, JobType.of(QueueJobs.Produce.class), 50);
          assertThat(co.await(producer.join())).isEqualTo(50);
          co.await(numbers.put(0));
          List<Integer> taken = new ArrayList<>();
          for (JobProcess<List<Integer>> consumer : consumers) {
            List<Integer> part = co.await(consumer.join());
            assertThat(part).isSorted();
            taken.addAll(part);
          }
          assertThat(taken)
              .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 50).boxed().toList());
        });
  }

  @Test
  void aPipeCarriesMessagesBothWaysUntilItIsClosed() {
    run(
        co -> {
          Pipe<String> pipe = Pipe.open("talk", String.class);
          Channel<String> here = pipe.here();
          JobProcess<String> child =
              JobProcess.start(
                  co.task().scheduler(),
                  ProcessOptions.DEFAULT.sharing(pipe),
                  JobType.of(QueueJobs.EchoPipe.class),
                  "talk");
          for (String word : List.of("one", "two")) {
            co.await(here.send(word));
            assertThat(co.await(here.recv())).isEqualTo("echo " + word);
          }
          here.close();
          assertThat(co.await(child.join())).isEqualTo("done");
          for (int i = 0; i < 2; i++) { // asked again, the end comes again
            assertThatThrownBy(() -> co.await(here.recv())).isInstanceOf(EOFException.class);
          }
        });
  }

  @Test
  void aPollAtEitherEndOfAPipeTellsOfAMessageInTimeOrOfTheEnd() {
    run(
        co -> {
          Pipe<String> pipe = Pipe.open("talk", String.class);
          Channel<String> here = pipe.here();
          JobProcess<List<String>> child =
              JobProcess.start(
                  co.task().scheduler(),
                  ProcessOptions.DEFAULT.sharing(pipe),
                  JobType.of(QueueJobs.PollPipe.class),
                  "talk");
          assertThat(co.await(here.poll(Duration.ZERO))).isFalse();
          assertThat(co.await(here.poll(Duration.ofHours(1)))).isTrue();
          assertThat(co.await(here.recv())).isEqualTo("nothing yet");
          assertThat(co.await(here.poll(Duration.ofMillis(1)))).isFalse();
          co.await(here.send("word"));
          assertThat(co.await(here.poll(Duration.ofHours(1)))).isTrue();
          assertThat(co.await(here.recv())).isEqualTo("taken");
          here.close();
          assertThat(co.await(child.join()))
              .containsExactly("false", "false", "true", "true", "word", "true", "the end");
        });
  }

  @Test
  void theEndOfAPipeReachesAllWhoWaitAndACancelledReceiverIsForgotten() {
    run(
        co -> {
          Pipe<String> pipe = Pipe.open("talk", String.class);
          assertThatThrownBy(() -> co.await(pipe.here().recv().within(Duration.ZERO)))
              .isInstanceOf(TimeoutException.class);
          List<Task<String>> receivers = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            receivers.add(
                co.task().scheduler().submit("receiver", () -> Task.await(pipe.here().recv())));
          }
          co.await(Timers.sleep(Duration.ZERO));
          receivers.removeFirst().cancel("not wanted");
          Objects.requireNonNull(pipe.toParent).shutdown();
          for (Task<String> receiver : receivers) {
            assertThatThrownBy(() -> co.await(receiver.join())).isInstanceOf(EOFException.class);
          }
        });
  }

  /** Whoever waits in the parent for a child that is dead is told; the next child begins anew. */
  @Test
  void thePipeOfAKilledChildEndsForAllWhoWaitAtItUntilAnotherChildIsStarted() {
    run(
        co -> {
          Scheduler scheduler = co.task().scheduler();
          Pipe<String> pipe = Pipe.open("talk", String.class);
          Channel<String> here = pipe.here();
          JobProcess<String> child = start(co, pipe, QueueJobs.SayAndSleep.class);
          assertThat(co.await(here.recv())).isEqualTo("ready");
          Task<String> receiver = scheduler.submit("receiver", () -> Task.await(here.recv()));
          Task<Boolean> poller =
              scheduler.submit("poller", () -> Task.await(here.poll(Duration.ofHours(1))));
          for (int i = 0; i < Pipe.CAPACITY; i++) {
            co.await(here.send("never received"));
          }
          Task<Void> sender = scheduler.submit("sender", () -> Task.await(here.send("no room")));
          co.await(Timers.sleep(Duration.ZERO));
          assertThat(List.of(receiver.isDone(), poller.isDone(), sender.isDone()))
              .containsOnly(false);
          child.kill("enough");
          assertThatThrownBy(() -> co.await(receiver.join())).isInstanceOf(EOFException.class);
          assertThat(co.await(poller.join())).isTrue();
          assertThatThrownBy(() -> co.await(sender.join()))
              .isInstanceOf(QueueShutdownException.class);
          assertThatThrownBy(() -> co.await(here.recv())).isInstanceOf(EOFException.class);
          assertThatThrownBy(() -> co.await(here.send("too late")))
              .isInstanceOf(QueueShutdownException.class);

          JobProcess<String> next = start(co, pipe, QueueJobs.SayAndSleep.class);
          assertThat(co.await(here.recv())).isEqualTo("ready");
          next.terminate();
          assertThatThrownBy(() -> co.await(here.recv())).isInstanceOf(EOFException.class);
          assertThatThrownBy(() -> co.await(next.join())).isInstanceOf(ProcessDiedException.class);
        });
  }

  @Test
  void thePipeOfAChildThatDoesNotStartEnds() {
    run(
        co -> {
          Pipe<String> pipe = Pipe.openToParent("talk", String.class);
          JobProcess<String> child =
              JobProcess.start(
                  co.task().scheduler(),
                  ProcessOptions.DEFAULT.sharing(pipe).withJvmOptions("-XX:NoSuchOption"),
                  JobType.of(QueueJobs.SayAndSleep.class),
                  "talk");
          assertThatThrownBy(() -> co.await(pipe.here().recv())).isInstanceOf(EOFException.class);
          assertThatThrownBy(() -> co.await(child.join())).isInstanceOf(ProcessDiedException.class);

          Pipe<String> other = Pipe.open("talk", String.class);
          JobProcess<String> never = start(co, other, QueueJobs.SayAndSleep.class);
          never.kill("before it was started");
          assertThatThrownBy(() -> co.await(other.here().recv())).isInstanceOf(EOFException.class);
        });
  }

  /** Children of a pool: what the parent has not received yet stays, a closed end stays closed. */
  @Test
  void aPipeOfSeveralChildrenEndsWithTheLastAndTheNextOneBeginsItAnew() {
    run(
        co -> {
          Pipe<String> pipe = Pipe.open("talk", String.class);
          Channel<String> here = pipe.here();
          HostedQueue<String> up = Objects.requireNonNull(pipe.toParent);
          HostedQueue<String> down = Objects.requireNonNull(pipe.toChild);
          co.await(here.send("before the first"));
          begin(pipe);
          begin(pipe);
          co.await(up.put("one"));
          co.await(up.put("two"));
          end(pipe);
          co.await(here.send("to the one that is left"));
          end(pipe);
          assertThat(down.queue.size()).isZero();
          assertThat(co.await(here.recv())).isEqualTo("one");
          begin(pipe);
          assertThat(co.await(here.recv())).isEqualTo("two");
          assertThat(co.await(here.poll(Duration.ZERO))).isFalse();
          co.await(here.send("to the next"));
          assertThat(co.await(down.get())).isEqualTo("to the next");

          here.close();
          var _ = end(pipe);
          begin(pipe);
          assertThat(co.await(here.poll(Duration.ZERO))).isFalse();
          assertThatThrownBy(() -> co.await(here.send("after the close")))
              .isInstanceOf(QueueShutdownException.class);
        });
  }

  private static boolean begin(Pipe<?> pipe) {
    pipe.hosted().forEach(Hosted::starting);
    return true;
  }

  private static boolean end(Pipe<?> pipe) {
    Hosted.Party child = new Hosted.Party("a child");
    pipe.hosted().forEach(direction -> direction.ended(child));
    return true;
  }

  private static JobProcess<String> start(
      Awaiter co, Pipe<String> pipe, Class<? extends Job<String, String>> job) throws Exception {
    return JobProcess.start(
        co.task().scheduler(), ProcessOptions.DEFAULT.sharing(pipe), JobType.of(job), "talk");
  }

  @Test
  void aMessageOfMegabytesPassesAndOneAboveTheLimitAndNullAreRefusedAtTheSend() {
    run(
        co -> {
          Pipe<String> pipe = Pipe.open("talk", String.class);
          ProcessOptions options =
              ProcessOptions.DEFAULT.sharing(pipe).withMaxMessageBytes(3 << 20);
          JobProcess<String> child =
              JobProcess.start(
                  co.task().scheduler(), options, JobType.of(QueueJobs.EchoPipe.class), "talk");
          String word = "x".repeat(2 << 20);
          assertThatThrownBy(() -> co.await(pipe.here().send(word + word)))
              .isInstanceOf(CodecException.class)
              .hasMessage("the message would be longer than 3145728 bytes");
          co.await(pipe.here().send(word));
          assertThat(co.await(pipe.here().recv())).isEqualTo("echo " + word);
          assertThatThrownBy(() -> co.await(pipe.here().send(null)))
              .isInstanceOf(CodecException.class)
              .hasMessage("null cannot be sent");
          pipe.here().close();
          assertThat(co.await(child.join())).isEqualTo("done");
        });
  }

  /** S5 across processes. */
  @Test
  void aTaskOfAChildThatIsCancelledWhileItWaitsHasTakenNothing() {
    run(
        co -> {
          ProcessQueue<String> items = ProcessQueue.open("items", String.class, 0);
          ProcessQueue<String> control = ProcessQueue.open("control", String.class, 0);
          JobProcess<String> child =
              JobProcess.start(
                  co.task().scheduler(),
                  ProcessOptions.DEFAULT.sharing(items, control),
                  JobType.of(QueueJobs.CancelledGet.class),
                  "items");
          assertThat(co.await(control.get())).isEqualTo("cancelled");
          co.await(items.put("the only one"));
          assertThat(co.await(child.join())).isEqualTo("the only one, not CANCELLED");
        });
  }

  @Test
  void whatIsNoOperationOnThatQueueIsRefusedWhereItWasAsked() {
    run(
        co -> {
          JobProcess<List<String>> child =
              JobProcess.start(
                  co.task().scheduler(), sharing, JobType.of(QueueJobs.Misuse.class), "");
          assertThat(co.await(child.join()))
              .satisfiesExactly(
                  e ->
                      assertThat(e)
                          .isEqualTo(
                              "IllegalStateException: taskDone of queue 'numbers' called more often"
                                  + " than items were put"),
                  e ->
                      assertThat(e)
                          .isEqualTo(
                              "IllegalStateException: no queue 'nowhere' is shared with this"
                                  + " process, only [queue 'numbers']"),
                  e ->
                      assertThat(e)
                          .isEqualTo(
                              "CodecException: a java.lang.String arrived, not a"
                                  + " java.lang.Integer"),
                  e -> assertThat(e).startsWith("CodecException: java.lang.Thread cannot be sent"));
        });
  }

  @Test
  void aKilledChildWaitsForNothingAnyMore() {
    run(
        co -> {
          JobProcess<String> child =
              JobProcess.start(
                  co.task().scheduler(),
                  sharing,
                  JobType.of(QueueJobs.TakeAndWait.class),
                  "numbers");
          co.await(numbers.put(1));
          co.await(numbers.put(2)); // 1 and 2 are both put only for one that takes both
          assertThat(co.await(child.join())).isEqualTo("2");

          JobProcess<String> waiting =
              JobProcess.start(
                  co.task().scheduler(),
                  sharing,
                  JobType.of(QueueJobs.TakeAndWait.class),
                  "numbers");
          co.await(numbers.put(3));
          while (((HostedQueue<Integer>) numbers).queue.size() > 0) {
            co.await(Timers.sleep(Duration.ofMillis(5)));
          }
          waiting.kill("enough");
          assertThatThrownBy(() -> co.await(waiting.join()))
              .isInstanceOf(CancellationException.class);
          co.await(numbers.put(4));
          assertThat(co.await(numbers.get())).isEqualTo(4);
        });
  }

  @Test
  void whatCannotBeSentIsRefusedInTheParentToo() {
    run(
        co -> {
          ProcessQueue<Object> any = ProcessQueue.open("any", Object.class, 0);
          assertThatThrownBy(() -> co.await(any.put(List.of(new Thread()))))
              .isInstanceOf(CodecException.class)
              .hasMessageStartingWith("[0]: java.lang.Thread cannot be sent");
        });
  }

  @Test
  void twoQueuesOfOneNameCannotBeSharedAndOutsideOfAChildThereIsNoParent() {
    ProcessQueue<String> other = ProcessQueue.open("numbers", String.class, 0);
    assertThatThrownBy(() -> ProcessOptions.DEFAULT.sharing(numbers, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("two shared things of one name");
    assertThatThrownBy(() -> Parent.queue("numbers", Integer.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("this process has no parent");
  }
}
