package dev.heddle.process;

import dev.heddle.net.SocketProvider;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskBody;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the children of a scheduler come from. JVMs that the system starts, unless a simulation
 * gives stubs of its own before the first child is started: then a child is another scheduler of
 * this JVM, and all that is said goes over a connection in memory. Pools, processes and what they
 * share know of no difference.
 *
 * <pre>{@code
 * void simulate(Scheduler scheduler, ChildProvider stubs) {
 *   ChildProvider.use(scheduler, stubs); // before its first child
 * }
 * }</pre>
 *
 * <p>It counts for the processes that tasks of the scheduler start. The class is for simulations,
 * as that of {@code heddle-test}; {@link SocketProvider} is the same for sockets.
 */
public abstract class ChildProvider {
  private static final ChildProvider SYSTEM =
      new ChildProvider() {
        @Override
        Child begin(String name, ProcessOptions options) throws IOException {
          return JvmChild.start(name, options);
        }

        @Override
        protected Stub start(String name, Function<SocketChannel, TaskBody> child) {
          throw new AssertionError("the system starts no stubs");
        }
      };

  /** For simulations. */
  protected ChildProvider() {}

  /**
   * A process that a simulation has made up. It is used by the tasks of the parent's scheduler.
   *
   * <pre>{@code
   * void kill(ChildProvider.Stub stub) {
   *   stub.onExit(() -> System.out.println(stub.exitCode().getAsInt())); // 137
   *   stub.kill(137);
   * }
   * }</pre>
   */
  public interface Stub {
    /** The made-up process id. */
    long pid();

    /**
     * The parent's end of the connection. It ends with the child, after what the child has sent.
     */
    SocketChannel connection();

    /** How long it takes, on the clock of its parent's scheduler, until it begins to connect. */
    Duration startTime();

    /** The exit code; empty as long as the child can do anything. */
    OptionalInt exitCode();

    /** Whether it has neither ended, nor been killed. */
    boolean isAlive();

    /** The last words of a child that has failed, line by line; empty if there are none. */
    List<String> lastErrors();

    /**
     * Ends the child, with this exit code. Nothing of what it does now leaves it. Does not wait.
     */
    void kill(int exitCode);

    /** What is called once, at the end of the child, by any thread. */
    void onExit(Runnable action);
  }

  /**
   * Starts a child. May wait, by {@code Task.await}, and may be cancelled meanwhile; then no child
   * is left.
   *
   * @param name how the child is called
   * @param child what the main task of the child's scheduler does with its end of the connection
   * @throws IOException if no process can be started
   */
  protected abstract Stub start(String name, Function<SocketChannel, TaskBody> child)
      throws IOException;

  /** Starts a child, and waits until it has a process id; for a task in thread style. */
  Child begin(String name, ProcessOptions options) throws IOException {
    Stub stub = start(name, ChildSession::stubbed);
    return new StubbedChild(stub, Scheduler.current());
  }

  /**
   * The children of the scheduler come from there.
   *
   * @throws IllegalStateException if the scheduler has started a child, or was given a provider
   */
  public static void use(Scheduler scheduler, ChildProvider provider) {
    ChildProvider used = scheduler.attachment(ChildProvider.class, () -> provider);
    if (used != provider) {
      throw new IllegalStateException(
          scheduler + " has started processes already; it is too late to say where they come from");
    }
  }

  static ChildProvider of(Scheduler scheduler) {
    return scheduler.attachment(ChildProvider.class, () -> SYSTEM);
  }

  /** Whether the caller is a task whose children are stubs, so that no thread is to help it. */
  static boolean isSimulated() {
    Scheduler caller = callerOrNull();
    return caller != null && of(caller) != SYSTEM;
  }

  /** The scheduler whose task calls; null if none does. */
  static @Nullable Scheduler callerOrNull() {
    try {
      return Scheduler.current();
    } catch (WrongThreadException e) {
      return null;
    }
  }

  /**
   * Two ends of a channel in memory, each for the tasks of one scheduler of a simulation, or of one
   * for both: what is sent at one end is received at the other. A message goes through the codec,
   * as over the streams of a process, so what cannot be sent is refused. A sender waits while 16
   * messages are on their way.
   *
   * <p>The schedulers of both ends must never run at the same time.
   *
   * @param messages the class of the messages
   * @param name for error messages
   */
  protected static <T> List<Channel<T>> channels(Class<T> messages, String name) {
    MemoryQueue<T> there = new MemoryQueue<>(messages, name);
    MemoryQueue<T> back = new MemoryQueue<>(messages, name);
    return List.of(new PipeEnd<>(back, there, name), new PipeEnd<>(there, back, name));
  }
}
