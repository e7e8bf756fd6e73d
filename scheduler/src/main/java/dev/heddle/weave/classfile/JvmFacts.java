package dev.heddle.weave.classfile;

import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the JDK's management modules tell of this JVM. */
final class JvmFacts {
  static {
    Module ours = JvmFacts.class.getModule(); // need not say that it reads these two
    Stream.of("java.management", "jdk.management")
        .flatMap(name -> ModuleLayer.boot().findModule(name).stream())
        .forEach(ours::addReads);
  }

  private static final @Nullable RuntimeMXBean RUNTIME = runtime();

  /** Whether the JVM has the modules that tell of agents and of memory. */
  static final boolean KNOWN = RUNTIME != null && countsAllocation();

  /** When this JVM started: it loaded no class earlier. Without the modules it is a little less. */
  static final Instant STARTED =
      RUNTIME == null
          ? ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH)
          : Instant.ofEpochMilli(RUNTIME.getStartTime());

  /** The arguments of the JVM that load agents, a debugger's among them. */
  static final List<String> AGENTS = RUNTIME == null ? List.of() : agents(RUNTIME);

  /** Whether a debugger or an agent was started with the JVM, which may redefine classes. */
  static final boolean REDEFINABLE = !AGENTS.isEmpty();

  private JvmFacts() {}

  private static @Nullable RuntimeMXBean runtime() {
    try {
      return ManagementFactory.getRuntimeMXBean();
    } catch (LinkageError withoutModules) {
      return null;
    }
  }

  private static List<String> agents(RuntimeMXBean runtime) {
    return runtime.getInputArguments().stream()
        .filter(argument -> argument.matches("-(javaagent:|agentlib:|agentpath:|Xrun).*"))
        .toList();
  }

  /** Whether the JVM counts what platform threads allocate; it does not for virtual threads. */
  private static boolean countsAllocation() {
    try {
      return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
          && threads.isThreadAllocatedMemorySupported();
    } catch (LinkageError withoutModules) {
      return false;
    }
  }

  /** How many bytes the calling thread has allocated; negative if the JVM does not count them. */
  static long allocated() {
    try {
      return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
          ? threads.getCurrentThreadAllocatedBytes()
          : -1;
    } catch (LinkageError withoutModules) {
      return -1;
    }
  }
}
