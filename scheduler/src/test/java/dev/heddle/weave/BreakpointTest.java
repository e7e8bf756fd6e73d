package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.AbsentInformationException;
import com.sun.jdi.Bootstrap;
import com.sun.jdi.Location;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StackFrame;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.ClassPrepareRequest;
import dev.heddle.coroutine.Generator;
import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A debugger's line breakpoint in a body. Debuggers ask to be told of classes by name, and put the
 * breakpoint on the line in those they are told of; here one does by the JDK's debug interface.
 */
final class BreakpointTest {
  private static final String OUTER = Debuggee.class.getName();

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
    ListeningConnector connector =
        Bootstrap.virtualMachineManager().listeningConnectors().stream()
            .filter(c -> c.transport().name().equals("dt_socket"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    arguments.get("localAddress").setValue("127.0.0.1");
    String address = connector.startListening(arguments);
    List<String> all = new ArrayList<>(List.of(options));
    all.add("-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=" + address);
    CompletableFuture<ForkedJvm> jvm = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            jvm.complete(ForkedJvm.run(Debuggee.class, all.toArray(String[]::new)));
          } catch (Throwable thrown) {
            jvm.completeExceptionally(thrown);
          }
        });
    List<String> hits = debug(connector.accept(arguments), line, names);
    connector.stopListening(arguments);
    assertThat(jvm.join().output()).contains("through 14");
    return hits;
  }

  private static List<String> debug(VirtualMachine vm, int line, List<String> names)
      throws Exception {
    List<String> hits = new ArrayList<>();
    for (String name : names) {
      ClassPrepareRequest request = vm.eventRequestManager().createClassPrepareRequest();
      request.addClassFilter(name);
      request.enable();
    }
    try {
      while (true) {
        EventSet events = vm.eventQueue().remove();
        for (Event event : events) {
          switch (event) {
            case ClassPrepareEvent prepared -> setBreakpoints(vm, prepared.referenceType(), line);
            case BreakpointEvent hit -> hits.add(describe(hit.thread().frame(0)));
            default -> {}
          }
        }
        events.resume();
      }
    } catch (VMDisconnectedException end) {
      return hits;
    }
  }

  private static void setBreakpoints(VirtualMachine vm, ReferenceType type, int line) {
    try {
      for (Location location : type.locationsOfLine(line)) {
        vm.eventRequestManager().createBreakpointRequest(location).enable();
      }
    } catch (AbsentInformationException withoutLines) {
      return; // the hidden class of a lambda
    }
  }

  private static String describe(StackFrame frame) throws Exception {
    Location at = frame.location();
    String type = at.declaringType().name().substring(OUTER.length()).replaceAll("\\d+$", "");
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
    assertThat(hits(Debuggee.lineInGenerator(), classAndNested()))
        .containsExactly(at + 1, at + 2, at + 3);
  }

  @Test
  void aBreakpointOnTheClassAndItsNestedOnesIsHitInAWovenTask() throws Exception {
    String at = "BreakpointTest.java:" + Debuggee.lineInTask() + "$$Woven i = ";
    assertThat(hits(Debuggee.lineInTask(), classAndNested())).containsExactly(at + 14, at + 15);
  }

  /** What jdb asks for, and IntelliJ IDEA for a line in a class that has a name. */
  @Test
  void aBreakpointOnTheClassAloneIsNotHitInAWovenBody() throws Exception {
    assertThat(hits(Debuggee.lineInGenerator(), List.of(OUTER))).isEmpty();
  }

  @Test
  void aBreakpointOnTheClassAloneIsHitWhereWeavingIsSwitchedOff() throws Exception {
    String at = "BreakpointTest.java:" + Debuggee.lineInGenerator() + " i = ";
    assertThat(hits(Debuggee.lineInGenerator(), List.of(OUTER), "-Dheddle.weave=false"))
        .containsExactly(at + 1, at + 2, at + 3);
    String atTask = "BreakpointTest.java:" + Debuggee.lineInTask() + " i = ";
    assertThat(hits(Debuggee.lineInTask(), List.of(OUTER), "-Dheddle.weave=false"))
        .containsExactly(atTask + 14, atTask + 15);
  }
}
