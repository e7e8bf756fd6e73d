package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** R15: jobs and their results. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class WorkerTest {
  @Parameter Kind kind;

  @Test
  void jobsAreDoneOneAfterTheOtherAndEachHasItsResult() {
    try (Troupe troupe = new Troupe(kind)) {
      Worker worker = new Worker(troupe.scheduler, "worker");
      troupe.task(
          "boss",
          me -> {
            Promise<Integer> five = me.gets(() -> worker.submit(() -> slowly(troupe, 2 + 3)));
            Promise<Integer> six = me.gets(() -> worker.submit(() -> slowly(troupe, 2 * 3)));
            me.does(worker::close);
            me.say(me.await(six));
            me.say(me.await(five));
            me.await(worker.join());
          });
      assertThat(troupe.run())
          .containsExactly(
              "job: begins 5", "job: ends 5", "job: begins 6", "job: ends 6", "boss: 6", "boss: 5");
    }
  }

  private static int slowly(Troupe troupe, int result) {
    troupe.said.add("job: begins " + result);
    Task.await(Task.yield());
    Task.await(Task.yield());
    troupe.said.add("job: ends " + result);
    return result;
  }

  @Test
  void aJobThatFailsFailsItsPromiseAndStopsNobody() {
    try (Troupe troupe = new Troupe(kind)) {
      Worker worker = new Worker(troupe.scheduler, "worker");
      troupe.task(
          "boss",
          me -> {
            for (Throwable boom : List.of(new IOException("boom"), new StackOverflowError())) {
              Promise<Object> bad = me.gets(() -> worker.submit(() -> fail(boom)));
              assertThatThrownBy(() -> me.await(bad)).isSameAs(boom);
            }
            Promise<String> good = me.gets(() -> worker.submit(() -> "good"));
            me.say(me.await(good));
            me.does(worker::close);
            assertThatThrownBy(() -> me.gets(() -> worker.submit(() -> "late")))
                .isInstanceOf(ReceiverClosedException.class);
          });
      assertThat(troupe.run()).containsExactly("boss: good");
    }
  }

  private static Object fail(Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }

  @Test
  void whenTheWorkerIsCancelledAllJobsThatAreNotDoneFail() {
    try (Troupe troupe = new Troupe(kind)) {
      Worker worker = new Worker(troupe.scheduler, "worker");
      troupe.task(
          "boss",
          me -> {
            Promise<Integer> begun = me.gets(() -> worker.submit(() -> slowly(troupe, 1)));
            Promise<Integer> waiting = me.gets(() -> worker.submit(() -> slowly(troupe, 2)));
            me.yields(1);
            Task<?> task =
                me.gets(
                    () ->
                        troupe.scheduler.tasks().stream()
                            .filter(t -> t.name().equals("worker"))
                            .findFirst()
                            .orElseThrow());
            me.does(() -> task.cancel("enough"));
            for (Promise<Integer> promise : List.of(begun, waiting)) {
              assertThatThrownBy(() -> me.await(promise))
                  .isInstanceOf(ReceiverClosedException.class)
                  .hasMessageContaining("ended before the job was done");
            }
          });
      assertThat(troupe.run()).containsExactly("job: begins 1");
    }
  }
}
