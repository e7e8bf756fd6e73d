package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;
import org.jspecify.annotations.Nullable;

/**
 * A body on the JDK's bare continuation, run on the thread that resumes it. The one file that
 * imports {@code jdk.internal.vm}; {@link ContinuationLoader} reaches it by reflection, so that
 * without the flag it is never linked.
 *
 * <p>It may be resumed from a platform thread, a virtual thread or another generator's body: each
 * turn is nested in the continuation of its resumer, from which the scope tells it apart. A virtual
 * thread that blocks inside of a body unmounts with it, and goes on inside of it.
 *
 * <p>What a bare continuation does not know is monitors. A yield inside of {@code synchronized}
 * takes the frame away and leaves the thread the owner; who enters next hangs, or is let in though
 * the body is half-way. The JDK gives no error, and its {@code isPinned} does not see monitors
 * either, while on a virtual thread it reports pinned always (Temurin 25.0.3). What does see them
 * is the walk behind {@code java.lang.LiveStackFrame}, of this body's frames only; it takes some 5
 * microseconds, so it is made where assertions are on.
 */
final class ContinuationCoroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends StackfulCoroutine<Y, S, R> {
  private static final ContinuationScope SCOPE = new ContinuationScope("heddle-generator");

  /** Null where assertions are off, or the JVM was started without {@link Engine#OPEN_LANG}. */
  private static final @Nullable Monitors MONITORS =
      ContinuationCoroutine.class.desiredAssertionStatus() ? Monitors.find() : null;

  private final Continuation continuation = new Bare(this::runBody);

  /** Who resumed it, in the turn that is running. */
  private @Nullable Thread resumer;

  ContinuationCoroutine(CoroutineBody<Y, S, R> body) {
    super(body);
  }

  @Override
  public Thread thread() {
    Thread running = resumer;
    if (running == null) {
      throw new IllegalStateException("between its turns this body has no thread");
    }
    return running;
  }

  @Override
  protected List<StackTraceElement> frames() {
    return continuation
        .stackWalker()
        .walk(
            frames ->
                UserFrames.users(
                    frames
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .toArray(StackTraceElement[]::new)));
  }

  @Override
  protected boolean advance(@Nullable Object sent, @Nullable Throwable raised) throws Throwable {
    give(sent, raised);
    resumer = Thread.currentThread();
    try {
      continuation.run();
    } finally {
      resumer = null;
    }
    return answered();
  }

  @Override
  public S yield(Y value) {
    if (Continuation.getCurrentContinuation(SCOPE) != continuation) {
      throw new IllegalStateException(
          "yield called from " + Thread.currentThread() + ", not by the body");
    }
    if (MONITORS != null && MONITORS.held()) {
      throw new IllegalStateException(
          "cannot yield inside of synchronized on the engine CONTINUATION: the monitor would stay"
              + " with the thread; take a ReentrantLock, or the engine HANDOFF");
    }
    offer(value);
    boolean unmounted = Continuation.yield(SCOPE);
    assert unmounted : "a pinned yield throws";
    return taken();
  }

  /** Says what is wrong when a yield cannot take the body's frames away. */
  private static final class Bare extends Continuation {
    Bare(Runnable body) {
      super(SCOPE, body);
    }

    @Override
    protected void onPinned(Pinned reason) {
      throw new IllegalStateException(
          "cannot yield here on the engine CONTINUATION: the body is pinned to its thread by "
              + switch (reason) {
                case NATIVE -> "a native frame or a class initializer";
                case MONITOR -> "a monitor";
                case CRITICAL_SECTION -> "a critical section of the JDK";
                case EXCEPTION -> "an exception in the JDK";
              });
    }
  }

  /** Whether the body that asks holds a monitor in one of its frames. */
  private record Monitors(StackWalker walker, Method getMonitors) {

    static @Nullable Monitors find() {
      try {
        Class<?> frame = Class.forName("java.lang.LiveStackFrame");
        Method walker = frame.getDeclaredMethod("getStackWalker", Set.class, SCOPE.getClass());
        walker.setAccessible(true);
        Method monitors = frame.getMethod("getMonitors");
        monitors.setAccessible(true);
        return new Monitors((StackWalker) walker.invoke(null, Set.of(), SCOPE), monitors);
      } catch (ReflectiveOperationException | RuntimeException e) {
        return null;
      }
    }

    /**
     * False too where the JDK refuses to walk: a compiled body may keep its first thread as the
     * current one after another has resumed it, and the walker then sees two.
     */
    boolean held() {
      try {
        return walker.walk(frames -> frames.anyMatch(this::holds));
      } catch (IllegalStateException e) {
        return false;
      }
    }

    /** The interpreter leaves null where a monitor was that the frame has given back. */
    private boolean holds(StackWalker.StackFrame frame) {
      try {
        Object[] monitors = (Object[]) getMonitors.invoke(frame);
        return monitors != null && Arrays.stream(monitors).anyMatch(Objects::nonNull);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("java.lang.LiveStackFrame has changed", e);
      }
    }
  }
}
