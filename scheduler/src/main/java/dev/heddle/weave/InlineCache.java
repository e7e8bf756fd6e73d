package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A call whose method depends on the receiver's class. The first few classes are compared one after
 * the other, which the JIT compiler can inline; further classes are looked up.
 */
final class InlineCache extends MutableCallSite {
  private static final MethodHandle TARGET_OF;
  private static final MethodHandle IS;

  static {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      TARGET_OF =
          lookup.findVirtual(
              InlineCache.class,
              "targetOf",
              MethodType.methodType(MethodHandle.class, Object.class));
      IS =
          lookup.findStatic(
              InlineCache.class,
              "is",
              MethodType.methodType(boolean.class, Class.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How many classes are compared. */
  private static final int COMPARED = 4;

  private final CallTarget call;
  private final MethodHandle forNull;
  private final @Nullable ClassLoader loader;

  /** Looks the receiver's class up. */
  private final MethodHandle lookUp;

  /** The targets so far. Kept with the receivers' classes, which so can be unloaded. */
  private final ClassValue<AtomicReference<@Nullable MethodHandle>> targets =
      new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable MethodHandle> computeValue(Class<?> receivers) {
          return new AtomicReference<>();
        }
      };

  private int compared;

  /** {@code forNull} is called with a null receiver. */
  InlineCache(MethodType type, CallTarget call, MethodHandle forNull, Class<?> home) {
    super(type);
    this.call = call;
    this.forNull = forNull;
    this.loader = home.getClassLoader();
    MethodHandle target =
        TARGET_OF
            .bindTo(this)
            .asType(MethodType.methodType(MethodHandle.class, type.parameterType(0)));
    lookUp = MethodHandles.foldArguments(MethodHandles.exactInvoker(type), target);
    setTarget(lookUp);
  }

  @SuppressWarnings("UnusedMethod") // found by name
  private MethodHandle targetOf(@Nullable Object receiver) {
    if (receiver == null) {
      return forNull;
    }
    AtomicReference<@Nullable MethodHandle> known = targets.get(receiver.getClass());
    MethodHandle target = known.get();
    if (target == null) {
      target = call.targetFor(receiver);
      known.set(target);
      compare(receiver.getClass(), target);
    }
    return target;
  }

  /** A class of a loader that may go before the caller's does is not held. */
  private synchronized void compare(Class<?> receivers, MethodHandle target) {
    if (compared < COMPARED && isOlder(receivers.getClassLoader())) {
      compared++;
      MethodHandle test =
          MethodHandles.insertArguments(IS, 0, receivers)
              .asType(MethodType.methodType(boolean.class, type().parameterType(0)));
      setTarget(MethodHandles.guardWithTest(test, target, getTarget()));
    }
  }

  private boolean isOlder(@Nullable ClassLoader other) {
    for (ClassLoader at = loader; at != null; at = at.getParent()) {
      if (at == other) {
        return true;
      }
    }
    return other == null;
  }

  @SuppressWarnings("UnusedMethod") // found by name
  private static boolean is(Class<?> receivers, @Nullable Object receiver) {
    return receiver != null && receiver.getClass() == receivers;
  }
}
