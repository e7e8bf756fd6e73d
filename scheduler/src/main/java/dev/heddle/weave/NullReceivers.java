package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lets a linked use of a member fail for a null receiver as the user's instruction would. */
final class NullReceivers {
  /** Whether the JVM explains what was null; it can be switched off. */
  private static final boolean EXPLAINED = explains();

  private NullReceivers() {}

  /** The use itself, or the failure if the first argument is null. */
  static MethodHandle checked(MethodHandle use, String message) {
    // A handle of its own each time: one that is shared would keep the last type that it was
    // adapted to, and so the user's class.
    MethodHandle isNull =
        find("isNull", Objects.class, MethodType.methodType(boolean.class, Object.class))
            .asType(MethodType.methodType(boolean.class, use.type().parameterType(0)));
    return MethodHandles.guardWithTest(isNull, failure(use.type(), message), use);
  }

  /** Takes arguments of this type, and throws a new exception. */
  static MethodHandle failure(MethodType type, String message) {
    MethodHandle thrown =
        MethodHandles.insertArguments(
            find(
                "<init>",
                NullPointerException.class,
                MethodType.methodType(void.class, String.class)),
            0,
            shown(message));
    MethodHandle thrower =
        MethodHandles.foldArguments(
            MethodHandles.throwException(type.returnType(), NullPointerException.class), thrown);
    return MethodHandles.dropArguments(thrower, 0, type.parameterList());
  }

  private static MethodHandle find(String name, Class<?> owner, MethodType type) {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      return name.equals("<init>")
          ? lookup.findConstructor(owner, type)
          : lookup.findStatic(owner, name, type);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the JDK has no " + name, e);
    }
  }

  /** The message, or null if the JVM would give none. */
  static @Nullable String shown(String message) {
    return EXPLAINED ? message : null;
  }

  @SuppressWarnings({"ReturnValueIgnored", "NullAway"}) // it throws
  private static boolean explains() {
    Object[] nothing = {null};
    try {
      nothing[0].hashCode();
      throw new AssertionError("null has a hash code");
    } catch (NullPointerException e) {
      return e.getMessage() != null;
    }
  }
}
