package dev.heddle.weave;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes stack traces show what the user wrote.
 *
 * <p>A machine's code has the line numbers, the source file and the method name of its body. Only
 * the class name differs: {@code Home$$Woven$serve$0}. When an exception leaves a machine, its
 * trace gets the name of the user's class in place of the machine's, and loses the frames of the
 * methods that resume it, which nobody wrote. The class name shows which frames are machines', so
 * one pass corrects the frames of all machines that the exception has passed. The causes of the
 * exception, and what is suppressed in them, are corrected too.
 *
 * <p>A suspended method that is resumed has no callers on the stack: its frame stands on the
 * driver's. When an exception leaves it, the lines of the callers come in the driver's place. A
 * trace without the driver's frame has its callers already.
 *
 * <p>An exception is worth more than its trace. The methods of its class that give the trace, take
 * it, or give the cause may be the user's: what they throw is ignored, and the trace stays as it
 * is.
 */
public final class Traces {
  /** The most frames of a trace: the JVM's limit, unless it was started with another one. */
  public static final int MOST_FRAMES = 1024;

  /** How many exceptions one call corrects; there may be no end, if each cause is a new object. */
  private static final int MOST_THROWABLES = 10_000;

  /** The superclass of the bodies' machines, which resumes what is suspended. */
  static final String DRIVER = "dev.heddle.coroutine.engine.WovenCoroutine";

  /** The driver's method on whose frame a resumed method stands. */
  static final String RESUME = "resumeChain";

  private Traces() {}

  /**
   * For a machine: returns {@code thrown}, which has left the body, with the user's names in its
   * trace. What was raised in the body has them already.
   */
  public static Throwable leaving(Throwable thrown, @Nullable Throwable raised) {
    correctAll(thrown, raised, Traces::asWritten);
    return thrown;
  }

  /**
   * For the driver: {@code thrown} has left a method that the driver had resumed. Returns {@code
   * thrown}, with the lines of the callers in place of the driver's.
   *
   * @param raised what was raised in the method; its trace has the callers' lines already
   * @param machine the name of the method's machine
   * @param callers gives, for a number, at most so many of the callers' lines, innermost first
   */
  public static Throwable leaving(
      Throwable thrown,
      @Nullable Throwable raised,
      String machine,
      IntFunction<List<StackTraceElement>> callers) {
    correctAll(thrown, raised, trace -> asWritten(withCallers(trace, machine, callers)));
    return thrown;
  }

  /**
   * For a part on a stack of its own, which {@code thrown} leaves: the frames of the callers come
   * in place of those below the part.
   */
  public static Throwable leavingStack(
      Throwable thrown, @Nullable Throwable raised, List<StackTraceElement> callers) {
    correctAll(
        thrown,
        raised,
        trace -> {
          int bottom = 0;
          while (bottom < trace.size() && !isBottomOfPart(trace.get(bottom))) {
            bottom++;
          }
          boolean whole = bottom == trace.size(); // the part has nothing to do with it
          return whole
              ? trace
              : inserted(trace, bottom, trace.size(), most -> first(callers, most));
        });
    return thrown;
  }

  private static boolean isBottomOfPart(StackTraceElement element) {
    return element.getClassName().equals(StackCall.class.getName());
  }

  private static List<StackTraceElement> first(List<StackTraceElement> lines, int most) {
    return lines.subList(0, Math.min(most, lines.size()));
  }

  /**
   * For a handler of a woven body: returns {@code caught}, whose trace has the users' names from
   * now on, because the handler may print it.
   */
  public static Throwable caught(Throwable caught) {
    return leaving(caught, null);
  }

  /**
   * For a woven body that has made an exception: corrects the trace of this one alone. A body can
   * make thousands, each the cause of the next.
   *
   * @param machine the name of the machine of the method that was resumed
   * @param callers gives, for a number, at most so many of the callers' lines, innermost first
   */
  public static void made(
      Throwable created, String machine, IntFunction<List<StackTraceElement>> callers) {
    correct(created, trace -> asWritten(withCallers(trace, machine, callers)));
  }

  /** The same in a body, or in a method that was not resumed since it was called. */
  public static void made(Throwable created) {
    correct(created, Traces::asWritten);
  }

  /**
   * For a woven body that has read the trace of a thread: the trace with the users' names.
   *
   * @param machine the name of the machine of the method that was resumed
   * @param callers gives, for a number, at most so many of the callers' lines, innermost first
   */
  public static StackTraceElement[] read(
      StackTraceElement[] trace, String machine, IntFunction<List<StackTraceElement>> callers) {
    return asWritten(withCallers(Arrays.asList(trace), machine, callers))
        .toArray(StackTraceElement[]::new);
  }

  /** {@code raised} is about to be thrown: its causes get the users' names. */
  public static void correctCauses(Throwable raised) {
    correctAll(raised, raised, Traces::asWritten);
  }

