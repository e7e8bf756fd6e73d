package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Fields;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the classes of the processes call an invariant, quoted from there, and broken. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#eachOnce")
class ProcessInvariantsTest {
  @Parameter Kind kind;

  private void run(Script script) {
    try (var scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "test", script);
      scheduler.run();
    }
  }

  /** HostedLock: "Its holder has the latest grant. Only a lock that nobody holds is abandoned." */
  @Test
  void theHolderHasTheLatestGrant() {
    HostedLock lock = new HostedLock("lock");
    run(
        co -> {
          try (var hold = co.await(lock.acquire())) {
            Fields.set(lock, "grants", 7L);
            assertThatThrownBy(() -> co.await(lock.acquire()))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("lock 'lock' held by task 'test'");
            Fields.set(lock, "grants", 1L);
            Fields.set(lock, "abandoned", true);
            assertThatThrownBy(() -> co.await(lock.acquire())).isInstanceOf(AssertionError.class);
            Fields.set(lock, "abandoned", false);
          }
        });
  }

  /** HostedSemaphore: "A child is known here only while it has taken a permit". */
  @Test
  void aChildIsKnownOnlyWhileItHasTakenAPermit() {
    HostedSemaphore semaphore = new HostedSemaphore("semaphore", 3, false);
    Map<Hosted.Party, Integer> taken = Fields.get(semaphore, "taken");
    run(
        co -> {
          Hosted.Party child = new Hosted.Party("child");
          byte[] _ = semaphore.perform(co, child, Message.Operation.ACQUIRE, null);
          assertThat(taken).containsEntry(child, 1);
          byte[] _ = semaphore.perform(co, child, Message.Operation.RELEASE, null);
          assertThat(taken).isEmpty();
          child.ended = true; // and a task that waited in its place is given a permit now
          byte[] _ = semaphore.perform(co, child, Message.Operation.ACQUIRE, null);
          assertThat(taken).isEmpty();
          taken.put(child, 0);
          assertThatThrownBy(() -> semaphore.perform(co, child, Message.Operation.ACQUIRE, null))
              .isInstanceOf(AssertionError.class);
        });
  }

  /** Polls: "Nobody waits while there is something to receive." */
  @Test
  void nobodyPollsWhileThereIsSomethingToReceive() {
    boolean[] has = {false};
    Polls[] polls = {null};
    polls[0] =
        new Polls(
            new Polls.Source() {
              @Override
              public boolean hasSome() {
                return has[0];
              }

              @Override
              public void wanted(Scheduler scheduler) {
                has[0] = true;
                polls[0].answer();
              }
            });
    run(
        co ->
            assertThatThrownBy(() -> co.await(polls[0].event(Duration.ZERO)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("was answered before it has begun"));
    assertThat(polls[0].isEmpty()).isTrue();
  }

  /** HostedQueue: "tasks wait for recv only while the queue is empty and not shut down". */
  @Test
  void tasksWaitForRecvOnlyWhileTheQueueIsEmpty() {
    HostedQueue<String> queue =
        new HostedQueue<>("queue", String.class, 2, HostedQueue.Use.PIPE_TO_PARENT);
    run(
        co -> {
          Task<String> receives =
              kind.submit(co.task().scheduler(), "receives", c -> c.await(queue.recv()));
          co.await(Task.yield());
          queue.starting();
          assertThat(queue.queue.tryPut("item")).isTrue();
          Task<String> next =
              kind.submit(co.task().scheduler(), "receives next", c -> c.await(queue.recv()));
          co.await(Task.yield());
          assertThat(co.await(receives.join())).isEqualTo("item"); // who came first
          queue.shutdown();
          assertThatThrownBy(() -> co.await(next.join())).hasMessageContaining("has ended");
          Fields.set(queue, "closed", false);
          queue.starting(); // as nobody has ended the sending
          assertThat(queue.queue.isShutdown()).isFalse();
          Fields.set(queue, "closed", true);
          assertThatThrownBy(queue::starting)
              .isInstanceOf(AssertionError.class)
              .hasMessageEndingWith("is shut down for a child that begins");
        });
  }

  /** Call: "A call that is over does not begin." */
  @Test
  void aCallThatIsOverDoesNotBegin() {
    Call<Integer> call =
        new Call<>(
            JobType.of(Jobs.Square.class),
            2,
            new Call.Caller<>() {
              @Override
              public void done(Integer result) {}

              @Override
              public void failed(Throwable failure) {}
            });
    call.abandon();
    assertThatThrownBy(() -> call.runIn(null))
        .isInstanceOf(AssertionError.class)
        .hasMessageEndingWith("is over before it begins");
  }
}
