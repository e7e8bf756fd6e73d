package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Location;
import com.sun.jdi.StackFrame;
import com.sun.jdi.event.BreakpointEvent;
import dev.heddle.coroutine.Generator;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A debugger's line breakpoint in a body. */
final class BreakpointTest {
  private static final String OUTER = Debuggee.class.getName();

  /** A debugger starts the JVM, and bodies are woven nevertheless. */
  private static final String WOVEN = "-Dheddle.weave=true";

  static final class Debuggee {
    static int here() {
      return new Throwable().getStackTrace()[1].getLineNumber();
    }

    static int lineInGenerator() {
      return here() + 7;
    }

    private static Generator<Integer> squares() {
      return Generator.of(
          y -> {
            for (int i = 1; i < 4; i++) {
              y.yield(i * i); // the generator's line
            }
          });
    }

    static int lineInTask() {
      return here() + 13;
    }

    public static void main(String[] args) {
      int sum = 0;
      for (int square : squares()) {
        sum += square;
      }
      try (Scheduler scheduler = Scheduler.create()) {
        int start = sum;
        scheduler.spawn(
            co -> {
              for (int i = start; i < start + 2; i++) {
                co.await(Task.yield()); // the task's line
              }
            });
        scheduler.run();
      }
      System.out.println("through " + sum);
    }
  }

  /** Runs the debuggee with a breakpoint on the line in the classes of these names. */
  private static List<String> hits(int line, List<String> names, String... options)
      throws Exception {
    List<String> hits = new ArrayList<>();
    Debugger.Stop stop =
        (_, event) -> {
          if (event instanceof BreakpointEvent hit) {
            hits.add(describe(hit.thread().frame(0)));
          }
        };
    String output = Debugger.run(Debuggee.class, names, at -> at == line, stop, options);
    assertThat(output).contains("through 14");
    return hits;
  }

  private static String describe(StackFrame frame) throws Exception {
    Location at = frame.location();
    String type = at.declaringType().name().substring(OUTER.length()).replaceAll("\\$lambda.*", "");
    return at.sourceName()
        + ":"
        + at.lineNumber()
        + type
        + " i = "
        + frame.getValue(frame.visibleVariableByName("i"));
  }

  /** What Eclipse and Visual Studio Code ask for: the class, and all whose name it begins. */
  private static List<String> classAndNested() {
    return List.of(OUTER, OUTER + "$*");
  }

  @Test
  void aBreakpointOnTheClassAndItsNestedOnesIsHitInAWovenGenerator() throws Exception {
    String at = "BreakpointTest.java:" + Debuggee.lineInGenerator() + "$$Woven i = ";
    assertThat(hits(Debuggee.lineInGenerator(), classAndNested(), WOVEN))
        .containsExactly(at + 1, at + 2, at + 3);
  }

  @Test
  void aBreakpointOnTheClassAndItsNestedOnesIsHitInAWovenTask() throws Exception {
    String at = "BreakpointTest.java:" + Debuggee.lineInTask() + "$$Woven i = ";
    assertThat(hits(Debuggee.lineInTask(), classAndNested(), WOVEN))
        .containsExactly(at + 14, at + 15);
  }

  /** What jdb asks for, and IntelliJ IDEA for a line in a class that has a name. */
  @Test
  void aBreakpointOnTheClassAloneIsNotHitInAWovenBody() throws Exception {
    assertThat(hits(Debuggee.lineInGenerator(), List.of(OUTER), WOVEN)).isEmpty();
  }

  @Test
  void aBreakpointOnTheClassAloneIsHitInAJvmThatADebuggerStarts() throws Exception {
    String at = "BreakpointTest.java:" + Debuggee.lineInGenerator() + " i = ";
    assertThat(hits(Debuggee.lineInGenerator(), List.of(OUTER)))
        .containsExactly(at + 1, at + 2, at + 3);
    String atTask = "BreakpointTest.java:" + Debuggee.lineInTask() + " i = ";
    assertThat(hits(Debuggee.lineInTask(), List.of(OUTER)))
        .containsExactly(atTask + 14, atTask + 15);
  }
}
