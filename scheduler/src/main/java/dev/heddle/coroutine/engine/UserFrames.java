package dev.heddle.coroutine.engine;

import dev.heddle.weave.Traces;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says which frames of a stack the user has written. The others are the JDK's, or Heddle's: a frame
 * is Heddle's if its class is in one of the packages that stand between a body and its engine.
 *
 * <p>Tests are in the same packages, and their frames count as the user's. So a class is Heddle's
 * only if its class file is where the class file of this class is.
 *
 * <p>Costs microseconds: for messages and dumps, not for turns. Any thread may use it.
 */
public final class UserFrames {
  private static final Set<String> PACKAGES =
      Set.of("dev.heddle.coroutine", "dev.heddle.coroutine.engine", "dev.heddle.scheduler");

  /** Whether a class of these packages is Heddle's, by class name; looked up once for each. */
  private static final ConcurrentMap<String, Boolean> HEDDLES = new ConcurrentHashMap<>();

  private static final @Nullable String ROOT = rootOf(UserFrames.class.getName());

  private UserFrames() {}

  /** All frames of the user, innermost first, with the names that they have in the source. */
  public static List<StackTraceElement> users(StackTraceElement[] stack) {
    return Traces.asWritten(stack).stream().filter(f -> isUsers(f.getClassName())).toList();
  }

  /**
   * The user's frames above the next frame of Heddle's. The frames below that one may belong to
   * other bodies.
   *
   * @param primitive tells which classes, at the top of the stack, belong to what the user called
   */
  public static List<StackTraceElement> nearest(
      StackTraceElement[] stack, Predicate<String> primitive) {
    return Traces.asWritten(stack).stream()
        .dropWhile(f -> !isUsers(f.getClassName()) || primitive.test(f.getClassName()))
        .takeWhile(f -> !isHeddles(f.getClassName()))
        .filter(f -> isUsers(f.getClassName()))
        .toList();
  }

  /** Whether a class is neither the JDK's nor Heddle's. */
  public static boolean isUsers(String className) {
    boolean jdks =
        className.startsWith("java.")
            || className.startsWith("jdk.")
            || className.startsWith("sun.");
    return !jdks && !isHeddles(className);
  }

  private static boolean isHeddles(String className) {
    String room = className.substring(0, Math.max(0, className.lastIndexOf('.')));
    return PACKAGES.contains(room)
        && HEDDLES.computeIfAbsent(className, name -> Objects.equals(ROOT, rootOf(name)));
  }

  /** The folder, jar or module that has the class file; null if nobody finds it. */
  private static @Nullable String rootOf(String className) {
    String file = className.replace('.', '/') + ".class";
    var url = UserFrames.class.getClassLoader().getResource(file);
    return url == null ? null : url.toString().replace(file, "");
  }
}