  /** A stack trace with the names of the users' classes in place of the machines' names. */
  public static List<StackTraceElement> asWritten(StackTraceElement[] trace) {
    return asWritten(Arrays.asList(trace));
  }

  private static List<StackTraceElement> asWritten(List<StackTraceElement> trace) {
    List<StackTraceElement> written = new ArrayList<>(trace.size());
    for (StackTraceElement element : trace) {
      if (!isGlue(element)) {
        written.add(isMachines(element) ? asWritten(element) : element);
      }
    }
    return written;
  }

  /**
   * A trace in which the callers follow the method that the driver had resumed: they come in place
   * of the first driver's frames. The trace stays as it is if it has none, or if the frame above
   * them is not that of the machine: then the exception was made elsewhere.
   */
  static List<StackTraceElement> withCallers(
      List<StackTraceElement> trace, String machine, IntFunction<List<StackTraceElement>> callers) {
    int driver = 0;
    while (driver < trace.size() && !isDriver(trace.get(driver))) {
      driver++;
    }
    if (driver == trace.size()) {
      return trace;
    }
    int from = driver;
    while (from > 0 && isGlue(trace.get(from - 1))) {
      from--;
    }
    if (from == 0 || !isOf(machine, trace.get(from - 1))) {
      return trace;
    }
    int to = driver + 1;
    while (to < trace.size() && isGlue(trace.get(to))) {
      to++;
    }
    return inserted(trace, from, to, callers);
  }

  /**
   * A trace with lines in place of the frames from one index to before another, cut off where a
   * trace ends.
   *
   * @param lines gives, for a number, at most so many lines
   */
  public static List<StackTraceElement> inserted(
      List<StackTraceElement> trace, int from, int to, IntFunction<List<StackTraceElement>> lines) {
    assert from >= 0 && from <= to && to <= trace.size() : from + " to " + to;
    List<StackTraceElement> whole = new ArrayList<>(trace.subList(0, from));
    if (from < MOST_FRAMES) {
      whole.addAll(lines.apply(MOST_FRAMES - from));
    }
    whole.addAll(trace.subList(to, trace.size()));
    return whole.size() <= MOST_FRAMES ? whole : whole.subList(0, MOST_FRAMES);
  }

  /** Not by recursion: an exception may have thousands of causes, one in the other. */
  private static void correctAll(
      Throwable first,
      @Nullable Throwable raised,
      UnaryOperator<List<StackTraceElement>> correction) {
    try {
      if (first == raised && causeOf(first) == null && first.getSuppressed().length == 0) {
        return; // what mostly happens when many are cancelled at once
      }
      Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      Deque<Throwable> left = new ArrayDeque<>();
      for (Throwable at = first; at != null && seen.size() < MOST_THROWABLES; at = left.poll()) {
        if (seen.add(at)) {
          if (at != raised) {
            correct(at, correction);
          }
          Throwable cause = causeOf(at);
          if (cause != null) {
            left.add(cause);
          }
          left.addAll(Arrays.asList(at.getSuppressed()));
        }
      }
    } catch (Throwable broken) {
      return; // no memory, no stack: the exception matters more
    }
  }

  private static void correct(Throwable thrown, UnaryOperator<List<StackTraceElement>> correction) {
    try {
      List<StackTraceElement> trace = Arrays.asList(thrown.getStackTrace());
      List<StackTraceElement> shown = correction.apply(trace);
      if (!shown.equals(trace)) {
        thrown.setStackTrace(shown.toArray(StackTraceElement[]::new));
      }
    } catch (Throwable broken) {
      return; // by the user's own methods
    }
  }

  /** The cause; null if there is none, or if the user's own method breaks. */
  private static @Nullable Throwable causeOf(Throwable thrown) {
    try {
      return thrown.getCause();
    } catch (Throwable broken) {
      return null;
    }
  }

  private static boolean isMachines(StackTraceElement element) {
    return element.getClassName().contains(MachineWriter.MARK);
  }

  private static boolean isDriver(StackTraceElement element) {
    return element.getMethodName().equals(RESUME) && element.getClassName().equals(DRIVER);
  }

  /**
   * Whether a frame stands between the code of a machine and what resumes it. In a machine such a
   * frame has no line. The name decides too, because a body that was compiled without debug
   * information has no lines either.
   */
  private static boolean isGlue(StackTraceElement element) {
    return isMachines(element)
        ? element.getLineNumber() < 0 && element.getMethodName().endsWith("Machine")
        : element.getMethodName().equals("advance") && element.getClassName().equals(DRIVER);
  }

  /** Whether a frame is the machine's, corrected or not. */
  private static boolean isOf(String machine, StackTraceElement element) {
    String name = element.getClassName();
    return name.equals(machine) || name.equals(userClass(machine));
  }

  static StackTraceElement asWritten(StackTraceElement element) {
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
    int mark = machine.indexOf(MachineWriter.MARK);
    return mark < 0 ? machine : machine.substring(0, mark);
  }
}
