package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.coroutine.engine.WovenCoroutine;
import dev.heddle.scheduler.Body.StepCoroutine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lines of source at which a task stands, as its user knows them.
 *
 * <p>A body that runs stands where the current thread is, one that waits where its stack was left:
 * its thread has it. A woven body has no stack and knows its line; a step has neither, and is named
 * by its class. In each case the frames of the kernel and of the JDK, which are above and below
 * those of the user, are left out.
 *
 * <p>Costs microseconds where there is a stack: for messages and dumps, not for turns.
 */
final class StackLines {
  /** How a woven class is called after the class that its body stands in. */
  private static final String WOVEN = "$$Woven";

  private static final int MOST_FRAMES = 16;
  private static final String TURNS = TaskState.class.getName();
  private static final String LOOP = Loop.class.getName();

  /** What stands between a user's await and the engine. */
  private static final Set<String> KERNEL =
      Set.of(
          TaskState.class.getPackageName(),
          Coroutine.class.getPackageName(),
          StackfulCoroutine.class.getPackageName());

  private StackLines() {}

  /**
   * To be called inside of the scheduler. Innermost first; empty before the first turn.
   *
   * @param askers classes whose methods, and those of their superclasses, are not the user's: the
   *     primitive that the task uses, the tool that looks
   */
  static List<StackTraceElement> of(Task<?> task, Class<?>... askers) {
    Coroutine<?, ?, ?> body = task.coroutine;
    if (body == null) {
      return List.of();
    }
    return switch (body.state()) {
      case CREATED, ENDED -> List.of();
      case RUNNING -> users(Thread.currentThread().getStackTrace(), askers);
      case SUSPENDED -> suspended(body);
    };
  }

  private static List<StackTraceElement> suspended(Coroutine<?, ?, ?> body) {
    return switch (body) {
      case StackfulCoroutine<?, ?, ?> stack -> users(stack.thread().getStackTrace());
      case WovenCoroutine<?, ?, ?> woven -> woven.suspendedAt();
      case StepCoroutine<?> step ->
          List.of(new StackTraceElement(step.stepClass().getName(), "step", null, -1));
      default -> List.of();
    };
  }

  /**
   * To be called from outside, about the task that has the turn: reads the stack of its thread, or
   * of the loop's.
   */
  static List<StackTraceElement> ofRunning(Task<?> task, @Nullable Thread carrier) {
    StackfulCoroutine<?, ?, ?> stack = task.stack();
    Thread thread = stack == null ? carrier : stack.thread();
    return thread == null ? List.of() : users(thread.getStackTrace());
  }

  /** The user's frames nearest to the top; those below the kernel belong to whoever runs it. */
  private static List<StackTraceElement> users(StackTraceElement[] stack, Class<?>... askers) {
    List<StackTraceElement> users = new ArrayList<>();
    for (int i = awaiting(stack); i < stack.length && users.size() < MOST_FRAMES; i++) {
      StackTraceElement frame = stack[i];
      if (isKernels(frame)) {
        if (!users.isEmpty()) {
          break;
        }
      } else if (!isJdks(frame)
          && !isMachines(frame)
          && !(users.isEmpty() && isOf(frame, askers))) {
        users.add(asWritten(frame));
      }
    }
    return List.copyOf(users);
  }

  /** The frame that awaits, if the body does: above it are the event's. Else the first. */
  private static int awaiting(StackTraceElement[] stack) {
    for (int i = 0; i < stack.length && !stack[i].getClassName().equals(LOOP); i++) {
      if (stack[i].getMethodName().equals("awaitOnStack")
          && stack[i].getClassName().equals(TURNS)) {
        return i;
      }
    }
    return 0;
  }

  private static boolean isOf(StackTraceElement frame, Class<?>... askers) {
    for (Class<?> asker : askers) {
      for (Class<?> type = asker; type != null; type = type.getSuperclass()) {
        if (frame.getClassName().equals(type.getName())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isKernels(StackTraceElement frame) {
    String name = frame.getClassName();
    return KERNEL.contains(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
  }

  private static boolean isJdks(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.");
  }

  /** The frame that a woven body is resumed by: it stands for no line. */
  private static boolean isMachines(StackTraceElement frame) {
    return frame.getLineNumber() < 0 && frame.getClassName().contains(WOVEN);
  }

  /** A body's own frame, where it is woven, has its class's name with an ending. */
  private static StackTraceElement asWritten(StackTraceElement frame) {
    int ending = frame.getClassName().indexOf(WOVEN);
    return new StackTraceElement(
        ending < 0 ? frame.getClassName() : frame.getClassName().substring(0, ending),
        frame.getMethodName(),
        frame.getFileName(),
        frame.getLineNumber());
  }
}
