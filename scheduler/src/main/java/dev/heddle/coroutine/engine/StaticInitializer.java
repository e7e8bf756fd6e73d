package dev.heddle.coroutine.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A static initialiser on the stack of the calling thread, which waits for a body on another
 * thread. If the body uses the class whose initialiser this is, the JVM makes the body wait until
 * the initialiser has ended, which waits for the body. The JVM reports neither of the two as
 * blocked.
 *
 * <p>So whoever waits in a static initialiser looks at the body's thread again and again. A body
 * that stands at the same line of a program's code at three looks is taken for one that waits for
 * the class. Only the waiting thread uses the object.
 */
final class StaticInitializer {
  /** The time between two looks. */
  static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private static final int LOOKS = 3;

  /** The body's stack at the last look. */
  private StackTraceElement[] last = {};

  /** How many looks in a row have found that stack. */
  private int same;

  /** Whether the calling thread runs a static initialiser. Costs microseconds. */
  static boolean isRunning() {
    return !initialized().isEmpty();
  }

  private static List<String> initialized() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(f -> f.getMethodName().equals("<clinit>"))
                    .map(StackWalker.StackFrame::getClassName)
                    .toList());
  }

  /**
   * To be called once in {@link #BETWEEN_LOOKS} by the thread that waits for a body.
   *
   * @param body the body's thread
   * @throws IllegalStateException if the body seems to wait for the calling thread's initialiser
   */
  void look(Thread body) {
    StackTraceElement[] now = body.getStackTrace();
    same = stands(body, now) && Arrays.equals(now, last) ? same + 1 : 1;
    last = now;
    if (same < LOOKS) {
      return;
    }
    List<String> classes = initialized();
    if (!classes.isEmpty()) {
      throw new IllegalStateException(message(classes.getFirst(), now));
    }
  }

  /** Whether the thread stands in code that is not the JDK's, and is not blocked at a monitor. */
  private static boolean stands(Thread body, StackTraceElement[] stack) {
    boolean jdks =
        stack.length == 0
            || Stream.of("java.", "jdk.", "sun.").anyMatch(stack[0].getClassName()::startsWith);
    return !jdks && !stack[0].isNativeMethod() && body.getState() != Thread.State.BLOCKED;
  }

  private static String message(String initialized, StackTraceElement[] stack) {
    return "the static initialiser of "
        + initialized
        + " waits for a body that runs on a thread of its own, and the body stands at "
        + stack[0]
        + ". No other thread can use "
        + initialized
        + " before its static initialiser has ended. Use the coroutine after that,"
        + " or let the body be woven (Engine.explain says why it is not)";
  }
}
