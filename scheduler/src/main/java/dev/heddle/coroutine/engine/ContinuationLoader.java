package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * The way to {@link ContinuationCoroutine}, which cannot be linked in a JVM that was started
 * without {@link Engine#EXPORT_VM}.
 */
public final class ContinuationLoader {
  private static final @Nullable MethodHandle NEW = findConstructor();

  private ContinuationLoader() {}

  /** Whether this JVM lets us use the JDK's continuations. */
  public static boolean available() {
    return NEW != null;
  }

  @SuppressWarnings("unchecked") // the constructor makes one of the body's types
  static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      Coroutine<Y, S, R> coroutine(CoroutineBody<Y, S, R> body) {
    assert NEW != null : "the engine is not available";
    try {
      return (Coroutine<Y, S, R>)
          (Coroutine<?, ?, ?>) NEW.invokeExact((CoroutineBody<?, ?, ?>) body);
    } catch (Throwable thrown) {
      throw SneakyThrow.unchecked(thrown);
    }
  }

  private static @Nullable MethodHandle findConstructor() {
    boolean exported =
        Object.class
            .getModule()
            .isExported("jdk.internal.vm", ContinuationLoader.class.getModule());
    if (!exported) {
      return null;
    }
    try {
      Class<?> coroutine = Class.forName("dev.heddle.coroutine.engine.ContinuationCoroutine");
      return MethodHandles.lookup()
          .findConstructor(coroutine, MethodType.methodType(void.class, CoroutineBody.class))
          .asType(MethodType.methodType(Coroutine.class, CoroutineBody.class));
    } catch (ReflectiveOperationException | LinkageError e) {
      return null; // another JDK, with another Continuation
    }
  }
}
