package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.LocalVariable;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.StackFrame;
import com.sun.jdi.StringReference;
import com.sun.jdi.Value;
import com.sun.jdi.event.BreakpointEvent;
import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The variables that a debugger shows in a woven body. A debugger asks for all visible variables at
 * once, as {@code locals} of jdb does, and shows none if the JVM refuses one of them.
 */
final class LocalsTest {
  static final class Debuggee {
    static int here() {
      return new Throwable().getStackTrace()[1].getLineNumber();
    }

    static int firstLine() {
      return here() + 5;
    }

    static Coroutine<Object, Object, Object> body(int cap) {
      return Coroutine.of(
          y -> {
            String word = "word";
            long deadLong = 5L;
            String live = "live";
            int count = cap;
            Object later;
            y.yield(word.length() + deadLong);
            count++;
            later = y.yield("two");
            for (String item : List.of("a", "b")) {
              y.yield(item + live);
              word = item;
            }
            System.out.println(count + live + later);
            try {
              double half = y.yield(word) == null ? 0.5 : 1;
              y.yield(half > 0 ? "three" : "four");
              throw new IllegalStateException("caught");
            } catch (IllegalStateException e) {
              System.out.println("through " + e.getMessage());
            } finally {
              y.yield(null);
              count--;
            }
            return count;
          });
    }

    static int lastLine() {
      return here() - 5;
    }

    static Generator<Integer> conditional(int n) {
      return Generator.of(
          y -> {
            String sometimes = "sometimes";
            for (int i = 0; i < n; i++) {
              if (i % 2 == 0) {
                y.yield(i);
              } else {
                sometimes = "set again";
              }
              int next = i + 1;
              if (next == n) {
                sometimes = "at last";
                y.yield(sometimes.length());
              }
            }
          });
    }

    static int endOfConditional() {
      return here() - 4;
    }

    public static void main(String[] args) {
      Coroutine<Object, Object, Object> coroutine = body(7);
      while (coroutine.next()) {
        coroutine.yielded();
      }
      for (int item : conditional(4)) {
        System.out.println(item);
      }
    }
  }

  /** The visible variables, by the line and the time of the visit. */
  private static Map<String, Map<String, String>> locals(String... options) throws Exception {
    Map<String, Map<String, String>> seen = new TreeMap<>();
    List<Integer> visits = new ArrayList<>();
    String outer = LocalsTest.class.getName();
    Debugger.Stop stop =
        (_, event) -> {
          if (event instanceof BreakpointEvent hit) {
            StackFrame frame = hit.thread().frame(0);
            int line = frame.location().lineNumber();
            visits.add(line);
            long visit = visits.stream().filter(l -> l == line).count();
            seen.put(line - Debuggee.firstLine() + "#" + visit, variables(frame));
          }
        };
    int end = Debuggee.endOfConditional();
    String output =
        Debugger.run(
            Debuggee.class,
            List.of(outer, outer + "$*"),
            line -> line >= Debuggee.firstLine() && line <= end && line != Debuggee.lastLine(),
            stop,
            options);
    assertThat(output).contains("through caught");
    return seen;
  }

  private static Map<String, String> variables(StackFrame frame) throws Exception {
    Map<String, String> values = new TreeMap<>();
    List<LocalVariable> variables = frame.visibleVariables();
    Map<LocalVariable, Value> all = frame.getValues(variables);
    for (LocalVariable variable : variables) {
      values.put(variable.name(), text(all.get(variable)));
    }
    return values;
  }

  private static String text(Value value) {
    return switch (value) {
      case StringReference string -> string.value();
      case ObjectReference object -> object.referenceType().name();
      case null, default -> String.valueOf(value);
    };
  }

  @Test
  void aDebuggerReadsAllVisibleVariablesOfAWovenBody() throws Exception {
    Map<String, Map<String, String>> woven = locals("-Dheddle.weave=true");
    assertThat(woven.get("6#1"))
        .containsEntry("word", "word")
        .containsEntry("deadLong", "5")
        .containsEntry("live", "live")
        .containsEntry("count", "7");
    assertThat(woven.get("7#1").keySet())
        .contains("word", "live", "count")
        .doesNotContain("deadLong", "later");
  }

  @Test
  void theVariablesOfAWovenBodyHaveTheValuesThatTheyHaveOnAStack() throws Exception {
    Map<String, Map<String, String>> woven = locals("-Dheddle.weave=true");
    Map<String, Map<String, String>> onStack = locals("-Dheddle.weave=false");
    assertThat(woven.keySet()).isEqualTo(onStack.keySet());
    woven.forEach(
        (visit, variables) -> {
          variables.remove("y"); // a body that only yields has no Yielder when it is woven
          assertThat(onStack.get(visit)).as(visit).containsAllEntriesOf(variables);
        });
  }
}
