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
 * <p>The lines of a body that runs are on the stack of the current thread. A body that waits on a
 * stack of its own has a thread, whose stack shows them. A woven body has no stack but knows its
 * lines. A step has neither, and its class is named instead. The frames of the kernel and of the
 * JDK, which are above and below those of the user, are left out.
 *
 * <p>To walk a stack costs microseconds: this is for messages and dumps, not for turns.
 */
final class StackLines {
  /** The ending that a woven class adds to the name of the class in which its body stands. */
  private static final String WOVEN = "$$Woven";

  private static final int MOST_FRAMES = 16;
  private static final String TURNS = TaskState.class.getName();
  private static final String LOOP = Loop.class.getName();

  /** The packages whose frames stand between a user's await and the engine. */
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

  /** The user's frames nearest to the top; below the kernel are those of the loop's caller. */
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

  /** The index of the await, if the body is in one: above it are the event's frames. Else 0. */
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

  /** Whether it is the frame by which a woven body is resumed, which stands for no line. */
  private static boolean isMachines(StackTraceElement frame) {
    return frame.getLineNumber() < 0 && frame.getClassName().contains(WOVEN);
  }

  /** The frame with the name of the user's class: that of a woven class has an ending. */
  private static StackTraceElement asWritten(StackTraceElement frame) {
    int ending = frame.getClassName().indexOf(WOVEN);
    return new StackTraceElement(
        ending < 0 ? frame.getClassName() : frame.getClassName().substring(0, ending),
        frame.getMethodName(),
        frame.getFileName(),
        frame.getLineNumber());
  }
}
