package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.process.codec.Drawings.Circle;
import dev.heddle.process.codec.Drawings.Colour;
import dev.heddle.process.codec.Drawings.Drawing;
import dev.heddle.process.codec.Drawings.Point;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pool does when all goes well. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ProcessPoolTest {
  @Parameter Kind kind;

  /** What a test does with a pool of two. */
  private interface Use {
    void run(Awaiter co, ProcessPool pool) throws Exception;
  }

  private void withPool(Use use) {
    try (Scheduler scheduler = kind.scheduler();
        ProcessPool pool = ProcessPool.open(scheduler, 2)) {
      Script script = co -> use.run(co, pool);
      kind.spawn(scheduler, "test", script);
      scheduler.run();
    }
  }

  /** One test for what needs no pool of its own: each starts two JVMs. */
  @Test
  void callsAreDoneByOtherProcessesAndDataArrivesAsItWas() {
    withPool(
        (co, pool) -> {
          assertThat(co.await(pool.apply(JobType.of(Jobs.Square.class), 12))).isEqualTo(144);
          long pid = co.await(pool.apply(JobType.of(Jobs.Pid.class), ""));
          assertThat(pid).isNotEqualTo(ProcessHandle.current().pid());

          Drawing drawing =
              new Drawing(
                  "two \ud83d\ude00",
                  List.of(new Circle(new Point(1, -2), 0.5)),
                  Map.of("origin", new Point(0, 0)),
                  Optional.of(Colour.GREEN),
                  new byte[] {0, 1, -1});
          assertThat(co.await(pool.apply(JobType.of(Jobs.SameDrawing.class), drawing)))
              .usingRecursiveComparison()
              .isEqualTo(drawing);

          assertThat(
                  co.await(
                      pool.map(JobType.of(Jobs.Square.class), List.of(1, 2, 3, 4, 5, 6, 7, 8, 9))))
              .containsExactly(1, 4, 9, 16, 25, 36, 49, 64, 81);
          assertThat(co.await(pool.map(JobType.of(Jobs.Square.class), List.of()))).isEmpty();

          Promise<Integer> first = co.await(pool.submit(JobType.of(Jobs.Square.class), 3));
          Promise<Integer> second = co.await(pool.submit(JobType.of(Jobs.Square.class), 4));
          assertThat(co.await(second)).isEqualTo(16);
          assertThat(co.await(first)).isEqualTo(9);

          assertThatThrownBy(() -> co.await(pool.apply(JobType.of(Jobs.Fail.class), "boom")))
              .isInstanceOf(JobFailedException.class)
              .hasMessageContaining("Jobs$Fail failed in process-")
              .hasMessageContaining("java.lang.IllegalStateException: boom")
              .cause()
              .hasToString("java.lang.IllegalStateException: boom")
              .hasStackTraceContaining("Jobs.java")
              .hasRootCauseMessage("the cause");
          assertThat(pool.stats().started()).isBetween(1, 2);
          co.await(pool.shutdown());
          assertThat(pool.stats().pids()).isEmpty();
        });
  }
}
