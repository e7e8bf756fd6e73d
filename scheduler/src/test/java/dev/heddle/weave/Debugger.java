package dev.heddle.weave;

import com.sun.jdi.AbsentInformationException;
import com.sun.jdi.Bootstrap;
import com.sun.jdi.Location;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.ClassPrepareRequest;
import dev.heddle.fixtures.ForkedJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;

/**
 * A debugger on the JDK's debug interface, which runs a class's main method in a JVM of its own. It
 * sets breakpoints as debuggers do: it asks to be told of classes by name, and puts the breakpoint
 * on the line in the classes that it is told of.
 */
final class Debugger {
  /** What a test does when the debuggee has stopped; the debuggee goes on afterwards. */
  interface Stop {
    void at(VirtualMachine vm, Event event) throws Exception;
  }

  private final List<String> classNames;
  private final IntPredicate lines;
  private final Stop stop;

  private Debugger(List<String> classNames, IntPredicate lines, Stop stop) {
    this.classNames = classNames;
    this.lines = lines;
    this.stop = stop;
  }

  /**
   * Runs the debuggee to its end with breakpoints on these lines.
   *
   * @param classNames the patterns by which the debugger asks to be told of classes
   * @return what the debuggee wrote
   */
  static String run(
      Class<?> main, List<String> classNames, IntPredicate lines, Stop stop, String... options)
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
            jvm.complete(ForkedJvm.run(main, all.toArray(String[]::new)));
          } catch (Throwable thrown) {
            jvm.completeExceptionally(thrown);
          }
        });
    new Debugger(classNames, lines, stop).debug(connector.accept(arguments));
    connector.stopListening(arguments);
    return jvm.join().output();
  }

  private void debug(VirtualMachine vm) throws Exception {
    for (String name : classNames) {
      ClassPrepareRequest request = vm.eventRequestManager().createClassPrepareRequest();
      request.addClassFilter(name);
      request.enable();
    }
    try {
      while (true) {
        EventSet events = vm.eventQueue().remove();
        for (Event event : events) {
          if (event instanceof ClassPrepareEvent prepared) {
            setBreakpoints(vm, prepared.referenceType());
          } else {
            stop.at(vm, event);
          }
        }
        events.resume();
      }
    } catch (VMDisconnectedException end) {
      return;
    }
  }

  private void setBreakpoints(VirtualMachine vm, ReferenceType type) {
    try {
      for (Location location : type.allLineLocations()) {
        if (lines.test(location.lineNumber())) {
          vm.eventRequestManager().createBreakpointRequest(location).enable();
        }
      }
    } catch (AbsentInformationException withoutLines) {
      return; // the hidden class of a lambda
    }
  }
}
