package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Golden;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of turns. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class RoundRobinTest {
  @Parameter Kind kind;

  private final List<String> trace = new ArrayList<>();

  // S1

  @Test
  @Holds("S1")
  void aPassRunsOnlyTheTasksThatWereReadyWhenItBegan() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "parent",
          co -> {
            kind.spawn(scheduler, "child", child -> trace.add("child, spawned in pass 1"));
            trace.add("parent in pass 1");
            co.await(Task.yield());
            trace.add("parent in pass 2");
          });
      kind.spawn(scheduler, "other", co -> trace.add("other in pass 1"));
      scheduler.run();
    }
    // The child is spawned behind `other`, and before the parent gives up its turn.
    assertThat(trace)
        .containsExactly(
            "parent in pass 1", "other in pass 1", "child, spawned in pass 1", "parent in pass 2");
  }

  @Test
  void aTaskThatSpawnsAndYieldsForEverDoesNotHoldUpTheOthers() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "spawner", co -> spawnOneMore(scheduler, 0));
      kind.spawn(
          scheduler,
          "steady",
          co -> {
            for (int i = 0; i < 5; i++) {
              trace.add("steady " + i);
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
    assertThat(trace).startsWith("child 0", "steady 0", "child 1", "steady 1", "child 2");
  }

  private void spawnOneMore(Scheduler scheduler, int n) throws Exception {
    trace.add("child " + n);
    if (n < 20) {
      kind.spawn(scheduler, "c", next -> spawnOneMore(scheduler, n + 1));
    }
  }

  // S2

  @Test
  @Holds("S2")
  void twoTasksThatYieldInTurnGiveABAB() {
    try (Scheduler scheduler = kind.scheduler()) {
      for (String name : List.of("A", "B")) {
        kind.spawn(
            scheduler,
            name,
            co -> {
              for (int i = 0; i < 4; i++) {
                trace.add(name);
                co.await(Task.yield());
              }
            });
      }
      scheduler.run();
    }
    assertThat(String.join(" ", trace)).isEqualTo("A B A B A B A B");
  }

  @Test
  @Holds("S2")
  void theCookbooksThreeTasksGiveTheGoldenOutputByteForByte() throws IOException {
    StringBuilder out = new StringBuilder();
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(scheduler, "down 10", co -> countdown(co, 10, out));
      kind.spawn(scheduler, "down 5", co -> countdown(co, 5, out));
      kind.spawn(
          scheduler,
          "up 15",
          co -> {
            for (int x = 0; x < 15; x++) {
              out.append("Counting up ").append(x).append('\n');
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
    assertThat(out.toString()).isEqualTo(Golden.read("round-robin-10-5-15.txt"));
  }

  private static void countdown(Awaiter co, int from, StringBuilder out) {
    for (int n = from; n > 0; n--) {
      out.append("T-minus ").append(n).append('\n');
      co.await(Task.yield());
    }
    out.append("Blastoff!\n");
  }

  @Test
  void tasksThatAreWokenTogetherRunInTheOrderOfTheirWakes() {
    try (Scheduler scheduler = kind.scheduler()) {
      List<Promise<String>> promises = List.of(new Promise<>(), new Promise<>(), new Promise<>());
      for (int i = 0; i < 3; i++) {
        int n = i;
        kind.spawn(scheduler, "waiter " + i, co -> trace.add(n + co.await(promises.get(n))));
      }
      kind.spawn(
          scheduler,
          "waker",
          co -> {
            for (int n : List.of(2, 0, 1)) {
              promises.get(n).complete("!");
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("2!", "0!", "1!");
  }

  // X4

  @Test
  @Holds("X4")
  void sleepOfZeroYieldsOnce() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "sleeper",
          co -> {
            trace.add("before");
            co.await(Timers.sleep(Duration.ZERO));
            trace.add("after");
          });
      kind.spawn(scheduler, "other", co -> trace.add("other"));
      scheduler.run();
    }
    assertThat(trace).containsExactly("before", "other", "after");
  }

  // S6

  @Test
  @Holds("S6")
  void anAlwaysReadyOperationKeepsTheTurnFor128CompletionsAndNotLonger() {
    Promise<String> done = new Promise<>();
    var _ = done.complete("done");
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "greedy",
          co -> {
            for (int i = 1; i <= 300; i++) {
              co.await(done);
              trace.add("greedy " + i);
            }
          });
      kind.spawn(
          scheduler,
          "other",
          co -> {
            for (int i = 0; i < 3; i++) {
              trace.add("other");
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
    // The 128th completion is the one that sends the task to the back.
    assertThat(trace.indexOf("other")).isEqualTo(127);
    assertThat(trace.subList(128, trace.size()).indexOf("other")).isEqualTo(128);
    assertThat(trace).contains("greedy 300");
  }

  @Test
  @Holds("S6")
  void theBuilderSetsTheBudget() {
    Promise<String> done = new Promise<>();
    var _ = done.complete("done");
    try (Scheduler scheduler = kind.builder().turnBudget(3).build()) {
      kind.spawn(
          scheduler,
          "greedy",
          co -> {
            for (int i = 1; i <= 5; i++) {
              co.await(done);
              trace.add("greedy " + i);
            }
          });
      kind.spawn(scheduler, "other", co -> trace.add("other"));
      scheduler.run();
    }
    assertThat(trace.indexOf("other")).isEqualTo(2);
    assertThatThrownBy(() -> kind.builder().turnBudget(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("turn budget 0: must be 1 or more");
  }

  @Test
  @Holds("S6")
  void afterATryPutOnABoundedQueueTheTakerHasATurn() {
    Promise<String> done = new Promise<>();
    var _ = done.complete("done");
    var queue = dev.heddle.sync.Queue.<Integer>fifo("narrow", 1);
    try (Scheduler scheduler = kind.scheduler()) {
      var giver =
          kind.spawn(
              scheduler,
              "giver",
              co -> {
                for (int i = 0; i < 40; i++) {
                  int item = i;
                  trace.add(String.valueOf(queue.tryPut(item)));
                  co.await(done);
                }
              });
      kind.spawn(
          scheduler,
          "taker",
          co -> {
            for (int i = 0; i < 40; i++) {
              co.await(queue.get());
            }
          });
      scheduler.run();
      assertThat(giver.isDone()).isTrue();
    }
    assertThat(trace).containsOnly("true").hasSize(40);
  }

  @Test
  void theBudgetIsFullAgainInTheNextTurn() {
    Promise<String> done = new Promise<>();
    var _ = done.complete("done");
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "modest",
          co -> {
            for (int turn = 0; turn < 4; turn++) {
              for (int i = 0; i < 100; i++) {
                co.await(done);
              }
              trace.add("turn " + turn);
              co.await(Task.yield());
            }
          });
      kind.spawn(
          scheduler,
          "other",
          co -> {
            for (int turn = 0; turn < 4; turn++) {
              trace.add("other " + turn);
              co.await(Task.yield());
            }
          });
      scheduler.run();
    }
    assertThat(trace)
        .containsExactly(
            "turn 0", "other 0", "turn 1", "other 1", "turn 2", "other 2", "turn 3", "other 3");
  }
}
