package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.weave.Traces;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The stack traces of exceptions that are thrown into a body: at an await that fails, and at a
 * {@code yieldFrom} whose inner coroutine has failed. What a thread's stack would show by itself is
 * put into the trace here: the lines of the body that waits.
 *
 * <p>An event often fails in the turn of another task, or in the loop's. The stack on which the
 * exception was made then says nothing about the await. So the trace becomes the await's, and the
 * lines of the user who made the exception follow as a suppressed {@link Origin}. One exception
 * object that fails several awaits gets the lines of the newest, and an origin for the one before.
 *
 * <p>An exception is worth more than its trace: if its class does not let the trace be read or
 * written, the exception stays as it is. An exception without a trace was made so on purpose, and
 * gets none. Costs microseconds, for each exception that is thrown; nothing else.
 */
public final class AwaitTrace {
  /** What an exception can get that is thrown again and again: to bound what it keeps alive. */
  private static final int MOST_ORIGINS = 4;

  private static final String KERNEL = "dev.heddle.scheduler.TaskState";
  private static final String CHAIN = Coroutine.class.getPackageName() + ".DelegationChain";
  private static final String STACKFUL = StackfulCoroutine.class.getName();

  private AwaitTrace() {}

  /** Where the user made an exception whose own trace shows where it was awaited. */
  private static final class Origin extends Exception {
    private static final long serialVersionUID = 1L;

    Origin(List<StackTraceElement> lines) {
      setStackTrace(lines.toArray(StackTraceElement[]::new));
    }

    /** Its own stack shows nothing: the trace is given. */
    @Override
    public Throwable fillInStackTrace() {
      return this;
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // the class name would say nothing to the user
    public String toString() {
      return "the failure comes from here";
    }
  }

  /** {@code thrown} is about to be raised in a body, which is suspended and has no stack. */
  public static void show(Throwable thrown, Coroutine<?, ?, ?> body) {
    try {
      StackTraceElement[] made = traceOf(thrown);
      List<StackTraceElement> lines = most(body.suspendedAt());
      if (!lines.isEmpty() && !hasNone(made)) {
        thrown.setStackTrace(lines.toArray(StackTraceElement[]::new));
        addOrigin(thrown, made, () -> lines);
      }
      Traces.correctCauses(thrown);
    } catch (Throwable broken) {
      return; // by the methods of the exception's class
    }
  }

  /**
   * {@code made} is about to be raised in a body, which is suspended and has no stack. It was made
   * for that, so its trace is the await's and nothing else.
   */
  public static void showMade(Throwable made, Coroutine<?, ?, ?> body) {
    try {
      List<StackTraceElement> lines = most(body.suspendedAt());
      if (lines.isEmpty()) {
        showMade(made);
      } else {
        made.setStackTrace(lines.toArray(StackTraceElement[]::new));
      }
    } catch (Throwable broken) {
      return; // no memory, no stack
    }
  }

  /** The same on the body's own stack. */
  public static void showMade(Throwable made) {
    Throwable _ = made.fillInStackTrace();
  }

  /** {@code thrown} is on its way to a body that called this method, on the body's own stack. */
  public static void show(Throwable thrown) {
    try {
      StackTraceElement[] made = traceOf(thrown);
      if (!hasNone(made)) {
        Throwable _ = thrown.fillInStackTrace();
        addOrigin(thrown, made, AwaitTrace::linesOfThisStack);
      }
      Traces.correctCauses(thrown);
    } catch (Throwable broken) {
      return; // by the methods of the exception's class
    }
  }

  /**
   * {@code thrown} failed elsewhere, and keeps its trace. Only the names become those that the user
   * wrote: a woven body may have made the exception and given it away.
   */
  public static void showAsItIs(Throwable thrown) {
    Throwable _ = Traces.caught(thrown);
  }

  private static List<StackTraceElement> linesOfThisStack() {
    return UserFrames.users(Thread.currentThread().getStackTrace());
  }

  /** Like {@link #showHook(Throwable, Supplier)}, on the body's own stack. */
  public static void showHook(Throwable thrown) {
    showHook(thrown, AwaitTrace::linesOfThisStack);
  }

  /**
   * A hook of the event has thrown, which shall be raised at the await. The hook's frames stay; if
   * the hook ran on the loop's stack, the await's lines follow in place of the loop's.
   *
   * @param lines of the user, at the await
   */
  public static void showHook(Throwable thrown, Supplier<List<StackTraceElement>> lines) {
    try {
      StackTraceElement[] trace = thrown.getStackTrace();
      int kernel = indexOf(trace, KERNEL, "");
      int loop = indexOf(trace, UserFrames.LOOP, "");
      boolean onStack = indexOf(trace, KERNEL, "awaitOnStack") < loop;
      if (kernel < loop && loop < trace.length && !onStack) {
        insert(thrown, trace, kernel, trace.length, lines.get());
      }
      showAsItIs(thrown);
    } catch (Throwable broken) {
      return; // by the methods of the exception's class
    }
  }

