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
            message);
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
