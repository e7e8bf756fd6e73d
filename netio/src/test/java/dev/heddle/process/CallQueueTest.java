package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The invariants of {@link CallQueue}, in the words of its class comment. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class CallQueueTest {
  @Parameter Kind kind;

  private final CallQueue queue = new CallQueue(1);

  private void run(Script script) {
    try (var scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "test", script);
      scheduler.run();
    }
  }

  /** Nobody is told of its end; it is wanted until it is abandoned. */
  private static Call<Integer> call(int argument) {
    return new Call<>(
        JobType.of(Jobs.Square.class),
        argument,
        new Call.Caller<>() {
          @Override
          public void done(Integer result) {}

          @Override
          public void failed(Throwable failure) {}
        });
  }

  private static void settle(Awaiter co) {
    for (int i = 0; i < 3; i++) {
      co.await(Task.yield());
    }
  }

  private Task<Call<?>> taker(Awaiter co) throws Exception {
    Task<Call<?>> taker =
        kind.submit(co.task().scheduler(), "taker", turn -> turn.await(queue.take()));
    settle(co);
    return taker;
  }

  private Task<Promise<Integer>> submitter(Awaiter co, Call<Integer> call) throws Exception {
    Promise<Integer> result = new Promise<>();
    Task<Promise<Integer>> submitter =
        kind.submit(
            co.task().scheduler(), "submitter", turn -> turn.await(queue.submit(call, result)));
    settle(co);
    return submitter;
  }

  @Test
  void workersWaitOnlyWhileThereIsNoCall() {
    run(
        co -> {
          Task<Call<?>> first = taker(co);
          Task<Call<?>> second = taker(co);
          Task<Call<?>> third = taker(co);
          second.cancel("not any more");
          Call<?> one = call(1);
          Call<?> two = call(2);
          Call<?> three = call(3);
          queue.add(one);
          queue.add(two);
          queue.add(three);
          assertThat(queue.size()).isEqualTo(1);
          assertThat(co.await(first.join())).isSameAs(one);
          assertThat(co.await(third.join())).isSameAs(two);
          assertThat(co.await(queue.take())).isSameAs(three);
        });
  }

  @Test
  void submittersWaitOnlyWhileThereIsNoRoom() {
    run(
        co -> {
          Call<Integer> one = call(1);
          Call<Integer> three = call(3);
          assertThat(submitter(co, one).isDone()).isTrue();
          Task<?> second = submitter(co, call(2));
          Task<?> third = submitter(co, three);
          assertThat(third.waitingFor()).hasToString("room among 1 queued jobs");
          second.cancel("not any more");
          assertThat(co.await(queue.take())).isSameAs(one);
          settle(co);
          assertThat(third.isDone()).isTrue();
          assertThat(queue.size()).isEqualTo(1);
          assertThat(co.await(queue.take())).isSameAs(three);
        });
  }

  @Test
  void aCallThatNobodyWantsIsPassedOverAndLeavesRoom() {
    run(
        co -> {
          Call<Integer> one = call(1);
          Call<Integer> two = call(2);
          submitter(co, one);
          Task<?> second = submitter(co, two);
          one.abandon();
          Task<Call<?>> taker = taker(co);
          settle(co);
          assertThat(second.isDone()).isTrue();
          assertThat(co.await(taker.join())).isSameAs(two);
        });
  }

  @Test
  void nobodyWaitsAfterTheClose() {
    run(
        co -> {
          Call<Integer> one = call(1);
          submitter(co, one);
          Task<?> second = submitter(co, call(2));
          queue.close();
          assertThatThrownBy(() -> co.await(second.join()))
              .isInstanceOf(ProcessPoolClosedException.class);
          assertThat(co.await(queue.take())).isSameAs(one);
          assertThatThrownBy(() -> co.await(queue.take()))
              .isInstanceOf(ProcessPoolClosedException.class);
          assertThatThrownBy(() -> queue.add(one)).isInstanceOf(ProcessPoolClosedException.class);
        });
  }
}
