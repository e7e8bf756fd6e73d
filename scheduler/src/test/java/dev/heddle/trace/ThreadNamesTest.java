package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.scheduler.view.KernelView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The loop's thread has the name of the task that has the turn, if that was asked for. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ThreadNamesTest {
  @Parameter Kind kind;

  @Test
  void theThreadHasTheNameOfTheTaskInItsTurnsAndItsOwnAfterIt() {
    List<String> seen = new ArrayList<>();
    Thread loop = Thread.currentThread();
    String own = loop.getName();
    try (Scheduler scheduler = kind.scheduler()) {
      ThreadNames names = new ThreadNames();
      boolean _ = scheduler.runInside(() -> KernelView.get().watch(scheduler, names));
      for (String name : List.of("a", "b")) {
        if (kind.style() == Kind.Style.STEP) {
          scheduler.spawn(name, new TwoSteps(name, seen)); // a script has a thread of its own
        } else {
          kind.spawn(
              scheduler,
              name,
              co -> {
                seen.add(name + " in " + Thread.currentThread().getName());
                co.await(Task.yield());
                seen.add(name + " in " + Thread.currentThread().getName());
              });
        }
      }
      scheduler.run();
    }
    assertThat(seen).containsExactly("a in a", "b in b", "a in a", "b in b");
    assertThat(loop.getName()).isEqualTo(own);
  }

  /** Notes the name of its thread in each of two turns. */
  private static final class TwoSteps extends Step<Void> {
    private final String name;
    private final List<String> seen;
    private boolean second;

    TwoSteps(String name, List<String> seen) {
      this.name = name;
      this.seen = seen;
    }

    @Override
    protected YieldEvent<?, ?> step(Object sent) {
      seen.add(name + " in " + Thread.currentThread().getName());
      boolean ends = second;
      second = true;
      return ends ? null : Task.yield();
    }
  }

  /** Prints the names that its threads have. */
  static final class Names {
    private Names() {}

    /** Runs one scheduler twice. */
    static void main() {
      try (Scheduler scheduler = Scheduler.create()) {
        for (int run = 1; run <= 2; run++) {
          scheduler.spawn(
              "run " + run,
              co -> {
                System.out.println("turn: " + Thread.currentThread().getName());
                co.await(Task.yield());
                System.out.println("turn: " + Thread.currentThread().getName());
              });
          scheduler.run();
          System.out.println("after: " + Thread.currentThread().getName());
        }
      }
    }
  }

  @Test
  void thePropertyAsksForItAndNothingElseDoes() throws Exception {
    if (kind.style() != Kind.Style.THREAD) {
      return; // the program is the same
    }
    assertThat(ForkedJvm.run(Names.class, "-Dheddle.threadNames=true").output().lines())
        .filteredOn(line -> line.matches("(turn|after): .*"))
        .containsExactly(
            "turn: run 1",
            "turn: run 1",
            "after: main",
            "turn: run 2",
            "turn: run 2",
            "after: main");
    assertThat(ForkedJvm.run(Names.class).output()).doesNotContain("turn: run");
  }
}
