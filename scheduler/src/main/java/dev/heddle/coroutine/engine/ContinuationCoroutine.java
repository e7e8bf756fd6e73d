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
 * A body on the JDK's bare continuation, run on the thread that resumes it. This is the one file
 * that imports {@code jdk.internal.vm}. {@link ContinuationLoader} reaches it by reflection, so
 * that a JVM without the flag never links it.
 *
 * <p>A platform thread, a virtual thread or another generator's body may resume it. Each turn is
 * nested in the resumer's continuation; the scope tells the two apart. A virtual thread that blocks
 * inside the body unmounts together with the body, and later goes on inside the body.
 *
 * <p>A bare continuation does not know monitors. A yield inside {@code synchronized} takes the
 * frame away and leaves the thread as the monitor's owner: the next thread that enters hangs, or is
 * let in although the body is half-way. The JDK gives no error. Its {@code isPinned} does not see
 * monitors, and always answers true on a virtual thread (Temurin 25.0.3). The stack walk behind
 * {@code java.lang.LiveStackFrame} does see monitors. The walk covers only this body's frames and
 * takes some 5 microseconds, so it is made only where assertions are on.
 */
final class ContinuationCoroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends StackfulCoroutine<Y, S, R> {
  private static final ContinuationScope SCOPE = new ContinuationScope("heddle-generator");

  /**
   * Finds the monitors that a body holds. Null where assertions are off, or the JVM was started
   * without {@link Engine#OPEN_LANG}.
   */
  private static final @Nullable Monitors MONITORS =
      ContinuationCoroutine.class.desiredAssertionStatus() ? Monitors.find() : null;

  private final Continuation continuation = new Bare(this::runBody);

  /** The thread that runs the turn; null between turns. That thread writes it. */
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
  protected List<StackTraceElement> lines() {
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
    assert resumer == null && !continuation.isDone() : "one turn at a time, until the end";
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

  /** A continuation that throws, with the reason, when a yield cannot unmount the body. */
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

  /** Tells whether the calling body holds a monitor in one of its frames. */
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
     * Whether a monitor is held. False too where the JDK refuses to walk: compiled code may keep
     * the body's first thread as the current thread after another thread has resumed the body, and
     * the walker then sees two threads.
     */
    boolean held() {
      try {
        return walker.walk(frames -> frames.anyMatch(this::holds));
      } catch (IllegalStateException e) {
        return false;
      }
    }

    /** The interpreter leaves null in the place of a monitor that the frame has released. */
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
