package dev.heddle.weave;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes stack traces show what the user wrote.
 *
 * <p>A machine has the line numbers, the source file and the method name of its body; only the
 * class is another, {@code Home$$Woven0}. When an exception leaves a machine its trace is given the
 * name of the user's class, and the frames that are nobody's, {@code advance}, are left out. The
 * name alone is enough to do so: whatever machines the exception has passed.
 */
public final class Traces {
  private Traces() {}

  /**
   * For the machine's superclass: {@code thrown}, with a trace that shows the user's class. An
   * exception that came from outside has none of our frames, and is left alone.
   */
  public static Throwable leaving(Throwable thrown, @Nullable Throwable raised) {
    if (thrown != raised) {
      rewrite(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
    }
    return thrown;
  }

  /** Where in the user's source a machine stands, from what its {@code sourceLines()} says. */
  public static StackTraceElement suspendedAt(Class<?> machine, String sourceLines, int place) {
    String[] parts = sourceLines.split(" ", -1);
    ClassLoader loader = machine.getClassLoader();
    Module module = machine.getModule();
    return asWritten(
        new StackTraceElement(
            loader == null ? null : loader.getName(),
            module.getName(),
            null,
            machine.getName(),
            parts[0],
            parts[1].isEmpty() ? null : parts[1],
            Integer.parseInt(parts[2 + place])));
  }

  /** A stack with the user's classes in place of machines. */
  public static List<StackTraceElement> asWritten(StackTraceElement[] trace) {
    List<StackTraceElement> written = new ArrayList<>(trace.length);
    for (StackTraceElement element : trace) {
      if (!element.getClassName().contains(MachineWriter.MARK)) {
        written.add(element);
      } else if (!isNobodys(element)) {
        written.add(asWritten(element));
      }
    }
    return written;
  }

  private static void rewrite(Throwable thrown, Set<Throwable> seen) {
    if (!seen.add(thrown)) {
      return;
    }
    StackTraceElement[] trace = thrown.getStackTrace();
    List<StackTraceElement> shown = asWritten(trace);
    if (shown.size() < trace.length) { // each machine has one frame that is nobody's
      thrown.setStackTrace(shown.toArray(StackTraceElement[]::new));
    }
    Throwable cause = thrown.getCause();
    if (cause != null) {
      rewrite(cause, seen);
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      rewrite(suppressed, seen);
    }
  }

  /** The machine's own method has no line; a body compiled without debug information neither. */
  private static boolean isNobodys(StackTraceElement element) {
    return element.getLineNumber() < 0 && element.getMethodName().equals("advance");
  }

  private static StackTraceElement asWritten(StackTraceElement element) {
    return new StackTraceElement(
        isBuiltIn(element.getClassLoaderName()) ? null : element.getClassLoaderName(),
        element.getModuleName(),
        element.getModuleVersion(),
        userClass(element.getClassName()),
        element.getMethodName(),
        element.getFileName(),
        element.getLineNumber());
  }

  /** The JVM does not show these loaders either. */
  private static boolean isBuiltIn(@Nullable String loader) {
    return loader == null || loader.equals("app") || loader.equals("platform");
  }

  private static String userClass(String machine) {
    return machine.substring(0, machine.indexOf(MachineWriter.MARK));
  }
}
