package dev.heddle.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The death of a parent kills its children, and so their children too, at once and whatever they
 * do: also those that a SIGSTOP has stopped, which cannot see that their standard input has ended.
 *
 * <p>Linux kills a child that asks for it when the <em>thread</em> that has started the child ends.
 * So a thread that never ends starts all children. On other systems a child sees the end of its
 * standard input, and a stopped one when it is continued.
 */
final class ParentDeath {
  /** {@code PR_SET_PDEATHSIG} of {@code prctl}. */
  private static final int SET_PARENT_DEATH_SIGNAL = 1;

  private static final long SIGKILL = 9;

  /** Ends with the process only. */
  private static final ExecutorService STARTER =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("starts processes").factory());

  private ParentDeath() {}

  /** In the parent: starts a process that will call {@link #killsThisProcess}. */
  static CompletableFuture<Process> start(ProcessBuilder builder) {
    CompletableFuture<Process> started = new CompletableFuture<>();
    STARTER.execute(
        () -> {
          try {
            started.complete(builder.start());
          } catch (Throwable e) {
            started.completeExceptionally(e);
          }
        });
    return started;
  }

  /**
   * In a child: from now on the death of the parent kills this process, if the system can. For a
   * thread that does not end.
   */
  @SuppressWarnings("restricted") // prctl is called as the manual of Linux says
  static void killsThisProcess() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return;
    }
    try {
      Linker linker = Linker.nativeLinker();
      MethodHandle prctl =
          linker.downcallHandle(
              linker.defaultLookup().find("prctl").orElseThrow(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
              Linker.Option.firstVariadicArg(1));
      int _ = (int) prctl.invokeExact(SET_PARENT_DEATH_SIGNAL, SIGKILL);
    } catch (Throwable e) {
      // a system without prctl, or a JVM without native access: the standard input still tells
    }
  }
}
