package dev.heddle.coroutine.engine;

import dev.heddle.log.LogPrinter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether this JVM was started by a debugger. A debugger that steps over a wait needs the body's
 * stack: when a woven body waits, its frame is left, and the step ends in the loop that resumes
 * bodies. A debugger also finds the lines of a body that has a stack in the class where they are
 * written. So in such a JVM a body is woven only on demand.
 *
 * <p>A debugger starts a JVM with an agent that suspends the program until the debugger is there. A
 * JVM whose agent only listens, with {@code suspend=n}, may be a server in use; it weaves.
 */
public final class Debuggee {
  private static final boolean WANTS_STACKS = wantsStacksNow();

  private Debuggee() {}

  /**
   * Whether bodies that may be woven or not shall keep a stack. The property {@code heddle.weave}
   * decides if it is set.
   */
  public static boolean wantsStacks() {
    return WANTS_STACKS;
  }

  private static boolean wantsStacksNow() {
    if (System.getProperty("heddle.weave") != null
        || arguments().noneMatch(Debuggee::startsSuspended)) {
      return false;
    }
    LogPrinter.print(Hint::log);
    return true;
  }

  /** A class of its own: the log's thread would wait for the end of the static initializer. */
  private static final class Hint {
    static void log() {
      System.getLogger("dev.heddle")
          .log(
              Level.INFO,
              "A debugger started this JVM: bodies run on a stack, for step over and breakpoints."
                  + " With -Dheddle.weave=true they are woven.");
    }
  }

  private static boolean startsSuspended(String argument) {
    boolean agent = argument.startsWith("-agentlib:jdwp") || argument.startsWith("-Xrunjdwp");
    return agent && !argument.contains("suspend=n");
  }

  /** The JVM's arguments, and perhaps the program's; from Linux itself, because that is fast. */
  private static Stream<String> arguments() {
    try {
      String given = Files.readString(Path.of("/proc/self/cmdline"));
      String more = System.getenv("JAVA_TOOL_OPTIONS") + " " + System.getenv("JDK_JAVA_OPTIONS");
      return Stream.concat(Arrays.stream(given.split("\0")), Arrays.stream(more.split(" ")));
    } catch (IOException notLinux) {
      return management();
    }
  }

  /** The JVM's arguments by the module java.management, which a program need not have. */
  private static Stream<String> management() {
    try {
      Object runtime =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getRuntimeMXBean")
              .invoke(null);
      Object arguments =
          Class.forName("java.lang.management.RuntimeMXBean")
              .getMethod("getInputArguments")
              .invoke(runtime);
      return ((List<?>) arguments).stream().map(String::valueOf);
    } catch (ReflectiveOperationException absent) {
      return Stream.of();
    }
  }
}
