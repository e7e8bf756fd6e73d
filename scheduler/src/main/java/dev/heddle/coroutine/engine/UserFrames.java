package dev.heddle.coroutine.engine;

import dev.heddle.weave.Traces;
import java.util.Arrays;
import java.util.List;
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
      Set.of(
          "dev.heddle.coroutine",
          "dev.heddle.coroutine.engine",
          "dev.heddle.scheduler",
          "dev.heddle.weave");

  /** {@link #isCallers}, by class; asked for once. */
  private static final ClassValue<Boolean> CALLERS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isUsers(type.getName()) && !isLibrarys(type.getName());
        }
      };

  /** What a body calls: frames of these packages made an exception on behalf of the user. */
  private static final Set<String> LIBRARY =
      Set.of(
          "dev.heddle.actor",
          "dev.heddle.net",
          "dev.heddle.net.echo",
          "dev.heddle.pool",
          "dev.heddle.process",
          "dev.heddle.process.codec",
          "dev.heddle.sync",
          "dev.heddle.trace");

  /** Below its frames on a stack, nothing belongs to the body whose turn it is. */
  static final String LOOP = "dev.heddle.scheduler.Loop";

  /** Whether a class of Heddle's packages is Heddle's, by its name; looked up once for each. */
  private static final ConcurrentMap<String, Boolean> HEDDLES = new ConcurrentHashMap<>();

  private static final @Nullable String ROOT = rootOf(UserFrames.class.getName());

  /** Where the module is that has the sockets and the processes; null if it is not here. */
  private static final @Nullable String IO_ROOT = rootOf("dev.heddle.net.TcpSocket");

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

  /**
   * The user's frames in the trace of an exception, innermost first: those that called what has
   * made the exception. Empty if the loop has made it by itself.
   */
  static List<StackTraceElement> makers(StackTraceElement[] trace) {
    int turn = 0;
    while (turn < trace.length && !trace[turn].getClassName().equals(LOOP)) {
      turn++;
    }
    return nearest(Arrays.copyOf(trace, turn), UserFrames::isLibrarys);
  }

  /**
   * All frames of a turn, the JDK's too, down to the body; those of Heddle that have called it are
   * left out. If the user has written none of them, all frames down to the engine and the loop.
   */
  public static List<StackTraceElement> aboveLoop(StackTraceElement[] stack) {
    List<StackTraceElement> frames =
        Traces.asWritten(stack).stream().takeWhile(f -> !isEngines(f.getClassName())).toList();
    int end = frames.size();
    while (end > 0 && isHeddles(frames.get(end - 1).getClassName())) {
      end--;
    }
    List<StackTraceElement> body = frames.subList(0, end);
    return body.stream().anyMatch(f -> isUsers(f.getClassName())) ? body : frames;
  }

  private static boolean isEngines(String className) {
    return className.equals(LOOP) || className.startsWith("dev.heddle.coroutine.engine.");
  }

  /** Whether a class is neither the JDK's nor Heddle's. */
  public static boolean isUsers(String className) {
    boolean jdks =
        className.startsWith("java.")
            || className.startsWith("jdk.")
            || className.startsWith("sun.");
    return !jdks && !isHeddles(className);
  }

  /** Whether a class is one of those that call what Heddle offers. Costs nanoseconds. */
  public static boolean isCallers(Class<?> type) {
    return CALLERS.get(type);
  }

  private static boolean isHeddles(String className) {
    return PACKAGES.contains(packageOf(className)) && isAtHome(className);
  }

  private static boolean isLibrarys(String className) {
    return LIBRARY.contains(packageOf(className)) && isAtHome(className);
  }

  private static String packageOf(String className) {
    return className.substring(0, Math.max(0, className.lastIndexOf('.')));
  }

  /** Whether the class file is where Heddle's are. */
  private static boolean isAtHome(String className) {
    return HEDDLES.computeIfAbsent(className, name -> isHome(rootOf(name)));
  }

  private static boolean isHome(@Nullable String root) {
    return root != null && (root.equals(ROOT) || root.equals(IO_ROOT));
  }

  /** The folder, jar or module that has the class file; null if nobody finds it. */
  private static @Nullable String rootOf(String className) {
    String file = className.replace('.', '/') + ".class";
    var url = UserFrames.class.getClassLoader().getResource(file);
    return url == null ? null : url.toString().replace(file, "");
  }
}
