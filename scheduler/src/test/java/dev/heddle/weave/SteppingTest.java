package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Location;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.StepEvent;
import com.sun.jdi.request.StepRequest;
import dev.heddle.coroutine.Generator;
import dev.heddle.coroutine.Yielder;
import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Steps over a wait. A debugger starts the JVM, puts a breakpoint on the first line of a body, and
 * steps over line by line, as {@code next} of jdb does.
 */
final class SteppingTest {
  private static final String OUTER = SteppingTest.class.getName();

  static final class Debuggee {
    static int here() {
      return new Throwable().getStackTrace()[1].getLineNumber();
    }

    static int generator() {
      return here() + 6;
    }

    static Generator<Integer> numbers() {
      return Generator.of(
          y -> {
            int first = 1;
            y.yield(first);
            y.yield(first + 1);
            pair(y);
            System.out.println("end");
          });
    }

    static int helper() {
      return here() + 4;
    }

    static void pair(Yielder<Integer, Void> y) {
      int third = 3;
      y.yield(third);
      y.yield(third + 1);
    }

    static int task() {
      return here() + 8;
    }

    static void tasks() {
      try (Scheduler scheduler = Scheduler.create()) {
        scheduler.spawn(() -> System.out.println("another"));
        scheduler.spawn(
            co -> {
              int turns = 1;
              co.await(Task.yield());
              turns++;
              rest(co);
              System.out.println(turns);
            });
        scheduler.run();
      }
    }

    static int helperOfTask() {
      return here() + 4;
    }

    static void rest(Awaiter co) {
      int rests = 2;
      co.await(Task.yield());
      co.await(Task.yield());
      System.out.println(rests);
    }

    public static void main(String[] args) {
      for (int number : numbers()) {
        System.out.println(number);
      }
      tasks();
      System.out.println("through");
    }
  }

  /** Prints the class that the user's code of a body runs in. */
  static final class Where {
    static void print() {
      System.out.println(
          StackWalker.getInstance().walk(s -> s.skip(1).findFirst()).orElseThrow().getClassName());
    }

    public static void main(String[] args) {
      Generator<Integer> one =
          Generator.of(
              y -> {
                print();
                y.yield(1);
              });
      for (int number : one) {
        System.out.println(number);
      }
      try (Scheduler scheduler = Scheduler.create()) {
        scheduler.spawn(
            co -> {
              print();
              co.await(Task.yield());
            });
        scheduler.run();
      }
    }
  }

  /** The lines that four steps from {@code line} lead to, relative to the line. */
  private static List<Integer> steps(int line, String... options) throws Exception {
    List<Integer> lines = new ArrayList<>();
    Debugger.Stop stop =
        (vm, event) -> {
          if (event instanceof BreakpointEvent hit) {
            StepRequest request =
                vm.eventRequestManager()
                    .createStepRequest(hit.thread(), StepRequest.STEP_LINE, StepRequest.STEP_OVER);
            // jdb's list; that of IntelliJ IDEA begins with the same packages
            List.of("java.*", "javax.*", "sun.*", "com.sun.*", "jdk.*")
                .forEach(request::addClassExclusionFilter);
            request.enable();
          } else if (event instanceof StepEvent step) {
            Location at = step.location();
            lines.add(at.sourceName().equals("SteppingTest.java") ? at.lineNumber() - line : -1);
            if (lines.size() == 4) {
              step.request().disable();
            }
          }
        };
    String output =
        Debugger.run(Debuggee.class, List.of(OUTER + "*"), l -> l == line, stop, options);
    assertThat(output).contains("through");
    return lines;
  }

  @Test
  void aStepOverAYieldLeadsToTheNextLineOfTheBody() throws Exception {
    assertThat(steps(Debuggee.generator())).containsExactly(1, 2, 3, 4);
  }

  @Test
  void aStepOverAYieldLeadsToTheNextLineOfAMethodThatTakesTheYielder() throws Exception {
    assertThat(steps(Debuggee.helper())).startsWith(1, 2, 3);
  }

  @Test
  void aStepOverAnAwaitLeadsToTheNextLineOfTheBody() throws Exception {
    assertThat(steps(Debuggee.task())).containsExactly(1, 2, 3, 4);
  }

  @Test
  void aStepOverAnAwaitLeadsToTheNextLineOfAMethodThatTakesTheAwaiter() throws Exception {
    assertThat(steps(Debuggee.helperOfTask())).startsWith(1, 2, 3, 4);
  }

  @Test
  void anAgentThatOnlyListensLeavesBodiesWoven() throws Exception {
    String listening = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";
    assertThat(ForkedJvm.run(Where.class, listening).output().lines())
        .filteredOn(line -> line.startsWith(OUTER))
        .hasSize(2)
        .allMatch(name -> name.startsWith(Where.class.getName() + "$$Woven"));
  }
}
