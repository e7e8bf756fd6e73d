package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes virtual threads that run on an executor of ours. JDK 25 has no supported way to do so; this
 * class calls a private constructor of the JDK. Where it may not, the engine is not available, and
 * {@link Engine} takes another.
 */
public final class VirtualThreads {
  private static final @Nullable MethodHandle NEW_BUILDER = findConstructor();

  private static final Lock STARTING_POLLERS = new ReentrantLock();

  /** Whether {@link #startJdkPollers} has run. Written once, under the lock. */
  private static volatile boolean pollersStarted;

  private VirtualThreads() {}

  /** Whether this JVM lets us make such threads. */
  public static boolean available() {
    return NEW_BUILDER != null;
  }

  /** A virtual thread, not started, each continuation of which is handed to {@code executor}. */
  static Thread unstarted(String name, Executor executor, Runnable body) {
    startJdkPollers();
    MethodHandle newBuilder = NEW_BUILDER;
    assert newBuilder != null : "the engine is not available";
    Thread.Builder.OfVirtual builder;
    try {
      builder = (Thread.Builder.OfVirtual) newBuilder.invokeExact(executor);
    } catch (Throwable impossible) {
      throw new LinkageError("the JDK refused a virtual thread on an executor", impossible);
    }
    return builder.name(name).inheritInheritableThreadLocals(false).unstarted(body);
  }

  private static @Nullable MethodHandle findConstructor() {
    try {
      Class<?> builder = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
      return MethodHandles.privateLookupIn(builder, MethodHandles.lookup())
          .findConstructor(builder, MethodType.methodType(void.class, Executor.class))
          .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  /**
   * Lets a stock virtual thread wait once for a descriptor, before the engine's first use. When a
   * virtual thread first waits for a descriptor, the JDK starts its socket pollers. The pollers are
   * virtual threads and take over the executor of the thread that waits. If that executor were one
   * of ours, the sockets of all stock virtual threads would depend on our threads for ever.
   */
  private static void startJdkPollers() {
    if (pollersStarted) {
      return;
    }
    STARTING_POLLERS.lock(); // not a class initializer: it would pin a virtual thread that waits
    try {
      if (!pollersStarted) {
        waitOnceOnADescriptor();
        pollersStarted = true;
      }
    } finally {
      STARTING_POLLERS.unlock();
    }
  }

  private static void waitOnceOnADescriptor() {
    try {
      Pipe pipe = Pipe.open();
      try (Pipe.SourceChannel source = pipe.source();
          Pipe.SinkChannel sink = pipe.sink()) {
        Thread reader = Thread.startVirtualThread(() -> readOne(source));
        while (reader.getState() != Thread.State.WAITING && reader.isAlive()) {
          Thread.yield(); // some microseconds, once in a JVM, until the reader waits in the poller
        }
        sink.write(ByteBuffer.wrap(new byte[1]));
        reader.join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the JDK's socket pollers", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the reader waits, so the pollers run
    }
  }

  private static void readOne(Pipe.SourceChannel source) {
    try {
      source.read(ByteBuffer.allocate(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
