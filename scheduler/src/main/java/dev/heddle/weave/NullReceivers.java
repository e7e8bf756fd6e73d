package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Lets a linked use of a member fail for a null receiver with the words that the JVM has for the
 * instruction of the user. The JVM also says which expression was null, which nobody knows here.
 */
final class NullReceivers {
  private static final MethodHandle CREATE;
  private static final MethodHandle IS_NULL;

  static {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      CREATE =
          lookup.findConstructor(
              NullPointerException.class, MethodType.methodType(void.class, String.class));
      IS_NULL =
          lookup.findStatic(
              Objects.class, "isNull", MethodType.methodType(boolean.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private NullReceivers() {}

  /** The use itself, or the failure if the first argument is null. */
  static MethodHandle checked(MethodHandle use, String message) {
    MethodHandle isNull =
        IS_NULL.asType(MethodType.methodType(boolean.class, use.type().parameterType(0)));
    return MethodHandles.guardWithTest(isNull, failure(use.type(), message), use);
  }

  /** Takes arguments of this type, and throws a new exception. */
  static MethodHandle failure(MethodType type, String message) {
    MethodHandle thrower =
        MethodHandles.foldArguments(
            MethodHandles.throwException(type.returnType(), NullPointerException.class),
            MethodHandles.insertArguments(CREATE, 0, message));
    return MethodHandles.dropArguments(thrower, 0, type.parameterList());
  }

  /**
   * The JVM's words for a call.
   *
   * @param type without the receiver
   */
  static String ofCall(Class<?> owner, String name, MethodType type) {
    String parameters =
        type.parameterList().stream().map(Class::getTypeName).collect(Collectors.joining(", "));
    return "Cannot invoke \"" + owner.getName() + "." + name + "(" + parameters + ")\"";
  }
}
