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
 * <p>A machine's code has the line numbers, the source file and the method name of its body. Only
 * the class name differs: {@code Home$$Woven0}. When an exception leaves a machine, its trace gets
 * the name of the user's class in place of the machine's, and loses the frames of {@code advance},
 * which nobody wrote. The class name shows which frames are machines', so one pass corrects the
 * frames of all machines that the exception has passed.
 */
public final class Traces {
  private Traces() {}

  /**
   * For the machine's superclass: returns {@code thrown}, after its trace was corrected. The trace
   * of {@code raised} has no machine's frame and is not changed.
   */
  public static Throwable leaving(Throwable thrown, @Nullable Throwable raised) {
    if (thrown != raised) {
      rewrite(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
    }
    return thrown;
  }

  /** Where in the user's source a machine stands, according to its {@code sourceLines()}. */
  public static StackTraceElement suspendedAt(Class<?> machine, String sourceLines, int place) {
    String[] parts = sourceLines.split(" ", -1);
    assert place >= 0 && place + 2 < parts.length : place + " of " + sourceLines;
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

  /** A stack trace with the names of the users' classes in place of the machines' names. */
  public static List<StackTraceElement> asWritten(StackTraceElement[] trace) {
    List<StackTraceElement> written = new ArrayList<>(trace.length);
    for (StackTraceElement element : trace) {
      if (!element.getClassName().contains(MachineWriter.MARK)) {
        written.add(element);
      } else if (!isAdvance(element)) {
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
    if (shown.size() < trace.length) { // each machine loses one frame
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

  /**
   * Whether a machine's frame is the one of {@code advance}, which has no line. The name decides
   * too, because a body that was compiled without debug information has no lines either.
   */
  private static boolean isAdvance(StackTraceElement element) {
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

  /** Whether the JVM, too, omits the loader's name in traces. */
  private static boolean isBuiltIn(@Nullable String loader) {
    return loader == null || loader.equals("app") || loader.equals("platform");
  }

  private static String userClass(String machine) {
    return machine.substring(0, machine.indexOf(MachineWriter.MARK));
  }
}