  /**
   * {@code failure} has left an inner coroutine, and shall be raised at the {@code yieldFrom} of
   * the outer one. The outer's lines follow those of the inner.
   */
  public static void showOuter(Throwable failure, Supplier<List<StackTraceElement>> outer) {
    try {
      StackTraceElement[] trace = failure.getStackTrace();
      int end = indexOf(trace, CHAIN, "drive");
      if (end < trace.length) {
        int from = afterUsers(trace, end);
        insert(failure, trace, from == 0 ? end : from, end, outer.get());
        return;
      }
      int ownStack = afterUsers(trace, indexOf(trace, STACKFUL, "runBody"));
      if (ownStack > 0 && ownStack < trace.length) {
        insert(failure, trace, ownStack, ownStack, outer.get());
      }
    } catch (Throwable broken) {
      return; // by the methods of the exception's class
    }
  }

  /**
   * {@code failure} leaves the outermost of coroutines that delegate to each other. The frame that
   * tells where lines are put is removed: one further out is that of others.
   */
  public static void leaveChain(Throwable failure) {
    try {
      StackTraceElement[] trace = failure.getStackTrace();
      int end = indexOf(trace, CHAIN, "drive");
      if (end < trace.length) {
        int from = afterUsers(trace, end);
        insert(failure, trace, from == 0 ? end : from, end + 1, List.of());
      }
    } catch (Throwable broken) {
      return; // by the methods of the exception's class
    }
  }

  /**
   * {@code failure} has ended a task, and is thrown to who runs the task's scheduler: the lines of
   * this caller follow, as they do in the trace of any call. A trace that ends with them already
   * stays, as does one that is empty. {@code java Some.java} cuts so many lines off the end as the
   * launcher has called, and breaks on a trace without them.
   */
  public static void showCaller(Throwable failure) {
    try {
      List<StackTraceElement> trace = List.of(failure.getStackTrace());
      List<StackTraceElement> caller =
          Arrays.stream(new Throwable().getStackTrace())
              .dropWhile(frame -> !UserFrames.isUsers(frame.getClassName()))
              .toList();
      int common = trace.size() - caller.size();
      boolean known = common >= 0 && trace.subList(common, trace.size()).equals(caller);
      if (!trace.isEmpty() && !known) {
        failure.setStackTrace(
            Stream.concat(trace.stream(), caller.stream()).toArray(StackTraceElement[]::new));
      }
    } catch (Throwable broken) {
      return; // by the methods of the exception's class
    }
  }

  /** The index after the user's last frame before {@code end}; 0 if there is none. */
  private static int afterUsers(StackTraceElement[] trace, int end) {
    int at = end;
    while (at > 0 && !UserFrames.isUsers(trace[at - 1].getClassName())) {
      at--;
    }
    return at;
  }

  /** The first frame of this class, of this method if one is given; the length if none is. */
  private static int indexOf(StackTraceElement[] trace, String className, String method) {
    for (int i = 0; i < trace.length; i++) {
      if (trace[i].getClassName().equals(className)
          && (method.isEmpty() || trace[i].getMethodName().equals(method))) {
        return i;
      }
    }
    return trace.length;
  }

  /** Puts lines in place of the frames from one index to before another. */
  private static void insert(
      Throwable thrown,
      StackTraceElement[] trace,
      int from,
      int to,
      List<StackTraceElement> lines) {
    List<StackTraceElement> all = Traces.inserted(Arrays.asList(trace), from, to, _ -> lines);
    thrown.setStackTrace(all.toArray(StackTraceElement[]::new));
  }

  /** The trace as it was made; null if the exception's class does not give it. */
  private static StackTraceElement @Nullable [] traceOf(Throwable thrown) {
    try {
      return thrown.getStackTrace();
    } catch (Throwable broken) {
      return null;
    }
  }

  private static boolean hasNone(StackTraceElement @Nullable [] trace) {
    return trace != null && trace.length == 0;
  }

  private static List<StackTraceElement> most(List<StackTraceElement> lines) {
    return lines.subList(0, Math.min(lines.size(), Traces.MOST_FRAMES));
  }

  private static void addOrigin(
      Throwable thrown,
      StackTraceElement @Nullable [] made,
      Supplier<List<StackTraceElement>> lines) {
    if (made == null) {
      return;
    }
    List<StackTraceElement> origin = UserFrames.makers(made);
    if (!origin.isEmpty() && !isShown(origin, lines.get()) && origins(thrown) < MOST_ORIGINS) {
      thrown.addSuppressed(new Origin(origin));
    }
  }

  private static long origins(Throwable thrown) {
    return Arrays.stream(thrown.getSuppressed()).filter(Origin.class::isInstance).count();
  }

  /** Whether the lines begin with those of the origin. */
  private static boolean isShown(List<StackTraceElement> origin, List<StackTraceElement> lines) {
    if (origin.size() > lines.size()) {
      return false;
    }
    for (int i = 0; i < origin.size(); i++) {
      StackTraceElement one = origin.get(i);
      StackTraceElement other = lines.get(i);
      if (one.getLineNumber() != other.getLineNumber()
          || !one.getMethodName().equals(other.getMethodName())
          || !one.getClassName().equals(other.getClassName())) {
        return false;
      }
    }
    return true;
  }
}
